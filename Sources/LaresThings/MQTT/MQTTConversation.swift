internal import CMosquitto
internal import Synchronization

/// One connection, from CONNECT to its end.
struct MQTTConversation {
    /// Why it ended.
    struct End: Error {
        let reason: String
        /// Whether the broker may know an older version of MQTT only.
        var isAboutVersion = false
        /// Whether the broker hung up instead of answering, as those may that know an older version only.
        var wasHungUp = false
    }

    private(set) var wasConnected = false
    private let connection: MQTTConnection
    private let session: MQTTSession
    private var answers: [Int32: MQTTConnection.Answer] = [:]
    private var asked: [Int32: [String]] = [:]
    private let began = ContinuousClock.now

    init(_ connection: MQTTConnection, _ session: MQTTSession) { (self.connection, self.session) = (connection, session) }

    private var events: MQTTSession.Events { session.events }

    /// Goes on until the connection ends or is to end.
    mutating func run() -> End {
        do throws(End) {
            while !connection.state.withLock(\.isStopped) { try turn() }
            leave()
            return end("it was stopped")
        } catch {
            return end(error)
        }
    }

    /// Waits, reads, has it made durable, writes.
    private mutating func turn() throws(End) {
        try carryOut()
        if !wasConnected, ContinuousClock.now - began > .seconds(connection.settings.answerSeconds) {
            throw End(reason: "the broker doesn't answer", isAboutVersion: true)
        }
        let ready = connection.alarm.wait(with: session.socket, toWrite: session.wantsToWrite, milliseconds: 1_000)
        if ready.canRead { try read() }
        try settle()
        try check(session.write())
        try check(session.keepAlive())
        try settle()
    }

    /// Reads until nothing is left, or a batch is full.
    private mutating func read() throws(End) {
        repeat {
            try check(session.read())
        } while events.messages.count < connection.settings.batch && events.size < connection.settings.batchBytes
            && connection.alarm.wait(with: session.socket, toWrite: false, milliseconds: 0).canRead
    }

    /// Hands on what libmosquitto told.
    private mutating func settle() throws(End) {
        if let (code, isResumed) = events.connection {
            events.connection = nil
            try connected(code, isResumed)
        }
        try deliver()
        for (number, code) in events.published { answers.removeValue(forKey: number)?(code < 0x80 ? nil : refusal(code)) }
        events.published.removeAll(keepingCapacity: true)
        for (number, granted) in events.subscribed { note(granted, of: asked.removeValue(forKey: number) ?? []) }
        if !events.subscribed.isEmpty, asked.isEmpty { connection.settings.subscribed() }
        events.subscribed.removeAll(keepingCapacity: true)
    }

    private func deliver() throws(End) {
        if events.dropped > 0 {
            let dropped = events.dropped
            events.dropped = 0
            connection.report { $0.dropped += dropped }
        }
        guard !events.messages.isEmpty else { return }
        let messages = events.messages
        (events.messages, events.size) = ([], 0)
        events.messages.reserveCapacity(messages.count)
        do {
            try connection.receiver.receive(messages)
        } catch {
            throw End(reason: "what came couldn't be kept, so the broker will send it again: \(error)")
        }
    }

    private mutating func connected(_ code: Int32, _ isResumed: Bool) throws(End) {
        guard code == 0 else { throw refused(code) }
        wasConnected = true
        let version = session.isFive ? "5.0" : "3.1.1"
        let filters = connection.state.withLock { state in
            state.status.state = .connected
            return state.filters
        }
        for (quality, group) in Dictionary(grouping: filters, by: \.value) { try subscribe(group.map(\.key).sorted(), quality) }
        connection.report { ($0.reason, $0.version, $0.isResumed, $0.refused) = (nil, version, isResumed, []) }
    }
}

extension MQTTConversation {
    /// Does what others asked for meanwhile.
    private mutating func carryOut() throws(End) {
        guard wasConnected else { return }
        let orders = connection.state.withLock { state in
            defer { state.orders.removeAll(keepingCapacity: true) }
            return state.orders
        }
        guard !orders.isEmpty else { return }
        for (place, order) in orders.enumerated() {
            do throws(End) { try carryOut(order) } catch {
                for case .publish(_, let answer) in orders[(place + 1)...] { answer(MQTTConnection.away) }
                throw error
            }
        }
        try check(session.write())
        try settle()
    }

    private mutating func carryOut(_ order: MQTTConnection.Order) throws(End) {
        switch order {
        case .publish(let message, let answer):
            let (code, number) = session.publish(message)
            if code == MOSQ_ERR_SUCCESS.rawValue {
                answers[number] = answer
            } else {
                answer(ThingsError(.broker, "the message can't be published: \(MQTTSession.reason(code))"))
            }
        case .subscribe(let filters, let quality): try subscribe(filters, quality)
        }
    }

    private mutating func subscribe(_ filters: [String], _ quality: MQTTMessage.Quality) throws(End) {
        for start in stride(from: 0, to: filters.count, by: MQTTLoop.filtersAtOnce) {
            let piece = Array(filters[start...].prefix(MQTTLoop.filtersAtOnce))
            let (code, number) = session.subscribe(piece, quality: quality)
            try check(code)
            asked[number] = piece
        }
    }

    private func note(_ granted: [Int32], of filters: [String]) {
        if filters.contains("#") { connection.state.withLock { $0.unanswered = 0 } }
        let refused = zip(filters, granted).filter { $1 >= 0x80 }.map(\.0)
        if !refused.isEmpty { connection.report { $0.refused = Array(Set($0.refused + refused)).sorted() } }
    }

    private func refusal(_ code: Int32) -> ThingsError {
        ThingsError(.broker, "the broker refuses the message: \(session.refusal(code))")
    }

    /// The broker's answer to CONNECT. 0x84 is "unsupported protocol version" of 5.0, 1 the same of 3.1.1, which older brokers answer with.
    private func refused(_ code: Int32) -> End {
        End(reason: "the broker refuses the connection: \(session.refusal(code))", isAboutVersion: code == 0x84 || code == 1)
    }

    private func check(_ code: Int32) throws(End) {
        guard code != MOSQ_ERR_SUCCESS.rawValue else { return }
        if let (answer, _) = events.connection, answer != 0 { throw refused(answer) }
        let isAboutVersion = !wasConnected && code == MOSQ_ERR_PROTOCOL.rawValue
        let wasHungUp = !wasConnected && code == MOSQ_ERR_CONN_LOST.rawValue
        throw End(reason: "the connection ended: \(MQTTSession.reason(code))", isAboutVersion: isAboutVersion, wasHungUp: wasHungUp)
    }

    /// Some brokers hang up on who asks for everything, instead of refusing it.
    private func noteSilence() {
        guard wasConnected, asked.values.contains(where: { $0.contains("#") }) else { return }
        let isTwice = connection.state.withLock { state in
            state.unanswered += 1
            return state.unanswered >= 2 && !state.isStopped
        }
        if isTwice { connection.report { $0.refused = ["#"] } }
    }

    /// Says what the will would have said, and goodbye.
    private mutating func leave() {
        guard wasConnected else { return }
        if let will = connection.settings.will { _ = session.publish(will) }
        session.disconnect()
        for _ in 0..<50 where session.wantsToWrite {
            _ = session.write()
        }
    }

    private mutating func end(_ reason: String) -> End { end(End(reason: reason)) }

    /// Nobody will answer any more.
    private mutating func end(_ end: End) -> End {
        connection.state.withLock { $0.status.state = .waiting }
        noteSilence()
        for answer in answers.values { answer(ThingsError(.broker, "\(end.reason); it is not known whether the message arrived")) }
        answers = [:]
        return end
    }
}
