extension Grammar {
    /// A text that matches a regular expression from its first character to its last.
    ///
    /// - Throws: ``GrammarError`` for what is not a regular expression of ECMA-262, or can't be enforced.
    public init(regex: String, limits: GrammarLimits = GrammarLimits()) throws(GrammarError) {
        try Self.checkSize(regex.utf8.count, limits)
        let node = try RegexParser.parse(regex, limits: limits)
        let automaton = try CharacterAutomaton(node, searches: false, limits: limits)
        var builder = AutomatonBuilder(limits: limits)
        let rule = builder.reserveRule()
        let start = try builder.node()
        let end = try builder.node()
        builder.setAccepts(end)
        builder.setStart(rule, start)
        try CharacterWriter.write(automaton, from: start, to: end, close: nil, isJSON: false, into: &builder)
        builder.setRoot(rule)
        self.init(try builder.finish(), limits)
    }
}
