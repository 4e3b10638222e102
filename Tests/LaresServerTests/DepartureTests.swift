import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import LaresServer
import LaresServing
import Logging
import ServiceLifecycle
import Testing

/// Clients who leave, and a program that is told to stop.
struct DepartureTests {
    /// One plain connection that can be closed at will.
    private struct Connection: ~Copyable {
        private let descriptor: Int32

        init(port: Int) throws {
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = inet_addr("127.0.0.1")
            let result = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            if result != 0 { throw POSIXError(.ECONNREFUSED) }
        }

        func send(_ text: String) { _ = text.withCString { write(descriptor, $0, strlen($0)) } }

        consuming func close() { _ = Glibc.close(descriptor) }
    }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func aClientWhoLeavesFreesThePlaceAtOnce(streaming: Bool) async throws {
        // The model says nothing at all, so no write can notice that the client has gone.
        let models = FixedModelClient(holdsAfter: 0)
        try await withServer(models) { client in
            let connection = try Connection(port: #require(client.port))
            let body = streaming ? String(chatBody.dropLast() + #","stream":true}"#) : chatBody
            connection.send(
                "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
            )
            while models.requests.isEmpty { await Task.yield() }
            #expect(models.endedEarly == 0)
            connection.close()
            while models.endedEarly == 0 { await Task.yield() }
            #expect(try await client.get("/health").status == .ok)
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
        let activity = Activity()
        activity.beginDrain()
        #expect(activity.isDraining && activity.running == 0)
        await activity.waitUntilIdle()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let server = LaresServer(client: FixedModelClient(), logger: logger)
        try await server.application().test(.live) { client in
            #expect(try await client.get("/ready").status == .ok)
            let group = ServiceGroup(services: [server.drain], logger: logger)
            async let drained: Void = group.run()
            await group.triggerGracefulShutdown()
            try await drained
            let ready = try await client.get("/ready")
            #expect(ready.status == .serviceUnavailable)
            #expect(try ready.json()["status"] == "draining")
            let refused = try await client.post("/v1/chat/completions", chatBody)
            #expect(refused.status == .serviceUnavailable && refused.headers[.retryAfter] != nil)
            #expect(try await client.get("/health").status == .ok)
        }
    }

    @Test func aServerThatLoadsSaysSo() async throws {
        try await withServer(FixedModelClient(state: .loading)) { client in
            let ready = try await client.get("/ready")
            #expect(ready.status == .serviceUnavailable)
            #expect(try ready.json()["reason"]?.text != nil)
        }
    }
}
