public import LaresNeural
public import LaresTensor

/// A model that reads a sequence and writes another (Sutskever et al. 2014).
public protocol Translator: Module {
    /// What it keeps of the source, `[batch, source time, width]`.
    func read(_ source: Indices) -> Tensor
    /// Logits of what comes next after each symbol written so far: `[batch, time, symbols]`.
    /// - Parameters:
    ///   - written: `[batch, time]`, from `SymbolTable.begin` on
    ///   - memory: of `read`, for the same batch
    func logits(_ written: Indices, memory: Tensor) -> Tensor
}

extension Translator {
    /// The loss on pairs when the decoder sees the right symbols (teacher forcing; Williams & Zipser 1989).
    public func loss(_ batch: SequencePairs.Batch, smoothing: Float = 0) -> Tensor {
        crossEntropy(logits(batch.written, memory: read(batch.source)), batch.labels, smoothing: smoothing)
    }

    /// The likeliest targets that a beam search finds for sources of one length (Graves 2012), without begin and end.
    /// - Parameters:
    ///   - sources: of one length; others trap
    ///   - beams: sequences kept for each source; 1 is greedy
    ///   - longest: symbols after which a target is cut
    public func translate(_ sources: [[Int32]], beams: Int = 4, longest: Int = 64) -> [[Int32]] {
        translate(sources, beams: beams, longest: longest) {}
    }

    /// The same; `between` is called before every symbol, and what it throws ends the search.
    public func translate(_ sources: [[Int32]], beams: Int, longest: Int, between: () throws -> Void) rethrows -> [[Int32]] {
        guard let length = sources.first?.count else { return [] }
        precondition(beams > 0 && longest > 0 && sources.allSatisfy { $0.count == length }, "\(beams) beams for sources of one length")
        let memory = read(Indices(Array(sources.joined()), [sources.count, length]))
        var searches = sources.map { _ in BeamSearch(beams) }
        for time in 0..<longest {
            // Rows of all searches that go on, side by side.
            let rows = searches.indices.flatMap { source in searches[source].open.map { (source, $0.symbols) } }
            guard !rows.isEmpty else { break }
            try between()
            let written = Indices(rows.flatMap { [SymbolTable.begin] + $0.1 }, [rows.count, time + 1])
            let next = logSoftmax(logits(written, memory: memory.rows(Indices(rows.map(\.0)))).at(time, along: 1)).array
            let symbols = next.count / rows.count
            var at = 0
            for source in searches.indices where !searches[source].open.isEmpty {
                let count = searches[source].open.count
                searches[source].advance(next[(at * symbols)..<((at + count) * symbols)], symbols: symbols)
                at += count
            }
        }
        return searches.map(\.best)
    }
}

/// The sequences that a search keeps for one source.
struct BeamSearch {
    struct Beam {
        var symbols: [Int32]
        /// The logarithm of its probability.
        var score: Float
    }

    let width: Int
    /// Still being written.
    private(set) var open = [Beam(symbols: [], score: 0)]
    /// The likeliest that has ended.
    private(set) var closed: Beam?

    init(_ width: Int) { self.width = width }

    /// Goes on with the likeliest of all continuations; `logs` are the open beams' log-probabilities, one after another.
    mutating func advance(_ logs: ArraySlice<Float>, symbols: Int) {
        var found: [(beam: Int, symbol: Int32, score: Float)] = []
        for (beam, state) in open.enumerated() {
            let row = logs[(logs.startIndex + beam * symbols)..<(logs.startIndex + (beam + 1) * symbols)]
            let best = row.indices.sorted { row[$0] > row[$1] }.prefix(width)
            found += best.map { (beam, Int32($0 - row.startIndex), state.score + row[$0]) }
        }
        let kept = found.sorted { $0.score > $1.score }.prefix(width)
        for found in kept where found.symbol == SymbolTable.end && found.score > closed?.score ?? -.infinity {
            closed = Beam(symbols: open[found.beam].symbols, score: found.score)
        }
        open = kept.filter { $0.symbol != SymbolTable.end }.map { Beam(symbols: open[$0.beam].symbols + [$0.symbol], score: $0.score) }
        // A score only falls: what is less likely than the best that ended can't win any more.
        if let closed { open.removeAll { $0.score <= closed.score } }
    }

    /// The best that ended; the best of all when none did.
    var best: [Int32] { closed?.symbols ?? open.max { $0.score < $1.score }?.symbols ?? [] }
}
