/// The tokenizer a GGUF file describes: `tokenizer.ggml.model` "gpt2" (byte-level BPE) or "llama" (SentencePiece).
///
/// Every list is checked against the others first. Throws `TokenizerError`, or `GGUFError` for keys of the wrong type.
public func makeTokenizer(from metadata: GGUFMetadata) throws -> any Tokenizer { try makeMarkedTextTokenizer(from: metadata) }

/// The same, for texts with marks.
package func makeMarkedTextTokenizer(from metadata: GGUFMetadata) throws -> any MarkedTextTokenizer {
    let model = try metadata.string("tokenizer.ggml.model")
    var vocabulary = try GGUFTokens.vocabulary(metadata)
    switch model {
    case "gpt2":
        let name = try metadata.stringIfPresent("tokenizer.ggml.pre")
        let preTokenizer = try PreTokenizer.named(name)
        var specials = try GGUFTokens.specials(metadata, &vocabulary, addsBegin: PreTokenizer.namesAddingBegin.contains(name ?? ""))
        // As in llama.cpp, a byte the vocabulary lacks is left out: SmolLM2's unknown token is the one that ends a text.
        specials.unknown = nil
        return try BPETokenizer(
            vocabulary, merges: GGUFTokens.merges(metadata), preTokenizer: preTokenizer,
            ignoresMerges: PreTokenizer.namesTakingWholeWords.contains(name ?? ""), specials: specials)
    case "llama":
        let scores = try GGUFTokens.scores(metadata)
        let prefix = try metadata.boolIfPresent("tokenizer.ggml.add_space_prefix") ?? true
        let specials = try GGUFTokens.specials(metadata, &vocabulary, addsBegin: true, begin: 1, end: 2, unknown: 0)
        return try SentencePieceTokenizer(vocabulary, scores: scores, addsPrefixSpace: prefix, specials: specials)
    default:
        throw TokenizerError(
            .unsupported, "the tokenizer '\(model)' is not supported; these are: gpt2 (byte-level BPE), llama (SentencePiece)")
    }
}

/// The lists of GGUF metadata that make a tokenizer.
enum GGUFTokens {
    static func vocabulary(_ metadata: GGUFMetadata) throws -> Vocabulary {
        let key = "tokenizer.ggml.tokens"
        guard let array = try metadata.arrayIfPresent(key) else {
            throw TokenizerError(.missing, "'\(key)' is missing: the file has no vocabulary; convert it again")
        }
        var vocabulary = Vocabulary()
        var failure: TokenizerError?
        let areStrings = array.forEachString { piece in
            guard failure == nil else { return }
            do throws(TokenizerError) { try vocabulary.append(piece) } catch { failure = error }
        }
        guard areStrings, array.count > 0 else {
            throw TokenizerError(.wrongType, "'\(key)' must be strings, the file has \(array.count) of \(array.kind); convert it again")
        }
        if let failure { throw failure }
        try vocabulary.index()
        if let types = try metadata.intsIfPresent("tokenizer.ggml.token_type") {
            try vocabulary.setKinds(types.map { UInt8(exactly: $0).flatMap(TokenKind.init) ?? .undefined })
        }
        return vocabulary
    }

    static func scores(_ metadata: GGUFMetadata) throws -> [Float] {
        let key = "tokenizer.ggml.scores"
        guard let array = try metadata.arrayIfPresent(key) else {
            throw TokenizerError(.missing, "'\(key)' is missing; a SentencePiece vocabulary needs a score for every token")
        }
        if let floats = array.floats() { return floats }
        guard array.kind == .int32, let integers = array.integers() else {
            throw TokenizerError(.wrongType, "'\(key)' must be FLOAT32, the file has \(array.kind); convert it again")
        }
        return integers.map(Float.init)
    }

    static func merges(_ metadata: GGUFMetadata) throws -> [([UInt8], [UInt8])] {
        let key = "tokenizer.ggml.merges"
        guard let array = try metadata.arrayIfPresent(key) else {
            throw TokenizerError(.missing, "'\(key)' is missing; a BPE vocabulary needs its merges")
        }
        var merges: [([UInt8], [UInt8])] = []
        merges.reserveCapacity(array.count)
        var bad: Int?
        let areStrings = array.forEachString { text in
            if let pair = MergeText.split(text) { merges.append(pair) } else if bad == nil { bad = merges.count }
        }
        guard areStrings else { throw TokenizerError(.wrongType, "'\(key)' must be strings, the file has \(array.kind); convert it again") }
        if let bad { throw TokenizerError(.badMerge, "merge \(bad) is not two pieces with a space between; convert the model again") }
        return merges
    }

    /// The special tokens the metadata names, and those known by their texts.
    static func specials(
        _ metadata: GGUFMetadata, _ vocabulary: inout Vocabulary, addsBegin: Bool, begin: Token? = nil, end: Token? = nil,
        unknown: Token? = nil
    ) throws -> Specials {
        func token(_ name: String, _ fallback: Token? = nil) throws -> Token? {
            let key = "tokenizer.ggml.\(name)_token_id"
            guard let id = try metadata.intIfPresent(key) else { return fallback.flatMap { vocabulary.contains($0) ? $0 : nil } }
            guard id >= 0, id < vocabulary.count else {
                throw TokenizerError(
                    .outOfRange, "'\(key)' is \(id), the vocabulary has \(vocabulary.count) tokens; convert the model again")
            }
            return Token(id)
        }
        func flag(_ name: String, _ fallback: Bool) throws -> Bool { try metadata.boolIfPresent("tokenizer.ggml.\(name)") ?? fallback }
        var specials = Specials()
        specials.begin = try token("bos", begin)
        specials.unknown = try token("unknown", unknown)
        let last = try token("eos", end)
        if try flag("add_bos_token", addsBegin), let begin = specials.begin { specials.prefix = [begin] }
        if try flag("add_eos_token", false), let last { specials.suffix = [last] }
        specials.ends.formUnion([last, try token("eot"), try token("eom")].compactMap { $0 })
        specials.findEnds(in: &vocabulary, fillTokens: [try token("fim_pad"), try token("fim_rep"), try token("fim_sep")])
        return specials
    }
}

/// A merge written as two pieces with a space between.
enum MergeText {
    /// The two pieces, or nil when there are not two. The space is looked for after the first byte, as a piece may be a space.
    static func split(_ text: some Collection<UInt8>) -> ([UInt8], [UInt8])? {
        guard let space = text.dropFirst().firstIndex(of: 0x20) else { return nil }
        let right = text[text.index(after: space)...]
        return right.isEmpty ? nil : (Array(text[..<space]), Array(right))
    }
}
