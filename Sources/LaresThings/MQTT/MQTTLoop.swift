internal import CMosquitto
internal import Foundation
internal import Synchronization

/// What the thread of a connection does.
struct MQTTLoop {
    /// Filters of one SUBSCRIBE.
    static let filtersAtOnce = 200

    private let connection: MQTTConnection
    private var backoff: Backoff
    private var isFive: Bool
    private var hangUps = 0

    init(_ connection: MQTTConnection) {
        self.connection = connection
        (isFive, backoff) = (connection.settings.beginsWithFive, Backoff(connection.settings.retry))
    }

    private var isStopped: Bool { connection.state.withLock(\.isStopped) }

    /// Connects again and again until the connection is stopped.
    mutating func run() {
        while !isStopped {
            connection.report { $0.state = .connecting }
            let reason = attempt()
            refuseOrders()
            guard !isStopped else { break }
            connection.report { ($0.state, $0.reason) = (.waiting, reason) }
            pause(backoff.next())
        }
        connection.report { ($0.state, $0.reason) = (.stopped, nil) }
        refuseOrders()
    }

    private func pause(_ seconds: Double) {
        let end = DispatchTime.now() + seconds
        while !isStopped, DispatchTime.now() < end {
            let left = Double(end.uptimeNanoseconds &- DispatchTime.now().uptimeNanoseconds) / 1e6
            _ = connection.alarm.wait(with: -1, toWrite: false, milliseconds: Int32(min(1000, max(1, left))))
        }
    }

    /// One connection from its beginning to its end.
    /// - Returns: Why it ended.
    private mutating func attempt() -> String {
        if let obstacle = connection.settings.obstacle() { return obstacle }
        let session: MQTTSession
        do throws(ThingsError) {
            session = try MQTTSession(connection.settings, isFive: isFive)
        } catch {
            return error.message
        }
        defer { session.close() }
        let code = session.connect(connection.settings)
        guard code == MOSQ_ERR_SUCCESS.rawValue else {
            return "\(connection.settings.address) can't be reached: \(MQTTSession.reason(code))"
        }
        var conversation = MQTTConversation(connection, session)
        let end = conversation.run()
        hangUps = end.wasHungUp ? hangUps + 1 : 0
        if conversation.wasConnected {
            backoff.reset()
        } else if end.isAboutVersion || hangUps >= 3 {
            (isFive, hangUps) = (!isFive, 0)
        }
        return end.reason
    }

    private func refuseOrders() {
        let orders = connection.state.withLock { state in
            defer { state.orders = [] }
            return state.orders
        }
        for case .publish(_, let answer) in orders { answer(MQTTConnection.away) }
    }
}
