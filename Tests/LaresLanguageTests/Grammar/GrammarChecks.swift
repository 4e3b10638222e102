import LaresLanguage

/// Whether a text is exactly one answer under the grammar.
func accepts(_ grammar: Grammar, _ text: String) -> Bool {
    var matcher = GrammarMatcher(grammar, bytesVocabulary)
    return matcher.accept(bytes: text.utf8) && matcher.isComplete
}

/// One token per byte, some longer ones, and an end token (256).
let bytesVocabulary = GrammarVocabulary(
    tokens: (0..<256).map { [UInt8($0)] } + [nil]
        + ["\",\"", "true", "hello", "a long run of plain text", "é", "\": ", "}}"].map { Array($0.utf8) },
    endTokens: [256])

/// The tokens a matcher allows.
func allowed(_ matcher: inout GrammarMatcher) -> Set<Int32> {
    var words = [UInt32](repeating: 0, count: bytesVocabulary.maskWords)
    _ = words.withUnsafeMutableBufferPointer { matcher.allowed(into: $0) }
    return Set((0..<Int32(bytesVocabulary.count)).filter { words[Int($0) >> 5] >> UInt32($0 & 31) & 1 == 1 })
}
