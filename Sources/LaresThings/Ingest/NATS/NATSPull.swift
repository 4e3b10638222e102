internal import LaresJSON

/// One connection to a NATS server that pulls messages of a JetStream consumer (ADR-13 of nats-architecture-and-design). It says what is to be
/// sent, and does nothing itself.
///
/// After INFO it greets and pings; after PONG it has the consumer made, and then always asks for as many messages as are missing to a batch and a
/// half, unless two batches are in hand and wait to be stored. Heartbeats of the consumer say that it is alive while nothing comes.
public struct NATSPull: Sendable {
    /// What is to be done.
    public struct Actions: Hashable, Sendable {
        /// Bytes to be sent.
        public var output: [UInt8] = []
        /// Messages that came, to be stored and then acknowledged.
        public var messages: [NATSMessage] = []
        /// Addresses of the cluster's other servers, as the server knows them.
        public var servers: [String] = []
    }

    private enum Phase: Hashable {
        case waiting, greeting, making, pulling
    }

    private let settings: NATSPullSettings
    private let inbox: String
    private var phase = Phase.waiting
    private var reader = NATSReader()
    /// Messages that were asked for and haven't come.
    private var credit = 0
    /// Messages that came and aren't acknowledged, and their bytes.
    private var (inHand, bytesInHand) = (0, 0)
    /// When something came last, and when we asked whether anybody is there; seconds.
    private var heard: Double
    private var asked: Double?
    /// When the consumer was heard of last, by a message or a heartbeat.
    private var delivered: Double
    /// Whether messages have come or can.
    public var isPulling: Bool { phase == .pulling }

    /// So many seconds of silence are too many.
    static let patience = 15.0
    private static let heartbeat = 5
    private static let expiry = 30

    /// A connection that was just made.
    ///
    /// - Parameters:
    ///   - inbox: a name that no other connection has, of letters and digits.
    ///   - now: seconds of any clock that only goes on.
    public init(_ settings: NATSPullSettings, inbox: String, now: Double) {
        (self.settings, self.inbox, heard, delivered) = (settings, "_INBOX.\(inbox)", now, now)
    }

    /// Takes in what came.
    ///
    /// - Throws: ``NATSError``, after which the connection is of no use.
    public mutating func receive(_ bytes: some Collection<UInt8>, now: Double) throws(NATSError) -> Actions {
        (heard, asked) = (now, nil)
        reader.append(bytes)
        var actions = Actions()
        while let frame = try reader.next() {
            switch frame {
            case .info(let text): try greet(text, &actions)
            case .ping: actions.output += Self.bytes("PONG\r\n")
            case .pong:
                guard phase == .greeting else { break }
                (phase, delivered) = (.making, now)
                make(&actions)
            case .ok: break
            case .error(let message): try fail(message)
            case .message(let message):
                delivered = now
                try take(message, &actions)
            }
        }
        ask(&actions)
        return actions
    }

    /// What acknowledges messages that are on the disk, and asks for as many more.
    public mutating func acknowledge(_ messages: [NATSMessage]) -> [UInt8] {
        var actions = Actions()
        actions.output = answer("+ACK", to: messages)
        inHand = max(0, inHand - messages.count)
        bytesInHand = max(0, bytesInHand - messages.reduce(0) { $0 + $1.payload.count })
        ask(&actions)
        return actions.output
    }

    /// What gives messages back that couldn't be stored, so that another worker has them now and not after a minute.
    public func giveBack(_ messages: [NATSMessage]) -> [UInt8] { answer("-NAK", to: messages) }

    private func answer(_ word: String, to messages: [NATSMessage]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(messages.count * 90)
        for message in messages {
            if let reply = message.reply { output += Self.bytes("PUB \(reply) \(word.utf8.count)\r\n\(word)\r\n") }
        }
        return output
    }

    /// To be called every few seconds: asks whether the server is there when it is silent, and for messages again when the consumer is. Its leader
    /// may have been another server of the cluster, which took the request with it.
    ///
    /// - Throws: ``NATSError`` with `lost` when it isn't.
    public mutating func tick(now: Double) throws(NATSError) -> [UInt8] {
        if let asked, now - asked >= Self.patience {
            throw NATSError(.lost, "the server has been silent for \(Int(now - heard)) s: another one is tried")
        }
        var actions = Actions()
        if phase == .making, now - delivered >= Double(Self.heartbeat) {
            // While a cluster elects its leader, nobody answers.
            delivered = now
            make(&actions)
        } else if phase == .pulling, now - delivered >= Self.patience {
            (credit, delivered) = (0, now)
            ask(&actions)
        }
        guard asked == nil, now - heard >= Self.patience else { return actions.output }
        asked = now
        return actions.output + Self.bytes("PING\r\n")
    }

    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    private mutating func greet(_ info: [UInt8], _ actions: inout Actions) throws(NATSError) {
        let info = try? JSON(parsing: info)
        actions.servers += (info?["connect_urls"]?.elements ?? []).compactMap(\.text)
        if info?["ldm"] == .bool(true) { throw NATSError(.lost, "the server is about to stop: another one is tried") }
        guard phase == .waiting else { return }
        if info?["tls_required"] == .bool(true) {
            throw NATSError(
                .refused, "the server wants TLS, which this client doesn't speak: connect to a port without it, on a network of your own")
        }
        phase = .greeting
        actions.output += Self.bytes("CONNECT ") + settings.greeting.bytes + Self.bytes("\r\nSUB \(inbox).> 1\r\nPING\r\n")
    }

    private func make(_ actions: inout Actions) {
        let body = settings.consumerRequest.bytes
        let subject = "$JS.API.CONSUMER.DURABLE.CREATE.\(settings.stream).\(settings.consumer)"
        actions.output += Self.bytes("PUB \(subject) \(inbox).made \(body.count)\r\n") + body + Self.bytes("\r\n")
    }

    private func fail(_ message: String) throws(NATSError) {
        let isRefusal = message.lowercased().contains("authorization") || message.lowercased().contains("permissions")
        throw NATSError(isRefusal ? .refused : .lost, "the NATS server says \(message.prefix(200))")
    }

    private mutating func take(_ message: NATSMessage, _ actions: inout Actions) throws(NATSError) {
        if message.subject == inbox + ".made" { return try made(message) }
        if let status = message.status, message.payload.isEmpty { return try note(status, message) }
        guard message.reply?.hasPrefix("$JS.ACK.") == true else { return }
        expect(fewer: 1)
        inHand += 1
        bytesInHand += message.payload.count
        actions.messages.append(message)
    }

    private mutating func made(_ message: NATSMessage) throws(NATSError) {
        if message.status == 503 { throw NATSError(.lost, "JetStream has no leader, or is off: another server is tried") }
        let answer = try? JSON(parsing: message.payload)
        if let error = answer?["error"] {
            let code = error["code"]?.number ?? 0
            let text = "the consumer '\(settings.consumer)' of '\(settings.stream)': \(error["description"]?.text ?? "unknown")"
            throw NATSError(code >= 500 ? .lost : .badConsumer, text)
        }
        guard answer?["config"] != nil else { throw NATSError(.badConsumer, "the server's answer about the consumer can't be read") }
        phase = .pulling
    }

    /// 100: a heartbeat. 404, 408: a request is over. 409: the consumer is gone, has moved, or has too much that isn't acknowledged.
    private mutating func note(_ status: Int, _ message: NATSMessage) throws(NATSError) {
        switch status {
        case 100: return
        case 404, 408: expect(fewer: message.value("Nats-Pending-Messages").flatMap { Int($0) } ?? credit)
        case 409 where message.value("Nats-Pending-Messages") != nil:
            expect(fewer: message.value("Nats-Pending-Messages").flatMap { Int($0) } ?? 0)
        default:
            let line = String(decoding: message.header.prefix { $0 != 0x0D }, as: UTF8.self)
            throw NATSError(.lost, "the NATS server says \(line): another one is tried")
        }
    }

    /// So many messages will not come; a server may say any number.
    private mutating func expect(fewer count: Int) { credit -= min(max(count, 0), credit) }

    private mutating func ask(_ actions: inout Actions) {
        guard phase == .pulling, credit <= settings.batch / 2, inHand <= 2 * settings.batch, bytesInHand <= settings.handful else { return }
        let body: JSON = [
            "batch": .int(settings.batch), "expires": .int(Self.expiry * 1_000_000_000),
            "idle_heartbeat": .int(Self.heartbeat * 1_000_000_000),
        ]
        credit += settings.batch
        let bytes = body.bytes, subject = "$JS.API.CONSUMER.MSG.NEXT.\(settings.stream).\(settings.consumer)"
        actions.output += Self.bytes("PUB \(subject) \(inbox).m \(bytes.count)\r\n") + bytes + Self.bytes("\r\n")
    }
}

extension JSON {
    fileprivate var bytes: [UInt8] { data }
}
