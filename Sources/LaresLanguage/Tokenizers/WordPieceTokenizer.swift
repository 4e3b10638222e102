/// WordPiece as BERT encoders have it: of every word the longest beginning that is a token, then the longest that continues it.
///
/// Schuster and Nakajima 2012, Devlin et al. 2018.
package struct WordPieceTokenizer: Tokenizer {
    let vocabulary: Vocabulary
    let normalizer: BERTNormalizer
    let specials: Specials
    let added: AddedTokens
    /// What a piece inside a word begins with, `##`.
    let continuation: [UInt8]
    /// Longer words (in characters) are unknown.
    let longestWord: Int
    let unknown: Token

    package var vocabularySize: Int { vocabulary.count }
    package var beginToken: Token? { specials.begin }
    package var endTokens: Set<Token> { specials.ends }

    package func encode(_ text: String, addSpecial: Bool, parseSpecial: Bool) -> [Token] {
        var tokens = addSpecial ? specials.prefix : []
        let bytes = Array(text.utf8)
        for segment in added.split(bytes, 0..<bytes.count, parseSpecial: parseSpecial) {
            switch segment {
            case .token(let token): tokens.append(token)
            case .text(let range):
                let part = String(decoding: bytes[range], as: UTF8.self)
                for word in normalizer.words(Substring(part).unicodeScalars) { encode(word, into: &tokens) }
            }
        }
        if addSpecial { tokens += specials.suffix }
        return tokens
    }

    private func encode(_ word: [UInt8], into tokens: inout [Token]) {
        let first = tokens.count
        let characters = word.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 }
        guard characters <= longestWord else { return tokens.append(unknown) }
        // Bytes already matched are overwritten with the prefix of what follows them, so that no piece is copied to be looked up.
        let offset = continuation.count
        var buffer = continuation + word
        var start = offset
        while start < buffer.count {
            var from = start
            if start > offset {
                from = start - offset
                buffer.replaceSubrange(from..<start, with: continuation)
            }
            guard let (token, end) = longest(buffer, from, after: start) else {
                tokens.removeSubrange(first...)
                tokens.append(unknown)
                return
            }
            tokens.append(token)
            start = end
        }
    }

    private func longest(_ buffer: [UInt8], _ from: Int, after start: Int) -> (Token, end: Int)? {
        var end = min(buffer.count, from + vocabulary.longest)
        while end > start {
            let isWhole = end == buffer.count || buffer[end] & 0xC0 != 0x80
            if isWhole, let token = vocabulary.id(buffer, from..<end) { return (token, end) }
            end -= 1
        }
        return nil
    }

    /// A piece that continues a word as it is; one that begins a word after a space.
    package func bytes(of token: Token) -> [UInt8] {
        let piece = vocabulary.bytes(token)
        guard !piece.isEmpty, !isControl(token) else { return [] }
        return piece.starts(with: continuation) ? Array(piece.dropFirst(continuation.count)) : [0x20] + piece
    }

    package func isControl(_ token: Token) -> Bool { vocabulary.kind(token).isControl }
    package func piece(_ token: Token) -> String { vocabulary.piece(token) }
}
