import LaresJSON
import LaresPlaces
import LaresThings

/// A rule that somebody is changing in a form: what is filled in, whether it makes sense yet or not. What no form has fields for stands as its
/// text, so that nothing is lost.
struct RuleDraft: Sendable {
    /// What the form has no fields for: the id, a note, variables.
    private(set) var rest: JSON.Members
    var name: String
    var mode: String
    var parts: [RuleSection: [RulePart]]

    static let modes = ["single", "restart", "queued", "parallel"]

    /// A rule that nobody has written yet: when a value changes, set one.
    init() {
        (rest, name, mode) = (JSON.Members(), "", Self.modes[0])
        parts = [.when: [RulePart(kind: "becomes")], .then: [RulePart(kind: "set")]]
    }

    /// A rule's data, as it is or as somebody wrote it.
    init(_ json: JSON, in home: Home) {
        (name, mode) = (json["name"]?.text ?? "", json["mode"]?.text ?? Self.modes[0])
        rest = JSON.Members()
        if case .object(let members) = json {
            for (key, value) in members where !Self.shown.contains(key) { rest.append(key, value) }
        }
        parts = [:]
        for section in RuleSection.allCases {
            let list = json[section.rawValue]
            parts[section] = (list?.elements ?? list.map { [$0] } ?? []).map { RulePart($0, of: section, in: home) }
        }
    }

    /// What was sent. What can't be read of it is left out.
    init(_ form: Form) {
        (name, mode) = (form["name"], form["mode"])
        rest = JSON.Members()
        if case .object(let members)? = try? JSON(parsing: Array(form.exact("rest").utf8)) { rest = members }
        parts = [:]
        for section in RuleSection.allCases { parts[section] = RulePart.list(form, at: section.rawValue, of: section, depth: Self.depth) }
    }

    /// Lists in lists: conditions as deep as may be, in actions as deep as may be.
    private static let depth = 2 * Rule.depth
    private static let shown: Set<String> = ["name", "mode", "when", "only", "then"]

    /// The rule's data, which may be no rule yet.
    ///
    /// - Throws: ``RuleError`` with `badRule`: a part's text is no JSON.
    func json(in home: Home) throws(RuleError) -> JSON {
        var members: JSON.Members = ["name": .string(name)]
        for (key, value) in rest { members[key] = value }
        for section in RuleSection.allCases {
            let list = try RulePart.json(parts[section] ?? [], at: section.rawValue, of: section, in: home)
            if section != .only || !list.isEmpty { members[section.rawValue] = .array(list) }
        }
        members["mode"] = .string(Self.modes.contains(mode) ? mode : Self.modes[0])
        return .object(members)
    }

    /// Does what a button of the form says: `add when` with the kind in `when.new`, `remove then.0`, `up only.2`. Anything else changes nothing.
    mutating func apply(_ act: String, _ form: Form) {
        let words = act.split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { return }
        let path = words[1].split(separator: ".").map(String.init)
        guard let section = path.first.flatMap(RuleSection.init) else { return }
        let new = RulePart(kind: form["\(words[1]).new"])
        RulePart.edit(&parts[section, default: []], path.dropFirst(), String(words[0]), new)
    }
}
