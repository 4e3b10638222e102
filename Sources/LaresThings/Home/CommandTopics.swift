/// Whose commands go on which topics.
///
/// A device often takes commands below the topic of its commands too (`lamp/set`, `lamp/set/state`), so a topic belongs to a thing with all that is above
/// and below it.
struct CommandTopics: Sendable {
    private var owners: [String: ThingID] = [:]
    /// What is above the topics of things, and how many topics of each are below it.
    private var above: [String: [ThingID: Int]] = [:]

    /// Whether somebody else's commands go there, above or below; `own` are topics that are about to be given up.
    func isTaken(_ topic: String, for id: ThingID, besides own: Set<String>) -> Bool {
        if let owner = owners[topic], owner != id, !own.contains(topic) { return true }
        if Self.ancestors(of: topic).contains(where: { above in owners[above].map { $0 != id && !own.contains(above) } ?? false }) {
            return true
        }
        return above[topic]?.keys.contains { $0 != id } ?? false
    }

    mutating func claim(_ topic: String, for id: ThingID) {
        guard owners[topic] == nil else { return }
        owners[topic] = id
        for place in Self.ancestors(of: topic) { above[place, default: [:]][id, default: 0] += 1 }
    }

    mutating func release(_ topic: String) {
        guard let id = owners.removeValue(forKey: topic) else { return }
        for place in Self.ancestors(of: topic) {
            let left = (above[place]?[id] ?? 1) - 1
            above[place]?[id] = left > 0 ? left : nil
            if above[place]?.isEmpty == true { above[place] = nil }
        }
    }

    /// "a/b/c": "a/b" and "a".
    private static func ancestors(of topic: String) -> [String] {
        var (ancestors, rest) = ([String](), topic[...])
        while let slash = rest.lastIndex(of: "/") {
            rest = rest[..<slash]
            ancestors.append(String(rest))
        }
        return ancestors
    }
}
