import Foundation

/// Byte-pair encoding over ranked merges: byte-level (GPT-2, Llama 3, Qwen 2, SmolLM) or over characters with byte tokens
/// for what the vocabulary lacks (the `tokenizer.json` of SentencePiece models).
///
/// Sennrich et al. 2016, Radford et al. 2019.
package struct BPETokenizer: MarkedTextTokenizer {
    /// What the merges are between.
    package enum Alphabet: Sendable {
        /// Bytes, each written as a printable character.
        case bytes
        /// Characters; spaces are written ▁ and may be put before the text.
        case characters(prefixSpace: Bool, byteFallback: Bool)
    }

    let model: BPEModel
    let preTokenizer: PreTokenizer
    let specials: Specials
    package let added: AddedTokens
    /// Puts a space before a text that starts without one (byte-level only).
    var addsPrefixSpace = false
    /// Composes characters first (Unicode NFC).
    var composes = false

    /// A tokenizer of a vocabulary and its merges, the most frequent first, each two pieces. Throws `badMerge` or `outOfRange`.
    package init(
        _ vocabulary: Vocabulary, merges: [([UInt8], [UInt8])], preTokenizer: PreTokenizer, alphabet: Alphabet = .bytes,
        ignoresMerges: Bool = false, specials: Specials = Specials()
    ) throws {
        let added = AddedTokens(of: vocabulary)
        try self.init(
            BPEModel(vocabulary, merges: merges, alphabet: alphabet, ignoresMerges: ignoresMerges, unknown: specials.unknown),
            preTokenizer: preTokenizer, specials: specials, added: added)
    }

    init(_ model: BPEModel, preTokenizer: PreTokenizer, specials: Specials, added: AddedTokens) {
        self.model = model
        self.preTokenizer = preTokenizer
        self.specials = specials
        self.added = added
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
        var words = WordEncoder(model, textLength: bytes.count)
        var previousIsToken = true
        for segment in added.split(bytes, 0..<bytes.count, parseSpecial: parseSpecial, plainPlaces: plainPlaces) {
            switch segment {
            case .token(let token):
                tokens.append(token)
                previousIsToken = true
            case .text(let range):
                encode(bytes, range, afterToken: previousIsToken, &words, into: &tokens)
                previousIsToken = false
            }
        }
        if addSpecial { tokens += specials.suffix }
        return tokens
    }

    private func encode(
        _ bytes: [UInt8], _ range: Range<Int>, afterToken: Bool, _ words: inout WordEncoder<BPEModel>, into tokens: inout [Token]
    ) {
        if composes, bytes[range].contains(where: { $0 >= 0xCC }) {
            // Nothing below U+0300, which starts with 0xCC, composes with what is before it.
            let composed = Array(String(decoding: bytes[range], as: UTF8.self).precomposedStringWithCanonicalMapping.utf8)
            var plain = self
            plain.composes = false
            var own = WordEncoder(model, textLength: composed.count)
            return plain.encode(composed, 0..<composed.count, afterToken: afterToken, &own, into: &tokens)
        }
        guard let changed = normalised(bytes, range, afterToken: afterToken) else {
            return encodeWords(bytes, range, &words, into: &tokens)
        }
        var own = WordEncoder(model, textLength: changed.count)
        encodeWords(changed, 0..<changed.count, &own, into: &tokens)
    }

    private func encodeWords(
        _ bytes: [UInt8], _ range: Range<Int>, _ words: inout WordEncoder<BPEModel>, into tokens: inout [Token]
    ) {
        var start = range.lowerBound
        while start < range.upperBound {
            let end = preTokenizer.wordEnd(bytes, start, range.upperBound)
            words.encode(bytes, start..<end, into: &tokens)
            start = end
        }
    }

    /// The text as the model wants it, or nil when that is how it is.
    private func normalised(_ bytes: [UInt8], _ range: Range<Int>, afterToken: Bool) -> [UInt8]? {
        switch model.alphabet {
        case .bytes:
            return addsPrefixSpace && bytes[range].first != 0x20 ? [0x20] + bytes[range] : nil
        case .characters(let prefixSpace, _):
            var escaped: [UInt8] = []
            escaped.reserveCapacity(range.count + range.count / 2 + 3)
            SpaceMark.escape(bytes, range, prefix: prefixSpace && afterToken, into: &escaped)
            return escaped
        }
    }

    package func bytes(of token: Token) -> [UInt8] {
        let piece = model.vocabulary.bytes(token)
        switch (model.vocabulary.kind(token), model.alphabet) {
        case (.control, _), (.unknown, _), (.undefined, _), (.unused, _): return []
        case (.byte, _): return ByteToken.value(piece).map { [$0] } ?? []
        case (.userDefined, _): return Array(piece)
        case (.normal, .bytes): return ByteAlphabet.decode(piece) ?? Array(piece)
        case (.normal, .characters): return SpaceMark.unescape(piece)
        }
    }

    package func isControl(_ token: Token) -> Bool { model.vocabulary.kind(token).isControl }
    package func piece(_ token: Token) -> String { model.vocabulary.piece(token) }
}

extension AddedTokens {
    /// The tokens of a vocabulary that are matched before anything else.
    init(of vocabulary: Vocabulary) {
        for token in 0..<Token(vocabulary.count) where vocabulary.kind(token).isAdded {
            insert(vocabulary.bytes(token), token, vocabulary.kind(token).isControl ? .special : [])
        }
    }
}
