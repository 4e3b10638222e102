/// The parts of a `tokenizer.json`, checked and put together.
struct TokenizerParts {
    let json: JSONValue
    let model: JSONValue
    private(set) var vocabulary: Vocabulary
    private(set) var specials = Specials()
    private var added = AddedTokens()

    init(_ json: JSONValue, _ model: JSONValue) throws {
        self.json = json
        self.model = model
        let tokens = try AddedToken.all(in: json)
        vocabulary = try Self.vocabulary(model, tokens)
        for token in tokens { vocabulary.setKind(token.isSpecial ? .control : .userDefined, of: token.id) }
        if let unknown = model["unk_token"]?.string { specials.unknown = try id(unknown, "unk_token") }
        try PostProcessor(vocabulary).read(json["post_processor"], into: &specials)
        specials.begin = specials.prefix.first
        if model["type"]?.string != "WordPiece" { specials.findEnds(in: &vocabulary) }
        for token in tokens {
            var options = token.options
            if vocabulary.kind(token.id).isControl { options.insert(.special) }
            added.insert(token.content.utf8, token.id, options)
        }
    }

    func wordPiece() throws -> any Tokenizer {
        guard let unknown = specials.unknown else {
            throw TokenizerError(.missing, "a WordPiece model needs an 'unk_token'")
        }
        guard json["pre_tokenizer"]?["type"]?.string == "BertPreTokenizer" else {
            throw TokenizerError(.unsupported, "WordPiece is supported with a BertPreTokenizer only")
        }
        let longest = try number(model["max_input_chars_per_word"], "max_input_chars_per_word", fallback: 100, in: 1...10_000)
        return WordPieceTokenizer(
            vocabulary: vocabulary, normalizer: try bertNormalizer(), specials: specials, added: added,
            continuation: Array((model["continuing_subword_prefix"]?.string ?? "##").utf8), longestWord: longest, unknown: unknown)
    }

    private func bertNormalizer() throws -> BERTNormalizer {
        guard let part = json["normalizer"], part["type"]?.string == "BertNormalizer" else {
            throw TokenizerError(.unsupported, "WordPiece is supported with a BertNormalizer only")
        }
        let lower = part["lowercase"]?.bool ?? true
        return BERTNormalizer(
            cleansText: part["clean_text"]?.bool ?? true, setsHanApart: part["handle_chinese_chars"]?.bool ?? true,
            stripsAccents: part["strip_accents"]?.bool ?? lower, lowersCase: lower)
    }

    func bpe() throws -> any Tokenizer {
        for key in ["continuing_subword_prefix", "end_of_word_suffix"] where !(model[key]?.string ?? "").isEmpty {
            throw TokenizerError(.unsupported, "BPE with '\(key)' is not supported")
        }
        let cut = try WordCut(preTokenizer: json["pre_tokenizer"], normalizer: json["normalizer"])
        let fallback = model["byte_fallback"]?.bool ?? false
        let bpe = try BPEModel(
            vocabulary, merges: try merges(),
            alphabet: cut.isByteLevel ? .bytes : .characters(prefixSpace: cut.addsMark, byteFallback: fallback),
            ignoresMerges: model["ignore_merges"]?.bool ?? false, unknown: specials.unknown)
        var tokenizer = BPETokenizer(bpe, preTokenizer: cut.preTokenizer, specials: specials, added: added)
        tokenizer.addsPrefixSpace = cut.isByteLevel && cut.addsSpace
        tokenizer.composes = cut.composes
        return tokenizer
    }

    private func merges() throws -> [([UInt8], [UInt8])] {
        guard let list = model["merges"]?.array else { throw TokenizerError(.missing, "the BPE model has no 'merges'") }
        return try list.enumerated().map { index, entry in
            if let text = entry.string, let pair = MergeText.split(Array(text.utf8)) { return pair }
            if let pair = entry.array, pair.count == 2, let left = pair[0].string, let right = pair[1].string {
                return (Array(left.utf8), Array(right.utf8))
            }
            throw TokenizerError(.badMerge, "merge \(index) is not two pieces; the file is damaged")
        }
    }

    private func id(_ text: String, _ key: String) throws -> Token {
        guard let token = vocabulary.id(text) else {
            throw TokenizerError(.missing, "'\(key)' is '\(text)', which is not in the vocabulary")
        }
        return token
    }

    private func number(_ value: JSONValue?, _ key: String, fallback: Int, in range: ClosedRange<Int>) throws -> Int {
        guard let value else { return fallback }
        guard let number = value.int, range.contains(number) else {
            throw TokenizerError(.outOfRange, "'\(key)' must be \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Pieces in the order of their ids; ids nobody has become empty pieces.
    private static func vocabulary(_ model: JSONValue, _ added: [AddedToken]) throws -> Vocabulary {
        guard let members = model["vocab"]?.members else { throw TokenizerError(.missing, "the model has no 'vocab' of pieces and ids") }
        let most = (members.count + added.count) * 2 + 1024
        var pieces = [String?](repeating: nil, count: members.count)
        func place(_ text: String, _ id: Int?) throws {
            guard let id, id >= 0, id < most else {
                throw TokenizerError(.outOfRange, "the id of '\(text)' must be a whole number below \(most); the file is damaged")
            }
            while pieces.count <= id { pieces.append(nil) }
            if let other = pieces[id], other != text {
                throw TokenizerError(.duplicateToken, "'\(other)' and '\(text)' both have the id \(id); the file is damaged")
            }
            pieces[id] = text
        }
        for member in members { try place(member.key, member.value.int) }
        for token in added { try place(token.content, Int(token.id)) }
        return try Vocabulary(pieces.map { Array(($0 ?? "").utf8) })
    }
}

/// One entry of `added_tokens`.
struct AddedToken {
    var id: Token
    var content: String
    var isSpecial: Bool
    var options: AddedTokens.Options

    static func all(in json: JSONValue) throws -> [AddedToken] {
        try (json["added_tokens"]?.array ?? []).map { entry in
            guard let id = entry["id"]?.int, let content = entry["content"]?.string, id >= 0, id < Vocabulary.largestCount, !content.isEmpty
            else { throw TokenizerError(.wrongType, "an added token needs an 'id' and a 'content'; the file is damaged") }
            var options: AddedTokens.Options = []
            if entry["lstrip"]?.bool ?? false { options.insert(.stripsLeft) }
            if entry["rstrip"]?.bool ?? false { options.insert(.stripsRight) }
            if entry["single_word"]?.bool ?? false { options.insert(.wordAlone) }
            return AddedToken(id: Token(id), content: content, isSpecial: entry["special"]?.bool ?? false, options: options)
        }
    }
}
