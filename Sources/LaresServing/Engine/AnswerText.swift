package import LaresLanguage

/// Builds the text of an answer from tokens: whole characters, cut before a stop text, nothing shown that might become one.
package struct AnswerText {
    /// Text that may be shown, with the log-probabilities of the tokens it comes from.
    package struct Piece: Sendable, Hashable {
        package var text = ""
        package var logProbabilities: [TokenLogProbability] = []

        package var isEmpty: Bool { text.isEmpty && logProbabilities.isEmpty }
    }

    private var characters: TextStream
    private let stops: [[UInt8]]
    private var pending: [UInt8] = []
    private var notes: [(start: Int, note: TokenLogProbability)] = []
    private var shown = 0
    private var made = 0
    /// Whether a stop text came.
    package private(set) var isStopped = false

    package init(_ tokenizer: any Tokenizer, stops: [String]) {
        characters = TextStream(tokenizer)
        // Bytes, because String compares by canonical equivalence: "é" must not stop at "e" + accent.
        self.stops = stops.map { Array($0.utf8) }
    }

    /// Adds a token, and gives the text that is certain now.
    package mutating func append(_ token: Token, _ note: TokenLogProbability?) -> Piece {
        if let note { notes.append((made, note)) }
        return add(characters.append(token))
    }

    /// The rest, when no stop text came.
    package mutating func finish() -> Piece {
        guard !isStopped else { return Piece() }
        let last = add(characters.finish())
        if isStopped { return last }
        let rest = show(pending.count)
        return Piece(text: last.text + rest.text, logProbabilities: last.logProbabilities + rest.logProbabilities + takeNotes(before: .max))
    }

    private mutating func add(_ text: String) -> Piece {
        pending += text.utf8
        made += text.utf8.count
        if let start = firstStop() {
            isStopped = true
            return show(start)
        }
        return show(pending.count - heldBack())
    }

    /// Where the earliest stop text begins.
    private func firstStop() -> Int? {
        stops.compactMap { stop in
            guard pending.count >= stop.count else { return nil }
            return (0...(pending.count - stop.count)).first { pending[$0..<($0 + stop.count)].elementsEqual(stop) }
        }.min()
    }

    /// Length of the longest end that is the beginning of a stop text.
    private func heldBack() -> Int {
        stops.map { stop in
            let longest = min(stop.count - 1, pending.count)
            return (1...max(1, longest)).last { $0 <= longest && pending.suffix($0).elementsEqual(stop.prefix($0)) } ?? 0
        }.max() ?? 0
    }

    private mutating func show(_ count: Int) -> Piece {
        let text = String(decoding: pending[..<count], as: UTF8.self)
        pending.removeFirst(count)
        shown += count
        return Piece(text: text, logProbabilities: takeNotes(before: shown))
    }

    /// Notes of tokens whose text began to be shown.
    private mutating func takeNotes(before place: Int) -> [TokenLogProbability] {
        let taken = notes.prefix { $0.start < place }
        notes.removeFirst(taken.count)
        return taken.map(\.note)
    }
}
