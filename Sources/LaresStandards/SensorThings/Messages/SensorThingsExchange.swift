internal import LaresJSON
public import LaresThings
internal import Synchronization

/// SensorThings at a broker: what is published there as an Observation is kept, and what is created and changed is published.
///
/// ```swift
/// let exchange = try SensorThingsExchange(service, services.settings(named: "sensorthings"), root: "http://127.0.0.1:8080/sta/v1.1")
/// await exchange.run()                    // until its task is cancelled
/// ```
///
/// An Observation is acknowledged when it is on the disk. One that was kept and not acknowledged, as Lares was killed in between, comes again and is
/// kept twice: an Observation has no name by which it could be known.
public final class SensorThingsExchange: Sendable {
    /// What became of messages since the start.
    public struct Counts: Hashable, Sendable {
        /// Messages whose observations are kept.
        public var taken = 0
        /// Messages that make none, or not all they should, and are dead letters.
        public var refused = 0
        /// Changes that nobody could be told of, as there was no connection or too many of them.
        public var untold = 0
        /// Why the last one was refused.
        public var reason: String?
    }

    private let intake: SensorThingsIntake
    private let connection: MQTTConnection
    private let changes: (stream: AsyncStream<[SensorThingsChange]>, add: AsyncStream<[SensorThingsChange]>.Continuation)

    /// Transactions that may wait to be told, and entities told at once.
    private static let (backlog, most) = (10_000, 500)

    /// - Parameters:
    ///   - api: The service.
    ///   - settings: The broker.
    ///   - messages: What topics mean.
    ///   - root: Where the service is over HTTP, for the links in what is published.
    /// - Throws: `ThingsError` with `broker` when the system has no more file descriptors.
    public init(
        _ api: SensorThingsAPI, _ settings: MQTTSettings, messages: SensorThingsMessages = SensorThingsMessages(), root: String
    ) throws(ThingsError) {
        intake = SensorThingsIntake(api: api, messages: messages, root: root)
        let (stream, add) = AsyncStream.makeStream(of: [SensorThingsChange].self, bufferingPolicy: .bufferingNewest(Self.backlog))
        changes = (stream, add)
        connection = try MQTTConnection(settings, receiver: intake)
        connection.subscribe(messages.filters)
    }

    /// What became of messages since the start.
    public var counts: Counts { intake.counts }

    /// Takes and publishes until its task is cancelled.
    public func run() async {
        await intake.api.ingest?.retry(.badObservation) { [intake] in try await intake.replay($0) }
        intake.api.tell { [changes, intake] new in
            if case .dropped(let lost) = changes.add.yield(new) { intake.note { $0.untold += lost.count } }
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.connection.run() }
            group.addTask { await self.publish() }
            await group.next()
            group.cancelAll()
        }
    }

    private func publish() async {
        for await all in changes.stream {
            for start in stride(from: 0, to: all.count, by: Self.most) {
                let some = Array(all[start...].prefix(Self.most))
                guard let entities = try? await intake.api.entities(some, root: intake.root) else {
                    intake.note { $0.untold += some.count }
                    continue
                }
                for message in intake.messages.publications(some, entity: { entities[$0] }) { send(message) }
            }
        }
    }

    private func send(_ message: MQTTMessage) {
        connection.send(MQTTMessage(message.topic, message.payload, quality: .atLeastOnce)) { [intake] fault in
            if fault != nil { intake.note { $0.untold += 1 } }
        }
    }
}

extension SensorThingsAPI {
    /// Answers requests that change something and came together: in one transaction where all of them can be carried out, else each by itself.
    func answer(together requests: [SensorThingsRequest]) async -> [SensorThingsResponse] {
        if requests.count > 1, let done = try? await write(requests) { return done }
        var answers: [SensorThingsResponse] = []
        for request in requests { answers.append(await answer(request)) }
        return answers
    }
}
