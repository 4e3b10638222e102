internal import Foundation

/// One message for a broker that is otherwise not spoken to.
public enum MQTTPost {
    /// Connects, publishes and leaves; nothing is left behind at the broker.
    ///
    /// - Parameters:
    ///   - message: What is published. With a quality of 1 or 2 the broker has it when this returns.
    ///   - address: The broker.
    ///   - isFive: Whether MQTT 5.0 is spoken; else 3.1.1.
    ///   - patience: How long it may take.
    /// - Throws: ``ThingsError`` with `broker` or `badName`; `CancellationError`.
    public static func publish(_ message: MQTTMessage, to address: BrokerAddress, isFive: Bool = true, within patience: Duration)
        async throws
    {
        var settings = MQTTSettings(address: address, clientID: "lares-" + String(UInt64.random(in: .min ... .max), radix: 36))
        (settings.isLasting, settings.beginsWithFive) = (false, isFive)
        let news = News()
        let connection = try MQTTConnection(settings, receiver: news)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                await connection.run()
                throw CancellationError()
            }
            group.addTask {
                try await news.connected()
                try await connection.publish(message)
            }
            group.addTask {
                try await Task.sleep(for: patience)
                throw ThingsError(.broker, "\(address) takes longer than \(patience)")
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// How the connection stands.
    private final class News: MQTTReceiver {
        private let states = AsyncStream.makeStream(of: MQTTStatus.self)

        func receive(_ messages: [MQTTMessage]) {}

        func changed(_ status: MQTTStatus) { states.continuation.yield(status) }

        /// Returns when there is a connection.
        func connected() async throws {
            for await status in states.stream {
                switch status.state {
                case .connected: return
                case .waiting: throw ThingsError(.broker, status.reason ?? "the broker can't be reached")
                case .connecting, .stopped: break
                }
            }
            throw CancellationError()
        }
    }
}
