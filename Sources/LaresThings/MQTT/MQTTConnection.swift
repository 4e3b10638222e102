internal import Foundation
internal import Synchronization

/// A lasting connection to a broker: makes it, keeps it, and makes it again when it ends.
///
/// ```swift
/// let connection = MQTTConnection(settings, receiver: home)
/// connection.subscribe(["homeassistant/#"])
/// async let end: Void = connection.run()           // until its task is cancelled
/// try await connection.publish(MQTTMessage("zigbee2mqtt/lamp/set", "ON", quality: .atLeastOnce))
/// ```
///
/// MQTT 5.0, or 3.1.1 where the broker knows no better. Its thread waits for the socket, takes what has come, has the receiver make it durable, and
/// only then acknowledges it. What is published while there is no connection is refused at once, and what was on its way when a connection ended
/// isn't sent again: nobody wants a lamp to go on minutes later.
public final class MQTTConnection: Sendable {
    let settings: MQTTSettings
    let receiver: any MQTTReceiver
    let state = Mutex(State())
    let alarm: WakeUp

    struct State {
        var status = MQTTStatus.beginning
        var isStopped = false
        var filters: [String: MQTTMessage.Quality] = [:]
        var orders: [Order] = []
        /// How often in a row the connection ended without an answer to a subscription to everything.
        var unanswered = 0
    }

    /// Something for the thread to do.
    enum Order {
        case publish(MQTTMessage, Answer)
        case subscribe([String], MQTTMessage.Quality)
    }

    typealias Answer = @Sendable (ThingsError?) -> Void

    /// A connection that ``run()`` makes.
    /// - Throws: ``ThingsError`` with `broker` when the system has no more file descriptors.
    public init(_ settings: MQTTSettings, receiver: any MQTTReceiver) throws(ThingsError) {
        guard let alarm = WakeUp() else { throw ThingsError(.broker, "the system has no more file descriptors: close some programs") }
        (self.settings, self.receiver, self.alarm) = (settings, receiver, alarm)
    }

    /// How it stands.
    public var status: MQTTStatus { state.withLock(\.status) }

    /// Asks for what is published on topics, now and on each connection to come. A filter asked for again is subscribed to again, so that
    /// the broker sends what it retains. Filters that MQTT doesn't allow are left out.
    public func subscribe(_ filters: [String], quality: MQTTMessage.Quality = .atLeastOnce) {
        let allowed = filters.filter(TopicName.isFilter)
        guard !allowed.isEmpty else { return }
        state.withLock { state in
            for filter in allowed { state.filters[filter] = quality }
            if state.status.state == .connected { state.orders.append(.subscribe(allowed, quality)) }
        }
        alarm.wake()
    }

    /// Doesn't ask for filters any more on connections to come; for those that the broker refuses.
    func forget(_ filters: [String]) { state.withLock { state in for filter in filters { state.filters[filter] = nil } } }

    /// Publishes a message: returns when it is written (quality 0) or the broker has it (1, 2).
    ///
    /// - Throws: ``ThingsError`` with `broker`: no connection, it ended meanwhile, or the broker doesn't allow it.
    public func publish(_ message: MQTTMessage) async throws(ThingsError) {
        let fault = await withCheckedContinuation { continuation in send(message) { continuation.resume(returning: $0) } }
        if let fault { throw fault }
    }

    /// Publishes a message, and tells what became of it on the connection's thread; nil: it is with the broker.
    public func send(_ message: MQTTMessage, answer: @escaping @Sendable (ThingsError?) -> Void = { _ in }) {
        guard TopicName.isTopic(message.topic) else {
            return answer(ThingsError(.badName, "'\(message.topic.prefix(80))' is no topic that a message can be published on"))
        }
        let isConnected = state.withLock { state in
            guard state.status.state == .connected else { return false }
            state.orders.append(.publish(message, answer))
            return true
        }
        isConnected ? alarm.wake() : answer(Self.away)
    }

    static let away = ThingsError(.broker, "there is no connection to the broker: wait until it is back")

    /// Keeps the connection until its task is cancelled.
    public func run() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let thread = Thread {
                    var loop = MQTTLoop(self)
                    loop.run()
                    continuation.resume()
                }
                thread.name = "mqtt"
                thread.start()
            }
        } onCancel: {
            stop()
        }
    }

    private func stop() {
        state.withLock { $0.isStopped = true }
        alarm.wake()
    }

    func report(_ change: (inout MQTTStatus) -> Void) {
        let status = state.withLock { state in
            change(&state.status)
            return state.status
        }
        receiver.changed(status)
    }
}
