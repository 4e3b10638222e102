/// Reads what a post-processor puts around a text.
struct PostProcessor {
    let vocabulary: Vocabulary

    init(_ vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
    }

    func read(_ part: JSONValue?, into specials: inout Specials) throws {
        guard let part else { return }
        switch part["type"]?.string ?? "" {
        case "ByteLevel": break
        case "Sequence": for inner in part["processors"]?.array ?? [] { try read(inner, into: &specials) }
        case "BertProcessing", "RobertaProcessing":
            specials.prefix = [try pair(part["cls"])]
            specials.suffix = [try pair(part["sep"])]
        case "TemplateProcessing": try template(part, into: &specials)
        case let type: throw TokenizerError(.unsupported, "the post-processor '\(type)' is not supported")
        }
    }

    private func template(_ part: JSONValue, into specials: inout Specials) throws {
        var tokens: [Token] = []
        var beforeText: [Token]?
        let items = part["single"]?.array ?? []
        guard items.count <= 64 else {
            throw TokenizerError(
                .tooLarge, "'single' of the post-processor has \(items.count) items; 64 are more than any known tokenizer has")
        }
        for item in items {
            if item["Sequence"] != nil {
                beforeText = tokens
                tokens = []
            } else if let name = item["SpecialToken"]?["id"]?.string {
                tokens += try ids(of: name, in: part)
            } else {
                throw TokenizerError(.wrongType, "'single' of the post-processor has an item that is neither 'Sequence' nor 'SpecialToken'")
            }
        }
        guard let beforeText else { throw TokenizerError(.missing, "'single' of the post-processor has no 'Sequence' for the text") }
        specials.prefix = beforeText
        specials.suffix = tokens
    }

    private func ids(of name: String, in part: JSONValue) throws -> [Token] {
        guard let list = part["special_tokens"]?[name]?["ids"]?.array else {
            throw TokenizerError(.missing, "the post-processor names '\(name)', which is not among its 'special_tokens'")
        }
        return try list.map { try token($0, name) }
    }

    private func pair(_ value: JSONValue?) throws -> Token {
        guard let list = value?.array, list.count == 2 else {
            throw TokenizerError(.wrongType, "'cls' and 'sep' of the post-processor must each be a token and its id")
        }
        return try token(list[1], list[0].string ?? "")
    }

    private func token(_ value: JSONValue, _ name: String) throws -> Token {
        guard let id = value.int, let token = Token(exactly: id), vocabulary.contains(token) else {
            throw TokenizerError(
                .outOfRange, "the post-processor's token '\(name)' has an id outside the vocabulary of \(vocabulary.count)")
        }
        return token
    }
}

/// How a BPE file normalises a text and cuts it into words.
struct WordCut {
    private(set) var preTokenizer = PreTokenizer.none
    /// The vocabulary writes bytes as printable characters.
    private(set) var isByteLevel = false
    /// A space is put before a text that has none.
    private(set) var addsSpace = false
    /// Spaces are written ▁, and one is put before every text.
    private(set) var addsMark = false
    /// Characters are composed first (Unicode NFC).
    private(set) var composes = false
    private var marksSpaces = false

    /// The expressions of the pre-tokenizers that are known, as files write them.
    private static let expressions: [String: PreTokenizer] = [
        #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#: .gpt2,
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#: .llama3,
        #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#: .qwen2,
    ]

    init(preTokenizer: JSONValue?, normalizer: JSONValue?) throws {
        for part in Self.steps(normalizer, "normalizers") { try normalise(part) }
        for part in Self.steps(preTokenizer, "pretokenizers") { try cut(part) }
        guard isByteLevel != marksSpaces else {
            throw TokenizerError(.unsupported, "BPE is supported byte-level, or with a normalizer that writes spaces as ▁")
        }
    }

    private static func steps(_ part: JSONValue?, _ key: String) -> [JSONValue] {
        guard let part else { return [] }
        return part["type"]?.string == "Sequence" ? part[key]?.array ?? [] : [part]
    }

    private mutating func normalise(_ part: JSONValue) throws {
        switch part["type"]?.string ?? "" {
        case "NFC": composes = true
        case "Prepend" where part["prepend"]?.string == "▁": addsMark = true
        case "Replace" where part["pattern"]?["String"]?.string == " " && part["content"]?.string == "▁": marksSpaces = true
        case let type: throw TokenizerError(.unsupported, "the normalizer '\(type)' with these settings is not supported")
        }
    }

    private mutating func cut(_ part: JSONValue) throws {
        switch part["type"]?.string ?? "" {
        case "Digits" where part["individual_digits"]?.bool == true && preTokenizer == .none: preTokenizer = .smollm
        case "ByteLevel": try cutBytes(part)
        case "Split":
            // Spaces are ▁ by now, so that cutting at spaces cuts nothing.
            if part["pattern"]?["String"]?.string == " ", marksSpaces { return }
            let expression = part["pattern"]?["Regex"]?.string ?? ""
            guard part["behavior"]?.string == "Isolated", !(part["invert"]?.bool ?? false), preTokenizer == .none,
                let known = Self.expressions[expression]
            else {
                throw TokenizerError(.unsupported, "the pre-tokenizer expression '\(expression)' is not supported")
            }
            preTokenizer = known
        case let type: throw TokenizerError(.unsupported, "the pre-tokenizer '\(type)' with these settings is not supported")
        }
    }

    private mutating func cutBytes(_ part: JSONValue) throws {
        isByteLevel = true
        addsSpace = part["add_prefix_space"]?.bool ?? true
        switch (preTokenizer, part["use_regex"]?.bool ?? true) {
        case (.none, true): preTokenizer = .gpt2
        case (.none, false): break
        case (.smollm, true) where !addsSpace: break
        case (_, false) where !addsSpace && preTokenizer != .smollm: break
        default: throw TokenizerError(.unsupported, "a ByteLevel pre-tokenizer with these settings after another is not supported")
        }
    }
}
