/// The bounds of a rule.
extension Rule {
    /// How deep actions and conditions may be nested.
    public static let depth = 8
    /// How many actions, conditions and triggers it may have, each.
    public static let most = 256

    /// Throws ``RuleError`` with `badRule` for too many or too few parts.
    public func check() throws(RuleError) {
        func bad(_ what: String) -> RuleError { RuleError(.badRule, "the rule '\(id)' \(what)") }
        guard PlainText.isName(name) else { throw bad("must have a name of 1 to 200 characters, and no control characters") }
        guard note?.utf8.count ?? 0 <= 4000 else { throw bad("has a note of more than 4,000 bytes") }
        guard (1...64).contains(triggers.count) else { throw bad("must have 1 to 64 triggers") }
        guard !actions.isEmpty else { throw bad("must have an action") }
        guard variables.count <= 64 else { throw bad("has more than 64 variables") }
        guard RuleMode.allowed.contains(mode.most) else { throw bad("may have up to \(RuleMode.allowed.upperBound) runs at once") }
        guard actions.total <= Self.most, conditions.total <= Self.most else {
            throw bad("has more than \(Self.most) actions or conditions")
        }
        guard actions.depth <= Self.depth, conditions.depth <= Self.depth else {
            throw bad("is nested more than \(Self.depth) levels deep")
        }
    }
}

extension [RuleAction] {
    /// How many there are, inner ones counted.
    var total: Int { reduce(0) { $0 + 1 + $1.blocks.reduce(0) { $0 + $1.total } } }
    var depth: Int { isEmpty ? 0 : 1 + (map { $0.blocks.map(\.depth).max() ?? 0 }.max() ?? 0) }
}

extension [RuleCondition] {
    var total: Int { reduce(0) { $0 + 1 + $1.inner.total } }
    var depth: Int { isEmpty ? 0 : 1 + (map(\.inner.depth).max() ?? 0) }
}

extension RuleAction {
    /// The actions in it, block by block; places in a run count them in this order.
    var blocks: [[RuleAction]] {
        switch self {
        case .after(_, let actions), .repeat(let actions, _): [actions]
        case .choose(let choices, let otherwise): choices.map(\.then) + [otherwise]
        case .parallel(let blocks): blocks
        default: []
        }
    }

    /// The block at a place; nil where there is none.
    func block(_ place: Int) -> [RuleAction]? {
        let blocks = blocks
        return blocks.indices.contains(place) ? blocks[place] : nil
    }
}

extension RuleCondition {
    var inner: [RuleCondition] {
        switch self {
        case .all(let inner), .any(let inner): inner
        case .not(let inner): [inner]
        default: []
        }
    }
}

/// Texts of one line that people read.
enum PlainText {
    static func isName(_ text: String) -> Bool {
        (1...200).contains(text.count) && text.utf8.count <= 2000
            && !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }
}
