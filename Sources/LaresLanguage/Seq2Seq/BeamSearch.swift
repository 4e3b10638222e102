/// The sequences that a search keeps for one source (Graves 2012).
struct BeamSearch {
    struct Beam {
        var symbols: [Int32]
        /// The logarithm of its probability.
        var score: Float
        /// Its place, among those that were open before, of the one that it goes on from.
        var parent = 0

        /// What stands at its end.
        var last: Int32 { symbols.last ?? SymbolTable.begin }
    }

    let width: Int
    /// Still being written.
    private(set) var open = [Beam(symbols: [], score: 0)]
    /// The likeliest that has ended.
    private(set) var closed: Beam?

    init(_ width: Int) { self.width = width }

    /// The open ones, and the first of them again where there are less than `count`.
    func rows(_ count: Int) -> [Beam] { open + [Beam](repeating: open[0], count: count - open.count) }

    /// Goes on with the likeliest of all continuations; `logs` are log-probabilities, `symbols` for each of the open beams.
    mutating func advance(_ logs: UnsafeBufferPointer<Float>, symbols: Int) {
        var found: [(beam: Int, symbol: Int32, score: Float)] = []
        for (beam, state) in open.enumerated() {
            let row = UnsafeBufferPointer(rebasing: logs[(beam * symbols)..<((beam + 1) * symbols)])
            found += Candidates.highest(row, width).map { (beam, Int32($0), state.score + row[$0]) }
        }
        let kept = found.sorted { $0.score > $1.score }.prefix(width)
        for found in kept where found.symbol == SymbolTable.end && found.score > closed?.score ?? -.infinity {
            closed = Beam(symbols: open[found.beam].symbols, score: found.score)
        }
        open = kept.filter { $0.symbol != SymbolTable.end }.map {
            Beam(symbols: open[$0.beam].symbols + [$0.symbol], score: $0.score, parent: $0.beam)
        }
        // A score only falls: what is less likely than the best that ended can't win any more.
        if let closed { open.removeAll { $0.score <= closed.score } }
    }

    /// The best that ended; the best of all when none did.
    var best: [Int32] { closed?.symbols ?? open.max { $0.score < $1.score }?.symbols ?? [] }
}
