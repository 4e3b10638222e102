/// What an answer may be: compiled from a JSON Schema, GBNF, a regular expression or a list of choices.
///
///     let grammar = try Grammar(jsonSchema: #"{"type": "object", "properties": {"on": {"type": "boolean"}}, "required": ["on"]}"#)
///     var matcher = GrammarMatcher(grammar, vocabulary)
///
/// Everything the text asks for is enforced exactly; what can't be is refused with a ``GrammarError``.
public struct Grammar: Sendable {
    let automaton: Automaton
    let limits: GrammarLimits

    init(_ automaton: Automaton, _ limits: GrammarLimits) {
        self.automaton = automaton
        self.limits = limits
    }

    /// How many nodes the compiled automaton has.
    public var nodeCount: Int { automaton.nodes.count }

    static func checkSize(_ count: Int, _ limits: GrammarLimits) throws(GrammarError) {
        if count > limits.textBytes {
            throw GrammarError(.tooLarge, "the grammar has \(count) bytes, more than the \(limits.textBytes) allowed")
        }
    }
}
