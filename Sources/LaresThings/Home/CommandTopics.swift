/// Whose commands go on which topics.
///
/// A device often takes commands below the topic of its commands too (`lamp/set`, `lamp/set/state`), so a topic belongs to a thing with all that is above
/// and below it.
struct CommandTopics: Sendable {
    private struct Owner {
        let id: ThingID
        /// How many of its parts take commands there.
        var parts: Int
    }

    private var owners: [String: Owner] = [:]
    /// What is above the topics of things, and how many topics of each are below it.
    private var above: [String: [ThingID: Int]] = [:]

    /// Whether somebody else's commands go there, above or below; `own` are topics that are about to be given up.
    func isTaken(_ topic: String, for id: ThingID, besides own: Set<String>) -> Bool {
        if let owner = owners[topic], owner.id != id, !own.contains(topic) { return true }
        if Self.ancestors(of: topic).contains(where: { above in owners[above].map { $0.id != id && !own.contains(above) } ?? false }) {
            return true
        }
        return above[topic]?.keys.contains { $0 != id } ?? false
    }

    /// Whether commands go there or above it.
    func isAnyones(_ topic: String) -> Bool { owners[topic] != nil || Self.ancestors(of: topic).contains { owners[$0] != nil } }

    mutating func claim(_ topic: String, for id: ThingID) {
        if let owner = owners[topic] {
            if owner.id == id { owners[topic]?.parts += 1 }
            return
        }
        owners[topic] = Owner(id: id, parts: 1)
        for place in Self.ancestors(of: topic) { above[place, default: [:]][id, default: 0] += 1 }
    }

    mutating func release(_ topic: String, of id: ThingID) {
        guard let owner = owners[topic], owner.id == id else { return }
        guard owner.parts == 1 else {
            owners[topic]?.parts -= 1
            return
        }
        owners[topic] = nil
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
