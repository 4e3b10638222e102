/// A text as numbers of its words, with its vocabulary: what word vectors are trained on. Four bytes for each word of the text.
public struct TrainingText: Sendable {
    /// The words, the most frequent first; equally frequent ones as they were met.
    public let words: [String]
    /// How often each is in the text.
    public let counts: [Int]
    /// Words of the text that are in the vocabulary.
    public let wordCount: Int
    /// All words of the text, rare ones included.
    public let rawWordCount: Int
    /// Numbers of words; −1 ends a sentence.
    let tokens: [Int32]

    /// Longer words are left out: they are addresses or damage.
    static let longestWord = 255

    /// Whether most of its words begin with an ideograph, as those of Chinese do.
    public var isMostlyIdeographs: Bool {
        let ideographs = zip(words, counts).filter { $0.0.unicodeScalars.first?.properties.isIdeographic ?? false }
        return 2 * ideographs.reduce(0) { $0 + $1.1 } > wordCount
    }

    /// Reads a UTF-8 file, a sentence a line, as a stream. Bytes that are no UTF-8 are read as U+FFFD.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - unit: What a word is.
    ///   - lowercases: Whether words are made lower-case.
    ///   - minimumCount: Rarer words are left out, as if they weren't there.
    /// - Throws: `WordVectorError` for a file that can't be read or has no such words; `CancellationError`.
    public init(contentsOf path: String, unit: WordUnit = .words, lowercases: Bool = true, minimumCount: Int = 5) throws {
        let splitter = try WordSplitter(unit, lowercases: lowercases)
        var collected = Collected()
        try LineReader(path: path).forEachLine { line, isEnd in
            splitter.forEachWord(of: line) { collected.add($0) }
            if isEnd { collected.endSentence() }
        }
        try self.init(collected, minimumCount: minimumCount, what: "'\(path)'")
    }

    /// The same of lines in memory.
    public init(lines: some Sequence<String>, unit: WordUnit = .words, lowercases: Bool = true, minimumCount: Int = 1) throws {
        let splitter = try WordSplitter(unit, lowercases: lowercases)
        var collected = Collected()
        for line in lines {
            splitter.forEachWord(of: Array(line.utf8)[...]) { collected.add($0) }
            collected.endSentence()
        }
        try self.init(collected, minimumCount: minimumCount, what: "the text")
    }

    private init(_ collected: Collected, minimumCount: Int, what: String) throws {
        let table = collected.table, all = collected.tokens
        let kept = table.counts.indices.filter { table.counts[$0] >= max(1, minimumCount) }.sorted {
            (table.counts[$1], $0) < (table.counts[$0], $1)
        }
        guard kept.count >= 2 else {
            throw WordVectorError(
                .emptyText,
                "\(what) has \(kept.count) words that are there at least \(minimumCount) times: give a longer text or a lower minimum")
        }
        var numbers = [Int32](repeating: -2, count: table.counts.count)
        for (number, id) in kept.enumerated() { numbers[id] = Int32(number) }
        words = kept.map(table.word)
        counts = kept.map { table.counts[$0] }
        wordCount = counts.reduce(0, +)
        rawWordCount = table.counts.reduce(0, +)
        tokens = all.compactMap { token in
            let number = token < 0 ? token : numbers[Int(token)]
            return number == -2 ? nil : number
        }
    }
}

/// The words of a text as they come in.
private struct Collected {
    private(set) var table = WordTable()
    private(set) var tokens: [Int32] = []

    mutating func add(_ word: UnsafeBufferPointer<UInt8>) {
        if word.count <= TrainingText.longestWord { tokens.append(table.add(word)) }
    }

    mutating func endSentence() {
        if let last = tokens.last, last >= 0 { tokens.append(-1) }
    }
}
