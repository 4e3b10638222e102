import Foundation
import LaresStore
import LaresThings
import Synchronization
import Testing

/// Points of a real mosquitto, shared by workers.
@Suite struct MQTTSourceTests {
    private func settings(_ broker: RunningBroker, _ name: String) -> MQTTSettings {
        var settings = MQTTSettings(address: broker.process.address, clientID: name)
        settings.retry = 0.05...0.2
        return settings
    }

    /// Keeps payloads, as often as they come.
    private final class Worker: Sendable {
        struct Refusal: Error {}

        let taken = Mutex<[String]>([])
        let refusals: Mutex<Int>
        let isReady = Mutex(false)

        init(refusals: Int = 0) { self.refusals = Mutex(refusals) }

        var payloads: [String] { taken.withLock(\.self) }

        func run(_ settings: MQTTSettings, topics: [String] = ["lares/v1/points/#"]) -> Task<Void, any Error> {
            Task {
                let source = try MQTTSource(settings, topics: topics) { [isReady = self] said in
                    if said.contains("are taken") { isReady.isReady.withLock { $0 = true } }
                }
                try await source.run { messages in
                    let refuses = self.refusals.withLock { left in
                        defer { left = max(0, left - 1) }
                        return left > 0
                    }
                    if refuses { throw Refusal() }
                    self.taken.withLock { $0 += messages.map { String(decoding: $0.payload, as: UTF8.self) } }
                }
            }
        }
    }

    @Test func eachMessageGoesToOneWorker() async throws {
        try await RunningBroker.with { broker in
            let (one, two) = (Worker(), Worker())
            let lives = [one.run(settings(broker, "one")), two.run(settings(broker, "two"))]
            try await eventually { one.isReady.withLock(\.self) && two.isReady.withLock(\.self) }
            try await broker.connected(id: "gateway") { gateway in
                for number in 0..<200 {
                    try await gateway.publish(MQTTMessage("lares/v1/points/north", "\(number)", quality: .atLeastOnce))
                }
            }
            try await eventually { one.payloads.count + two.payloads.count >= 200 }
            #expect((one.payloads + two.payloads).compactMap { Int($0) }.sorted() == Array(0..<200))
            #expect(!one.payloads.isEmpty && !two.payloads.isEmpty)
            for life in lives { life.cancel() }
            for life in lives { _ = await life.result }
        }
    }

    @Test func whatCouldNotBeStoredComesAgain() async throws {
        try await RunningBroker.with { broker in
            let worker = Worker(refusals: 2)
            let life = worker.run(settings(broker, "one"))
            try await eventually { worker.isReady.withLock(\.self) }
            try await broker.connected(id: "gateway") { gateway in
                for number in 0..<20 { try await gateway.publish(MQTTMessage("lares/v1/points", "\(number)", quality: .atLeastOnce)) }
            }
            try await eventually { Set(worker.payloads).count == 20 }
            life.cancel()
            _ = await life.result
        }
    }

    @Test(arguments: [("a/#/b", "lares"), ("a", "x/y"), ("a", "+"), ("a", "")])
    func filtersAndGroupsThatCannotBeAreRefused(_ topic: String, _ group: String) throws {
        let settings = MQTTSettings(address: try BrokerAddress(url: "mqtt://127.0.0.1"), clientID: "x")
        #expect(throws: ThingsError.self) { try MQTTSource(settings, topics: [topic], group: group) }
    }

    @Test(arguments: [MQTTMessage.Quality.atMostOnce, .atLeastOnce, .exactlyOnce])
    func aMessageIsPostedAndNothingStaysBehind(_ quality: MQTTMessage.Quality) async throws {
        try await RunningBroker.with { broker in
            let collector = Collector()
            try await broker.connected(collector, filters: ["n/#"]) { _ in
                try await Task.sleep(for: .milliseconds(100))
                for isFive in [true, false] {
                    let message = MQTTMessage("n/1", "\(isFive)", quality: quality)
                    try await MQTTPost.publish(message, to: broker.process.address, isFive: isFive, within: .seconds(5))
                }
                try await eventually { collector.topics == ["n/1", "n/1"] }
            }
        }
    }

    @Test func aBrokerThatIsNotThereIsAnError() async throws {
        let address = try BrokerAddress(url: "mqtt://127.0.0.1:\(try FreePort.any())")
        await #expect(throws: ThingsError.self) { try await MQTTPost.publish(MQTTMessage("a", "b"), to: address, within: .seconds(5)) }
    }
}
