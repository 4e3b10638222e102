/// What a NATS server sends (docs.nats.io, "Client Protocol").
package enum NATSFrame: Hashable, Sendable {
    /// `INFO {…}`
    case info([UInt8])
    /// `MSG` and `HMSG`
    case message(NATSMessage)
    /// `PING`
    case ping
    /// `PONG`
    case pong
    /// `+OK`
    case ok
    /// `-ERR '…'`
    case error(String)
}

/// A message as it is delivered.
public struct NATSMessage: Hashable, Sendable {
    /// Where it was sent to.
    public let subject: String
    /// The number of the subscription.
    public let subscription: String
    /// Where answers go; of JetStream's: what acknowledges it.
    public let reply: String?
    /// `NATS/1.0 408 Request Timeout` and further lines; empty: none.
    public let header: [UInt8]
    /// What it says.
    public let payload: [UInt8]

    /// The number of a header's first line: 100, 404, 408, 409, 503; nil for messages proper.
    public var status: Int? {
        let line = header.prefix { $0 != 0x0D }
        let parts = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard parts.count >= 2, parts[0].starts(with: "NATS/".utf8) else { return nil }
        return Int(String(decoding: parts[1], as: UTF8.self))
    }

    /// When JetStream stored it, as the subject that acknowledges it says: the same each time it is delivered. Nil where it says none.
    ///
    /// `$JS.ACK.STREAM.CONSUMER.DELIVERIES.SEQUENCE.SEQUENCE.NANOSECONDS.PENDING`; newer servers may say domain and account before the stream, and
    /// more behind (ADR-15 of nats-architecture-and-design).
    public var storedAt: Timestamp? {
        guard let reply, reply.hasPrefix("$JS.ACK.") else { return nil }
        let parts = reply.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 9 || parts.count >= 11, let time = Int64(parts[parts.count == 9 ? 7 : 9]), time >= 0 else { return nil }
        return Timestamp(milliseconds: time / 1_000_000)
    }

    /// What a line of the header says; names in any case.
    public func value(_ name: String) -> String? {
        for line in header.split(separator: 0x0A).dropFirst() {
            let sides = line.split(separator: UInt8(ascii: ":"), maxSplits: 1)
            guard sides.count == 2, String(decoding: sides[0], as: UTF8.self).lowercased() == name.lowercased() else { continue }
            return String(decoding: sides[1].filter { $0 > 0x20 }, as: UTF8.self)
        }
        return nil
    }
}

/// Why a NATS server can't be used.
public struct NATSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        private let name: String

        private init(_ name: String) { self.name = name }

        /// The server says what the protocol doesn't.
        public static let badProtocol = Code("badProtocol")
        /// The connection ended, or nothing comes any more.
        public static let lost = Code("lost")
        /// The server doesn't take the user, password or token.
        public static let refused = Code("refused")
        /// The stream or consumer isn't there, or is another than was asked for.
        public static let badConsumer = Code("badConsumer")
        /// An address can't be read.
        public static let badAddress = Code("badAddress")
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, and what to do.
    public let message: String

    /// A failure.
    public init(_ code: Code, _ message: String) { (self.code, self.message) = (code, message) }

    /// The message.
    public var description: String { message }
}

/// Finds frames in what comes, wherever its parts begin and end.
package struct NATSReader: Sendable {
    private var buffer: [UInt8] = []
    private var at = 0
    private let longestLine = 1 << 16
    private let largest: Int

    /// - Parameter largest: bytes of a message.
    package init(largest: Int = 64 << 20) { self.largest = largest }

    package mutating func append(_ bytes: some Collection<UInt8>) {
        if at > 0 {
            buffer.removeSubrange(..<at)
            at = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next frame; nil when it hasn't come whole.
    ///
    /// - Throws: ``NATSError`` with `badProtocol`.
    package mutating func next() throws(NATSError) -> NATSFrame? {
        guard let end = buffer[at...].firstIndex(of: 0x0A) else {
            guard buffer.count - at <= longestLine else { throw Self.wrong("a line of more than \(longestLine) bytes") }
            return nil
        }
        let line = buffer[at..<(end > at && buffer[end - 1] == 0x0D ? end - 1 : end)]
        let words = line.split(maxSplits: 1, omittingEmptySubsequences: true) { $0 == 0x20 || $0 == 0x09 }
        guard let word = words.first else { throw Self.wrong("an empty line") }
        let rest = words.count > 1 ? words[1] : []
        let verb = String(decoding: word, as: UTF8.self).uppercased()
        if verb == "MSG" || verb == "HMSG" { return try message(rest, hasHeader: verb == "HMSG", from: end + 1) }
        let frame: NATSFrame =
            switch verb {
            case "PING": .ping
            case "PONG": .pong
            case "+OK": .ok
            case "-ERR": .error(String(decoding: rest, as: UTF8.self))
            case "INFO": .info(Array(rest))
            default: throw Self.wrong("'\(verb.prefix(40))'")
            }
        at = end + 1
        return frame
    }

    private mutating func message(_ rest: ArraySlice<UInt8>, hasHeader: Bool, from start: Int) throws(NATSError) -> NATSFrame? {
        let words = rest.split { $0 == 0x20 || $0 == 0x09 }.map { String(decoding: $0, as: UTF8.self) }
        let numbers = hasHeader ? 2 : 1
        guard words.count == 2 + numbers || words.count == 3 + numbers, let total = words.last.flatMap({ Int($0) }),
            (0...largest).contains(total),
            let head = hasHeader ? Int(words[words.count - 2]) : 0, (0...total).contains(head)
        else { throw Self.wrong("a message without its sizes") }
        guard buffer.count - start >= total + 2 else { return nil }
        guard buffer[start + total] == 0x0D, buffer[start + total + 1] == 0x0A else {
            throw Self.wrong("a message of another size than it says")
        }
        at = start + total + 2
        return .message(
            NATSMessage(
                subject: words[0], subscription: words[1], reply: words.count == 3 + numbers ? words[2] : nil,
                header: Array(buffer[start..<start + head]), payload: Array(buffer[start + head..<start + total])))
    }

    private static func wrong(_ what: String) -> NATSError {
        NATSError(.badProtocol, "the server sent \(what), which is no NATS: check the port")
    }
}
