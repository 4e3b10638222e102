public import Foundation

/// Who is connected to the broker, as its log tells.
public struct BrokerLog: Sendable {
    /// A client that is connected.
    public struct Client: Sendable, Hashable {
        /// What it calls itself.
        public let id: String
        /// Whose account it uses; nil: none.
        public let user: String?
        /// From where: an address, and its port.
        public let address: String
        /// Since when.
        public let since: Date
        /// "5.0", "3.1.1" or "3.1".
        public let version: String
    }

    /// The clients that are connected, by their ids.
    public private(set) var clients: [String: Client] = [:]
    /// Whether it has said that it runs: its listeners are open then.
    public private(set) var isRunning = false
    /// The last lines that weren't about clients that come and go, newest last; at most 100.
    public private(set) var lines: [String] = []

    /// Nobody connected.
    public init() {}

    /// Reads one line: "1732870000: New client connected from 127.0.0.1:53512 as lamp (p5, c0, k30, u'lamp')."
    mutating func read(_ line: String, at date: Date) {
        let text = line.firstIndex(of: " ").map { String(line[line.index(after: $0)...]) } ?? line
        if let client = Self.arrival(text, at: date) {
            clients[client.id] = client
        } else if let id = Self.departure(text) {
            clients[id] = nil
        } else if !text.hasPrefix("New connection from") {
            if text.hasPrefix("mosquitto version"), text.hasSuffix(" running") { isRunning = true }
            lines = lines.suffix(99) + [String(text.prefix(500))]
        }
    }

    private static func arrival(_ text: String, at date: Date) -> Client? {
        // The id is the client's choice and may hold anything; what follows it has no parenthesis but the last.
        guard text.hasPrefix("New client connected from "), let open = text.range(of: " (p", options: .backwards),
            let name = text.range(of: " as ")
        else { return nil }
        guard name.upperBound <= open.lowerBound else { return nil }
        let address = text[text.index(text.startIndex, offsetBy: 26)..<name.lowerBound]
        let details = text[open.upperBound...]
        let version = ["5": "5.0", "2": "3.1.1", "4": "3.1.1", "1": "3.1", "3": "3.1"][String(details.prefix(1))] ?? "unknown"
        let user = details.range(of: "u'").map { String(details[$0.upperBound...].prefix { $0 != "'" }) }
        return Client(
            id: String(text[name.upperBound..<open.lowerBound]), user: user, address: String(address), since: date, version: version)
    }

    private static func departure(_ text: String) -> String? {
        guard text.hasPrefix("Client ") else { return nil }
        let rest = text.dropFirst("Client ".count)
        for end in [" disconnected", " closed its connection", " has exceeded timeout", " already connected"] {
            if let found = rest.range(of: end, options: .backwards) { return String(rest[..<found.lowerBound]) }
        }
        return nil
    }

    /// The broker is gone, and everybody with it.
    mutating func end() { (clients, isRunning) = ([:], false) }
}
