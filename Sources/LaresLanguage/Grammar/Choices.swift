extension Grammar {
    /// One of these texts, exactly.
    ///
    /// - Throws: ``GrammarError`` if there are none, or they are too large together.
    public init(choices: [String], limits: GrammarLimits = GrammarLimits()) throws(GrammarError) {
        guard !choices.isEmpty else { throw GrammarError(.unsatisfiable, "the list of choices is empty") }
        try Self.checkSize(choices.reduce(0) { $0 + $1.utf8.count }, limits)
        var builder = AutomatonBuilder(limits: limits)
        let rule = builder.reserveRule()
        let start = try builder.node()
        let end = try builder.node()
        builder.setAccepts(end)
        builder.setStart(rule, start)
        try builder.choices(from: start, choices.map { Array($0.utf8) }, to: end)
        builder.setRoot(rule)
        self.init(try builder.finish(), limits)
    }
}

extension AutomatonBuilder {
    /// Reads one of the texts; a tree of their bytes, so that a thousand choices are one position.
    mutating func choices(from start: Int32, _ texts: [[UInt8]], to end: Int32) throws(GrammarError) {
        var path = [start]
        var last: [UInt8] = []
        for text in texts.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let shared = zip(last, text).prefix { $0 == $1 }.count
            if shared == text.count, shared == last.count, !last.isEmpty { continue }
            path.removeLast(path.count - shared - 1)
            for byte in text[shared...] {
                let next = try node()
                self.byte(path[path.count - 1], byte, next)
                path.append(next)
            }
            edge(path[path.count - 1], .nothing, end)
            last = text
        }
    }
}
