internal import Foundation
internal import Synchronization

/// Messages of an MQTT broker, shared by all workers of a group: the broker gives each message to one of them (`$share/GROUP/FILTER`).
///
/// Two connections take turns: while the messages of one are stored, the other has the next at hand. A message of QoS 1 is acknowledged when it is on
/// the disk; what a worker had in hand when it was killed is sent again when it is back, as the broker keeps its session for a day.
public struct MQTTSource: IngestSource {
    private let settings: MQTTSettings
    private let filters: [String]
    private let report: @Sendable (String) -> Void

    /// Connections of a worker.
    static let connections = 2

    /// - Parameters:
    ///   - settings: the broker. Its client id is the beginning of the connections' own, and must be one that no other worker has.
    ///   - topics: what is taken, as filters.
    ///   - group: the name that the workers share.
    ///   - report: told of connections that were made and lost.
    /// - Throws: ``ThingsError`` with `badName` for a filter or group that can't be one.
    public init(
        _ settings: MQTTSettings, topics: [String], group: String = "lares", report: @escaping @Sendable (String) -> Void = { _ in }
    ) throws(ThingsError) {
        let isGroup = TopicName.isTopic(group) && !group.contains("/")
        guard isGroup, !topics.isEmpty, topics.allSatisfy(TopicName.isFilter) else {
            throw ThingsError(.badName, "topics of points are filters such as city/#, and their group is a word without '/', '+' and '#'")
        }
        (self.settings, self.report) = (settings, report)
        filters = topics.map { "$share/\(group)/\($0)" }
    }

    /// Takes messages until its task is cancelled, however often connections are lost.
    public func run(_ take: @escaping @Sendable ([SourceMessage]) async throws -> Void) async throws {
        var made: [MQTTConnection] = []
        let voice = Voice(report)
        for number in 1...Self.connections {
            var settings = settings
            settings.clientID += "-\(number)"
            let receiver = Receiver(number, voice, take: take), others = settings.subscribed
            settings.subscribed = {
                others()
                receiver.subscribed()
            }
            let connection = try MQTTConnection(settings, receiver: receiver)
            connection.subscribe(filters)
            made.append(connection)
        }
        let connections = made
        await withDiscardingTaskGroup { group in
            for connection in connections { group.addTask { await connection.run() } }
        }
        try Task.checkCancellation()
    }

    /// Tells how a worker's connections are going, each thing once.
    private final class Voice: Sendable {
        private let report: @Sendable (String) -> Void
        private let state = Mutex<(told: String?, subscribed: Set<Int>)>((nil, []))

        init(_ report: @escaping @Sendable (String) -> Void) { self.report = report }

        func tell(_ text: String) {
            let isNews = state.withLock { state in
                defer { state.told = text }
                return state.told != text
            }
            if isNews { report(text) }
        }

        /// A connection has what it asked for, or no longer. The worker is told to be ready when the broker has confirmed it for all of them: what is
        /// published from then on, comes.
        func set(_ number: Int, isSubscribed: Bool) {
            let isReady = state.withLock { state in
                if isSubscribed { state.subscribed.insert(number) } else { state.subscribed.remove(number) }
                return state.subscribed.count == MQTTSource.connections
            }
            if isReady { tell("points are taken from the broker") }
        }
    }

    /// Hands over what a connection got, and waits on its thread until that is stored.
    private final class Receiver: MQTTReceiver {
        private let number: Int
        private let voice: Voice
        private let take: @Sendable ([SourceMessage]) async throws -> Void
        private let isRefused = Mutex(false)

        init(_ number: Int, _ voice: Voice, take: @escaping @Sendable ([SourceMessage]) async throws -> Void) {
            (self.number, self.voice, self.take) = (number, voice, take)
        }

        func receive(_ messages: [MQTTMessage]) throws {
            // What a broker retained was stored when it came.
            let points = messages.filter { !$0.isRetained }.map { SourceMessage(topic: $0.topic, payload: $0.payload) }
            guard !points.isEmpty else { return }
            let take = take
            do { try Blocking.wait { try await take(points) } } catch {
                tell("the points can't be stored, and are asked for again: \(error)")
                throw error
            }
        }

        func changed(_ status: MQTTStatus) {
            isRefused.withLock { $0 = !status.refused.isEmpty }
            switch status.state {
            case .connected where status.refused.isEmpty: break
            case .connected: tell("the broker doesn't let us take \(status.refused.joined(separator: ", ")): allow it in its rules")
            case .waiting:
                voice.set(number, isSubscribed: false)
                tell(status.reason ?? "the connection to the broker was lost")
            case .connecting, .stopped: break
            }
        }

        /// The broker answered what was asked for.
        func subscribed() { voice.set(number, isSubscribed: !isRefused.withLock(\.self)) }

        // One of them tells what goes wrong.
        private func tell(_ text: String) { if number == 1 { voice.tell(text) } }
    }
}
