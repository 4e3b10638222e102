/// What SUMO answers to one message: the state of each command in it and, after a step, what was subscribed to.
///
/// Reading it is a pure function of the bytes: nothing in them can make it trap, loop or take more memory than they do.
public struct TraCIReply: Sendable, Hashable {
    /// Values of one object of the simulation, by their identifiers.
    public struct Object: Sendable, Hashable {
        /// What it is called.
        public let name: String
        /// In the order in which they were subscribed to.
        public let values: [(id: UInt8, value: TraCIValue)]

        /// The value with this identifier.
        public subscript(id: UInt8) -> TraCIValue? { values.first { $0.id == id }?.value }

        /// Whether they are the same.
        public static func == (one: Object, other: Object) -> Bool {
            one.name == other.name && one.values.elementsEqual(other.values, by: ==)
        }

        /// Feeds what tells it from others.
        public func hash(into hasher: inout Hasher) { hasher.combine(name) }
    }

    /// What one subscription says after a step.
    public struct Subscription: Sendable, Hashable {
        /// The response's identifier: 0xe0 and above for an object's own values, 0x90 and above for those around it.
        public let response: UInt8
        /// What was subscribed to.
        public let name: String
        /// The object itself, or those around it.
        public let objects: [Object]
    }

    /// By the commands' order: what was refused, and why.
    public let refusals: [String]
    /// Those of the step.
    public let subscriptions: [Subscription]
    /// The other parts, such as an answer to a question, as they stand.
    public let answers: [[UInt8]]

    /// Reads the reply to `commands`, whose identifiers are given in their order.
    ///
    /// - Parameter bytes: Without the message's length before them.
    /// - Throws: ``TrafficError`` with `bad_reply`.
    public init(parsing bytes: [UInt8], to commands: [UInt8]) throws(TrafficError) {
        var reader = TraCIReader(bytes[...])
        var (refusals, subscriptions, answers): ([String], [Subscription], [[UInt8]]) = ([], [], [])
        for command in commands {
            let isDone = try Self.status(of: command, in: &reader, &refusals)
            guard isDone, let form = Form(of: command) else { continue }
            switch form {
            case .step:
                let count = try reader.count(ofSize: 2)
                for _ in 0..<count { subscriptions.append(try Self.subscription(in: try reader.command())) }
            case .subscription: subscriptions.append(try Self.subscription(in: try reader.command()))
            case .answer:
                var part = try reader.command()
                answers.append(Array(try part.rest()))
            }
        }
        guard reader.remaining == 0 else {
            throw TrafficError(.badReply, "SUMO's reply goes on for \(reader.remaining) bytes behind the last command's state")
        }
        (self.refusals, self.subscriptions, self.answers) = (refusals, subscriptions, answers)
    }

    /// What stands behind a command's state.
    private enum Form {
        case step, subscription, answer

        init?(of command: UInt8) {
            switch command {
            case 0x02: self = .step
            case 0x80...0x8F, 0xD0...0xDF: self = .subscription
            case 0x00, 0xA0...0xAF: self = .answer
            default: return nil
            }
        }
    }

    private static func status(
        of command: UInt8, in reader: inout TraCIReader, _ refusals: inout [String]
    ) throws(TrafficError) -> Bool {
        var part = try reader.command()
        let (id, result, text) = (try part.byte(), try part.byte(), try part.string())
        guard id == command, part.remaining == 0 else {
            throw TrafficError(.badReply, "SUMO's reply speaks of command \(id) where \(command) was asked")
        }
        if result != 0 { refusals.append(text.isEmpty ? "command \(command)" : text) }
        return result == 0
    }

    private static func subscription(in part: TraCIReader) throws(TrafficError) -> Subscription {
        var part = part
        let (response, name) = (try part.byte(), try part.string())
        let isAround = response & 0xF0 == 0x90
        if isAround { _ = try part.byte() }
        let width = Int(try part.byte())
        var objects: [Object] = []
        if isAround {
            let count = try part.count(ofSize: 4)
            objects.reserveCapacity(count)
            for _ in 0..<count { objects.append(Object(name: try part.string(), values: try values(width, in: &part))) }
        } else {
            objects.append(Object(name: name, values: try values(width, in: &part)))
        }
        guard part.remaining == 0 else {
            throw TrafficError(.badReply, "SUMO's reply about '\(name)' has \(part.remaining) bytes too many")
        }
        return Subscription(response: response, name: name, objects: objects)
    }

    private static func values(_ count: Int, in part: inout TraCIReader) throws(TrafficError) -> [(id: UInt8, value: TraCIValue)] {
        var values: [(id: UInt8, value: TraCIValue)] = []
        values.reserveCapacity(count)
        for _ in 0..<count {
            let (id, status) = (try part.byte(), try part.byte())
            let value = try part.value()
            // An error has a text instead of the value.
            if status == 0 { values.append((id, value)) }
        }
        return values
    }
}

extension TraCIReader {
    fileprivate mutating func rest() throws(TrafficError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(remaining)
        while remaining > 0 { bytes.append(try byte()) }
        return bytes
    }
}
