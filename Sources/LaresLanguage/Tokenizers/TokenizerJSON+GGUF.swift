extension TokenizerJSON {
    /// What a GGUF file says of a byte-level BPE tokenizer that a `tokenizer.json` describes, for a network of so many tokens.
    ///
    /// - Throws: `TokenizerError` for what is damaged, for more tokens than the network has, and for tokenizers that GGUF has no words for here.
    package static func ggufValues(of bytes: [UInt8], tokens: Int) throws -> [String: GGUFValue] {
        let json = try JSONText.parse(bytes)
        guard let model = json["model"], model.members != nil, model["vocab"]?.members != nil else {
            throw TokenizerError(.missing, "there is no 'model' with a 'vocab'; is this a tokenizer.json?")
        }
        _ = try TokenizerJSON(bytes)  // all that it checks
        let parts = try TokenizerParts(json, model)
        let merges = (model["merges"]?.array ?? []).map { entry in
            entry.string ?? (entry.array ?? []).compactMap(\.string).joined(separator: " ")
        }
        var values = try names(parts.vocabulary, tokens: tokens)
        values["tokenizer.ggml.model"] = .string("gpt2")
        values["tokenizer.ggml.pre"] = .string(try preTokenizer(json, model))
        values["tokenizer.ggml.merges"] = .strings(merges)
        let begin = parts.specials.prefix.first
        guard parts.specials.prefix.count <= 1, parts.specials.suffix.isEmpty else {
            throw TokenizerError(.unsupported, "a tokenizer that puts more around a text than one token before it is not supported")
        }
        values["tokenizer.ggml.add_bos_token"] = .bool(begin != nil)
        if let begin { values["tokenizer.ggml.bos_token_id"] = .count(Int(begin)) }
        return values
    }

    /// Pieces and kinds; ids that nobody has get names of their own.
    private static func names(_ vocabulary: Vocabulary, tokens: Int) throws -> [String: GGUFValue] {
        guard vocabulary.count <= tokens else {
            throw TokenizerError(
                .outOfRange, "the tokenizer has \(vocabulary.count) tokens and the network \(tokens): they don't go together")
        }
        var pieces: [String] = [], kinds: [Int32] = []
        for id in 0..<tokens {
            let piece = vocabulary.piece(Token(id))
            pieces.append(piece.isEmpty ? "[PAD\(id)]" : piece)
            kinds.append(Int32((piece.isEmpty ? TokenKind.unused : vocabulary.kind(Token(id))).rawValue))
        }
        return ["tokenizer.ggml.tokens": .strings(pieces), "tokenizer.ggml.token_type": .integers(kinds)]
    }

    /// How GGUF calls the way in which a text is cut into words.
    private static func preTokenizer(_ json: JSONValue, _ model: JSONValue) throws -> String {
        let cut = try WordCut(preTokenizer: json["pre_tokenizer"], normalizer: json["normalizer"])
        let takesWholeWords = model["ignore_merges"]?.bool ?? false
        guard model["type"]?.string ?? "BPE" == "BPE", cut.isByteLevel, !cut.addsSpace, !cut.composes else {
            throw TokenizerError(
                .unsupported,
                "only byte-level BPE without a normalizer can be taken over; llama.cpp's convert_hf_to_gguf.py makes a GGUF file of others")
        }
        switch (cut.preTokenizer, takesWholeWords) {
        case (.gpt2, false): return "gpt-2"
        case (.smollm, false): return "smollm"
        case (.qwen2, false): return "qwen2"
        case (.llama3, true): return "llama-bpe"
        case (.llama3, false): return "dbrx"
        default: throw TokenizerError(.unsupported, "'ignore_merges' is not supported with this way to cut words")
        }
    }
}
