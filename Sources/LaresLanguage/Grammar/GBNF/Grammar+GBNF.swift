extension Grammar {
    /// What the rule `root` of a GBNF grammar (llama.cpp's notation) produces.
    ///
    /// - Throws: ``GrammarError`` for text that is not GBNF, rules that are missing, begin with themselves, or can't end.
    public init(gbnf: String, limits: GrammarLimits = GrammarLimits()) throws(GrammarError) {
        try Self.checkSize(gbnf.utf8.count, limits)
        let rules = try GBNFParser.parse(gbnf, limits: limits)
        var writer = GBNFWriter(rules, limits)
        self.init(try writer.compile(), limits)
    }
}

/// GBNF as a tree.
indirect enum GBNFNode: Sendable {
    case text([UInt8])
    case set(ScalarSet)
    case rule(String, at: Int)
    case sequence([GBNFNode])
    case choice([GBNFNode])
    case repeated(GBNFNode, minimum: Int, maximum: Int?)
}
