internal import LaresThings

/// Which watches what happens is for, so that a change touches only the rules that look out for it.
struct RuleIndex: Sendable {
    /// What may happen.
    enum Key: Hashable, Sendable {
        case property(PropertyAddress)
        case thing(ThingID)
        case topic(String)
        case webhook(String)
        case event(String)
        case model(String)
    }

    private var watches: [Key: [RuleWatch.Owner]] = [:]
    /// Topics with wildcards, which are all tried.
    private var patterns: [(pattern: TopicPattern, watch: RuleWatch.Owner)] = []

    subscript(key: Key) -> [RuleWatch.Owner] { watches[key] ?? [] }

    func watches(onTopic topic: String) -> [RuleWatch.Owner] {
        patterns.isEmpty ? self[.topic(topic)] : (self[.topic(topic)] + patterns.filter { $0.pattern.matches(topic) }.map(\.watch)).sorted()
    }

    mutating func insert(_ watch: RuleWatch.Owner, _ kind: RuleTrigger.Kind) {
        if case .mqtt(let topic, _) = kind, let pattern = TopicPattern(topic), !pattern.isPlain {
            patterns.append((pattern, watch))
        } else if let key = Self.key(kind) {
            let behind = watches[key]?.lastIndex { $0 < watch }.map { $0 + 1 } ?? 0
            watches[key, default: []].insert(watch, at: behind)
        }
    }

    mutating func remove(_ watch: RuleWatch.Owner, _ kind: RuleTrigger.Kind) {
        patterns.removeAll { $0.watch == watch }
        guard let key = Self.key(kind) else { return }
        watches[key]?.removeAll { $0 == watch }
        if watches[key]?.isEmpty == true { watches[key] = nil }
    }

    private static func key(_ kind: RuleTrigger.Kind) -> Key? {
        switch kind {
        case .becomes(let becoming): .property(becoming.address)
        case .happens(let address, _): .property(address)
        case .crosses(let crossing): .property(crossing.address)
        case .availability(let thing, _, _): .thing(thing)
        case .mqtt(let topic, _): .topic(topic)
        case .webhook(let name): .webhook(name)
        case .event(let name, _): .event(name)
        case .model(let name, _): .model(name)
        case .time: nil
        }
    }
}
