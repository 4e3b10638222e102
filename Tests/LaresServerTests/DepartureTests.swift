import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LaresJSON
import LaresServer
import LaresServing
import Logging
import ServiceLifecycle
import Synchronization
import Testing

/// Clients who leave, and a program that is told to stop.
struct DepartureTests {
    private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func aClientWhoLeavesFreesThePlaceAtOnce(streaming: Bool) async throws {
        // The model says nothing at all, so no write can notice that the client has gone.
        let models = FixedModelClient(holdsAfter: 0)
        try await withServer(models) { client in
            let connection = try Connection(port: #require(client.port))
            let body = streaming ? String(chatBody.dropLast() + #","stream":true}"#) : chatBody
            connection.post("/v1/chat/completions", body)
            while models.requests.isEmpty { await Task.yield() }
            #expect(models.endedEarly == 0)
            connection.close()
            while models.endedEarly == 0 { await Task.yield() }
            #expect(try await client.get("/health").status == .ok)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func nothingIsComputedForAClientWhoLeft() async throws {
        try await withLearning { client, learning in
            try learning.publishFlowers()
            // Both wait long enough for each other that the first is known to have left.
            try await learning.networks.load("flowers", limits: BatchLimits(rows: 1 << 20, delay: .seconds(2)))
            let rows = 6_000, sizes = Array(repeating: "5.125,0.5", count: rows), colours = Array(repeating: #""red""#, count: rows)
            let body = """
                {"inputs":[{"name":"size","datatype":"FP32","shape":[\(rows),2],"data":[\(sizes.joined(separator: ","))]},
                {"name":"colour","datatype":"BYTES","shape":[\(rows),1],"data":[\(colours.joined(separator: ","))]}]}
                """
            let connection = try Connection(port: #require(client.port))
            connection.post("/v2/models/flowers/infer", body)
            connection.close()
            #expect(try await client.post("/v2/models/flowers/infer", body).status == .ok)
            #expect(learning.networks.statistics(of: "flowers").first?.statistics.answered == 1)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aClientWhoDoesNotReadIsSentAway() async throws {
        // More than the buffers on the way hold, and no end after it.
        let models = FixedModelClient(pieces: Array(repeating: String(repeating: "x", count: 1 << 20), count: 32), holdsAfter: 32)
        var settings = ServerSettings()
        settings.sendTimeout = .milliseconds(50)
        try await withServer(models, settings: settings) { client in
            let silent = try Connection(port: #require(client.port))
            silent.post("/v1/chat/completions", String(chatBody.dropLast() + #","stream":true}"#))
            while models.endedEarly == 0 { await Task.yield() }
            #expect(try await client.get("/health").status == .ok)
            silent.close()
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func idleConnectionsDoNotStopHealth() async throws {
        try await withServer { client in
            let port = try #require(client.port)
            // They are left open, and closed with the process: half a head each.
            for _ in 0..<200 {
                let connection = try Connection(port: port)
                connection.send("POST /v1/chat/completions HTTP/1.1\r\nHost: local")
            }
            #expect(try await client.get("/health").status == .ok)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func aDrainRefusesNewAnswersAndWaitsForRunningOnes() async throws {
        let models = FixedModelClient(holdsAfter: 0)
        let server = LaresServer(client: models, logger: quiet)
        try await server.application().test(.live) { client in
            #expect(try await client.get("/ready").status == .ok)
            let running = try Connection(port: #require(client.port))
            running.post("/v1/chat/completions", chatBody)
            while models.requests.isEmpty { await Task.yield() }
            let isDrained = Mutex(false)
            let group = ServiceGroup(services: [server.drain()], logger: quiet)
            async let drained: Void = {
                try await group.run()
                isDrained.withLock { $0 = true }
            }()
            await group.triggerGracefulShutdown()
            while try await client.get("/ready").status == .ok {}
            #expect(try await client.get("/ready").json()["status"] == "draining")
            let refused = try await client.post("/v1/chat/completions", chatBody)
            #expect(refused.status == .serviceUnavailable && refused.headers[.retryAfter] != nil)
            #expect(try await client.get("/health").status == .ok)
            // The answer is still being written, so the drain waits.
            #expect(!isDrained.withLock { $0 } && models.endedEarly == 0)
            running.close()
            try await drained
            #expect(models.endedEarly == 1)
        }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func whatStillRunsWhenTheServerGoesDownIsEndedAndToldSo(streaming: Bool) async throws {
        let models = FixedModelClient(holdsAfter: 0)
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        var settings = ServerSettings()
        settings.port = 0
        settings.drainLimit = .milliseconds(20)
        let server = LaresServer(client: models, settings: settings, logger: quiet)
        let application = try server.application { continuation.yield($0) }
        let group = ServiceGroup(services: [application, server.drain()], logger: quiet)
        async let ended: Void = group.run()
        let running = try Connection(port: #require(await ports.first { _ in true }))
        running.post("/v1/chat/completions", streaming ? String(chatBody.dropLast() + #","stream":true}"#) : chatBody)
        while models.requests.isEmpty { await Task.yield() }
        await group.triggerGracefulShutdown()
        try await ended
        #expect(models.endedEarly == 1)
        #expect(running.readToEnd().contains(#""code":"draining""#))
    }

    @Test func aServerThatLoadsSaysSo() async throws {
        try await withServer(FixedModelClient(state: .loading)) { client in
            let ready = try await client.get("/ready")
            #expect(ready.status == .serviceUnavailable)
            #expect(try ready.json()["reason"]?.text != nil)
        }
    }
}
