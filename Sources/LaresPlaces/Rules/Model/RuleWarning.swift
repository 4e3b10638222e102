/// Something in a rule that can't work as the home is at the moment: an address that nothing has, or a value that the property can't take.
///
/// It doesn't keep a rule from being saved: what it names may come later.
public struct RuleWarning: Hashable, Sendable {
    /// Where it stands in the rule's ``Rule/json``: "then[0].set.hall/lamp/brightness".
    public let place: String
    /// What is wrong.
    public let sentence: RuleSentence

    init(_ place: String, _ key: String, _ arguments: [String: RuleSentence.Argument] = [:]) {
        (self.place, sentence) = (place, RuleSentence(key, arguments))
    }
}
