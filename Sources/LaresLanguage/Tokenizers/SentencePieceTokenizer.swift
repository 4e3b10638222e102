/// The BPE tokenizer of SentencePiece (Llama 2, Mistral, Gemma): neighbours whose text is a token merge, the best score first;
/// characters the vocabulary lacks become byte tokens.
///
/// Kudo and Richardson 2018.
package struct SentencePieceTokenizer: MarkedTextTokenizer {
    let model: SentencePieceModel
    let specials: Specials
    package let added: AddedTokens
    let addsPrefixSpace: Bool

    /// A tokenizer of a vocabulary and the score of every token. Throws `mismatchedCounts`, `outOfRange` or `badByteToken`.
    package init(_ vocabulary: Vocabulary, scores: [Float], addsPrefixSpace: Bool = true, specials: Specials = Specials()) throws {
        model = try SentencePieceModel(vocabulary, scores: scores, unknown: specials.unknown)
        added = AddedTokens(of: vocabulary)
        self.specials = specials
        self.addsPrefixSpace = addsPrefixSpace
    }

    package var vocabularySize: Int { model.vocabulary.count }
    package var beginToken: Token? { specials.begin }
    package var endTokens: Set<Token> { specials.ends }

    package func encode(_ text: String, addSpecial: Bool, parseSpecial: Bool) -> [Token] {
        encode(Array(text.utf8), addSpecial: addSpecial, parseSpecial: parseSpecial, plainPlaces: [])
    }

    package func encode(_ bytes: [UInt8], addSpecial: Bool, parseSpecial: Bool, plainPlaces: [Int]) -> [Token] {
        var tokens: [Token] = []
        tokens.reserveCapacity(bytes.count / 3 + 8)
        if addSpecial { tokens += specials.prefix }
        var previousIsToken = true
        // Every part of the text goes into one block, so that words are found again across special tokens (Gemma has one for each line end).
        var escaped: [UInt8] = []
        escaped.reserveCapacity(bytes.count + bytes.count / 2 + 8)
        var words = WordEncoder(model, textLength: bytes.count)
        for segment in added.split(bytes, 0..<bytes.count, parseSpecial: parseSpecial, plainPlaces: plainPlaces) {
            switch segment {
            case .token(let token):
                tokens.append(token)
                previousIsToken = true
            case .text(let range):
                let start = escaped.count
                SpaceMark.escape(bytes, range, prefix: addsPrefixSpace && previousIsToken, into: &escaped)
                encode(escaped, from: start, &words, into: &tokens)
                previousIsToken = false
            }
        }
        if addSpecial { tokens += specials.suffix }
        return tokens
    }

    private func encode(_ bytes: [UInt8], from start: Int, _ words: inout WordEncoder<SentencePieceModel>, into tokens: inout [Token]) {
        var start = start
        while start < bytes.count {
            let end = model.neighbours.wordEnd(bytes, start)
            words.encode(bytes, start..<end, into: &tokens)
            start = end
        }
    }

    package func bytes(of token: Token) -> [UInt8] {
        let piece = model.vocabulary.bytes(token)
        switch model.vocabulary.kind(token) {
        case .control, .unknown, .undefined, .unused: return []
        case .byte: return ByteToken.value(piece).map { [$0] } ?? []
        case .userDefined: return Array(piece)
        case .normal: return SpaceMark.unescape(piece)
        }
    }

    package func isControl(_ token: Token) -> Bool { model.vocabulary.kind(token).isControl }
    package func piece(_ token: Token) -> String { model.vocabulary.piece(token) }
}
