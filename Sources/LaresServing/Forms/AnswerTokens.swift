import LaresLanguage

/// A tokenizer under which the marks of tool calls are text, also where a vocabulary has them as control tokens.
struct AnswerTokens: Tokenizer {
    private let base: any Tokenizer
    private let marks: [Token: [UInt8]]

    init(_ base: any Tokenizer) {
        self.base = base
        var marks: [Token: [UInt8]] = [:]
        for mark in [ToolCallFormat.opening, ToolCallFormat.closing] {
            let tokens = base.encode(mark, addSpecial: false, parseSpecial: true)
            if let token = tokens.first, tokens.count == 1, base.isControl(token), !base.endTokens.contains(token) {
                marks[token] = Array(mark.utf8)
            }
        }
        self.marks = marks
    }

    var vocabularySize: Int { base.vocabularySize }
    var beginToken: Token? { base.beginToken }
    var endTokens: Set<Token> { base.endTokens }

    func encode(_ text: String, addSpecial: Bool, parseSpecial: Bool) -> [Token] {
        base.encode(text, addSpecial: addSpecial, parseSpecial: parseSpecial)
    }

    func bytes(of token: Token) -> [UInt8] { marks[token] ?? base.bytes(of: token) }
    func isControl(_ token: Token) -> Bool { marks[token] == nil && base.isControl(token) }
    func piece(_ token: Token) -> String { base.piece(token) }

    /// Its tokens, arranged for making masks. Takes a tenth of a second.
    func grammarVocabulary() -> GrammarVocabulary {
        GrammarVocabulary(
            tokens: (0..<Token(vocabularySize)).map { isControl($0) ? nil : bytes(of: $0) }, endTokens: endTokens.sorted())
    }
}
