/// Where things take commands on topics that don't say so by their names: the broker that Lares runs is told to let nobody else publish there.
struct GuardedTopics: Sendable {
    /// For each filter, how many parts take commands there.
    private var parts: [String: Int] = [:]
    /// Another number whenever the filters are others.
    private(set) var revision = 0
    private var bytes = 0
    /// Bytes that rules for them may take; each account that is concerned has them all, and every message is held against them.
    var room = Int.max

    /// All of them.
    var filters: [String] { parts.keys.sorted() }

    /// Whether a part's fit in besides those that are there.
    func hasRoom(for filters: [String]) -> Bool {
        // One who reads announcements counts no more than there is room for.
        guard room < Int.max else { return true }
        return filters.reduce(bytes) { $0 + (Self.isNeeded($1) && parts[$1] == nil ? BrokerAccounts.size(of: $1) : 0) } <= room
    }

    mutating func hold(_ filters: [String]) {
        for filter in filters where Self.isNeeded(filter) {
            if parts[filter] == nil {
                bytes += BrokerAccounts.size(of: filter)
                revision += 1
            }
            parts[filter, default: 0] += 1
        }
    }

    mutating func release(_ filters: [String]) {
        for filter in filters {
            guard let count = parts[filter] else { continue }
            parts[filter] = count > 1 ? count - 1 : nil
            guard count == 1 else { continue }
            bytes -= BrokerAccounts.size(of: filter)
            revision += 1
        }
    }

    private static func isNeeded(_ filter: String) -> Bool { !BrokerAccounts.isRefused(filter) }
}
