/// How a text is cut into words before a byte-level vocabulary's merges run inside each word.
///
/// Each is the published regular expression of its tokenizer, written out as a scanner over UTF-8: linear in the text, whatever the text.
package enum PreTokenizer: Sendable, CaseIterable {
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    case gpt2
    /// Every `\p{N}` alone, then gpt2 in what is between.
    case smollm
    /// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
    case llama3
    /// llama3 with `\p{N}` in place of `\p{N}{1,3}`.
    case qwen2
    /// The text is one word.
    case none

    /// Names in `tokenizer.ggml.pre` of the same expressions.
    static let names: [String: PreTokenizer] = [
        "gpt-2": .gpt2, "gpt2": .gpt2, "phi-2": .gpt2, "mpt": .gpt2, "olmo": .gpt2, "jais": .gpt2, "trillion": .gpt2,
        "granite-docling": .gpt2, "gigachat": .gpt2, "modern-bert": .gpt2, "roberta-bpe": .gpt2,
        "smollm": .smollm, "starcoder": .smollm, "refact": .smollm, "command-r": .smollm, "codeshell": .smollm, "exaone": .smollm,
        "minerva-7b": .smollm,
        "llama-bpe": .llama3, "llama3": .llama3, "llama-v3": .llama3, "falcon3": .llama3, "pixtral": .llama3, "dbrx": .llama3,
        "smaug-bpe": .llama3, "chatglm-bpe": .llama3, "glm4": .llama3,
        "qwen2": .qwen2, "deepseek-r1-qwen": .qwen2, "stablelm2": .qwen2, "hunyuan": .qwen2, "megrez": .qwen2,
    ]

    /// Names whose models take a word that is a token whole, without merging (as llama.cpp does).
    static let namesTakingWholeWords: Set<String> = ["llama-bpe", "llama3", "llama-v3", "falcon3", "pixtral", "glm4"]

    /// Names whose models begin a text with BOS unless the metadata says otherwise.
    static let namesAddingBegin: Set<String> = ["llama-bpe", "llama3", "llama-v3", "falcon3", "pixtral"]

    /// The pre-tokenizer of that name in GGUF metadata. Throws `missing` or `unsupported`.
    static func named(_ name: String?) throws -> PreTokenizer {
        guard let name else {
            throw TokenizerError(
                .missing, "'tokenizer.ggml.pre' is missing: the file is too old to tell how it cuts words; convert it again")
        }
        guard let found = names[name] else {
            let known = names.keys.sorted().joined(separator: ", ")
            throw TokenizerError(.unsupported, "the pre-tokenizer '\(name)' is not supported; these are: \(known)")
        }
        return found
    }

    /// Where the word that starts at `start` ends; `start` is before `end`.
    @inline(__always) package func wordEnd(_ text: [UInt8], _ start: Int, _ end: Int) -> Int {
        switch self {
        case .gpt2: GPT2Scanner.wordEnd(text, start, end, numbersApart: false)
        case .smollm: GPT2Scanner.wordEnd(text, start, end, numbersApart: true)
        case .llama3: Llama3Scanner.wordEnd(text, start, end, mostDigits: 3)
        case .qwen2: Llama3Scanner.wordEnd(text, start, end, mostDigits: 1)
        case .none: end
        }
    }
}

/// The expression of GPT-2 and those derived from it.
enum GPT2Scanner {
    static func wordEnd(_ text: [UInt8], _ start: Int, _ end: Int, numbersApart: Bool) -> Int {
        if let contraction = contraction(text, start, end) { return contraction }
        var (kind, next) = ScalarClass.at(start, in: text)
        if kind == .number && numbersApart { return next }
        if text[start] == 0x20, next < end {
            let (second, after) = ScalarClass.at(next, in: text)
            if !second.isSpace && !(second == .number && numbersApart) { (kind, next) = (second, after) }
        }
        guard kind.isSpace else { return Scan.run(of: kind, text, next, end) }
        return Scan.spaces(text, start, end, numbersApart: numbersApart)
    }

    private static func contraction(_ text: [UInt8], _ start: Int, _ end: Int) -> Int? {
        guard text[start] == 0x27, start + 1 < end else { return nil }
        switch text[start + 1] {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        default: break
        }
        guard start + 2 < end else { return nil }
        switch (text[start + 1], text[start + 2]) {
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")), (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return start + 3
        default: return nil
        }
    }
}

/// The expression of Llama 3 and Qwen 2, which differ in how many digits a word may have.
enum Llama3Scanner {
    static func wordEnd(_ text: [UInt8], _ start: Int, _ end: Int, mostDigits: Int) -> Int {
        if let contraction = contraction(text, start, end) { return contraction }
        let (kind, next) = ScalarClass.at(start, in: text)
        if kind == .letter { return Scan.run(of: .letter, text, next, end) }
        if kind == .number { return Scan.run(of: .number, text, next, end, atMost: mostDigits - 1) }
        if kind == .lineEnd { return Scan.spacesAndLineEnds(text, start, end) }
        guard next < end else { return end }
        let (second, after) = ScalarClass.at(next, in: text)
        if second == .letter { return Scan.run(of: .letter, text, after, end) }
        if kind == .other || (text[start] == 0x20 && second == .other) {
            var position = Scan.run(of: .other, text, next, end)
            while position < end, text[position] == 0x0A || text[position] == 0x0D { position += 1 }
            return position
        }
        return Scan.spacesAndLineEnds(text, start, end)
    }

    /// Ignoring case as Unicode does: U+017F, the long s, is an s too.
    private static func contraction(_ text: [UInt8], _ start: Int, _ end: Int) -> Int? {
        guard text[start] == 0x27, start + 1 < end else { return nil }
        switch text[start + 1] | 0x20 {
        case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"): return start + 2
        default: break
        }
        guard start + 2 < end else { return nil }
        if text[start + 1] == 0xC5, text[start + 2] == 0xBF { return start + 3 }
        switch (text[start + 1] | 0x20, text[start + 2] | 0x20) {
        case (UInt8(ascii: "r"), UInt8(ascii: "e")), (UInt8(ascii: "v"), UInt8(ascii: "e")), (UInt8(ascii: "l"), UInt8(ascii: "l")):
            return start + 3
        default: return nil
        }
    }
}

/// Runs of one class of characters.
enum Scan {
    /// The end of the run of one class from `start`, of at most so many characters.
    @inline(__always)
    static func run(of kind: ScalarClass, _ text: [UInt8], _ start: Int, _ end: Int, atMost: Int = .max) -> Int {
        var position = start
        var left = atMost
        while position < end, left > 0 {
            let (found, next) = ScalarClass.at(position, in: text)
            if found != kind { break }
            position = next
            left -= 1
        }
        return position
    }

    /// `\s+(?!\S)|\s+`: all spaces but the last when a word follows, which takes that one along.
    static func spaces(_ text: [UInt8], _ start: Int, _ end: Int, numbersApart: Bool = false) -> Int {
        var position = start
        var last = start
        while position < end {
            let (kind, next) = ScalarClass.at(position, in: text)
            if !kind.isSpace {
                let atEnd = numbersApart && kind == .number
                return atEnd || last == start ? position : last
            }
            last = position
            position = next
        }
        return end
    }

    /// `\s*[\r\n]+|\s+(?!\S)|\s+`: to the last line end of the run if it has one.
    static func spacesAndLineEnds(_ text: [UInt8], _ start: Int, _ end: Int) -> Int {
        var position = start
        var afterLineEnd: Int?
        while position < end {
            let (kind, next) = ScalarClass.at(position, in: text)
            if !kind.isSpace { break }
            if kind == .lineEnd { afterLineEnd = next }
            position = next
        }
        return afterLineEnd ?? spaces(text, start, end)
    }
}
