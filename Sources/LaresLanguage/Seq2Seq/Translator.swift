public import LaresNeural
public import LaresTensor

/// A model that reads a sequence and writes another (Sutskever et al. 2014).
public protocol Translator: Module {
    /// What it keeps of the source, `[batch, source time, width]`.
    func read(_ source: Indices) -> Tensor
    /// Logits of what comes next after each symbol written so far: `[batch, time, symbols]`. What learns computes all places at once.
    /// - Parameters:
    ///   - written: `[batch, time]`, from `SymbolTable.begin` on
    ///   - memory: of `read`, for the same batch
    func logits(_ written: Indices, memory: Tensor) -> Tensor
    /// A draft for each source of the memory, before the first symbol.
    func draft(of memory: Tensor) -> Draft
    /// The last place of ``logits(_:memory:)``, `[rows, symbols]`, for rows of which only this symbol is new. What writes computes one place a step.
    func next(_ symbols: [Int32], in draft: inout Draft) -> Tensor
}

extension Translator {
    /// The loss on pairs when the decoder sees the right symbols (teacher forcing; Williams & Zipser 1989).
    public func loss(_ batch: SequencePairs.Batch, smoothing: Float = 0) -> Tensor {
        crossEntropy(logits(batch.written, memory: read(batch.source)), batch.labels, smoothing: smoothing)
    }

    /// The likeliest targets that a beam search finds for sources of one length, without begin and end.
    /// - Parameters:
    ///   - sources: of one length; others trap
    ///   - beams: sequences kept for each source; 1 is greedy
    ///   - longest: symbols after which a target is cut
    public func translate(_ sources: [[Int32]], beams: Int = 4, longest: Int = 64) -> [[Int32]] {
        translate(sources, beams: beams, longest: longest, between: {})
    }

    /// The same; `between` is called before the sources are read and before every symbol, and ends the translation when it throws.
    public func translate(_ sources: [[Int32]], beams: Int, longest: Int, between: () throws -> Void) rethrows -> [[Int32]] {
        guard let length = sources.first?.count else { return [] }
        precondition(beams > 0 && longest > 0 && sources.allSatisfy { $0.count == length }, "\(beams) beams for sources of one length")
        try between()
        var draft = draft(of: read(Indices(Array(sources.joined()), [sources.count, length])))
        var searches = sources.map { _ in BeamSearch(beams) }
        // Those that aren't at their end, and how many rows each has in the draft.
        var (writing, width) = (Array(searches.indices), 1)
        for _ in 0..<longest {
            try between()
            let last = writing.flatMap { searches[$0].rows(width).map(\.last) }
            advance(&searches, writing, by: logSoftmax(next(last, in: &draft)), width)
            let kept = writing.indices.filter { !searches[writing[$0]].open.isEmpty }, before = width
            guard let most = kept.map({ searches[writing[$0]].open.count }).max() else { break }
            width = most
            draft.keep(
                rows: kept.flatMap { place in searches[writing[place]].rows(width).map { place * before + $0.parent } }, sources: kept)
            writing = kept.map { writing[$0] }
        }
        return searches.map(\.best)
    }

    /// Takes the log-probabilities `[rows, symbols]` of `width` rows for each search that is being written.
    private func advance(_ searches: inout [BeamSearch], _ writing: [Int], by logs: Tensor, _ width: Int) {
        let symbols = logs.shape[1]
        logs.withFloats { logs in
            for (place, source) in writing.enumerated() {
                let from = place * width * symbols
                searches[source].advance(UnsafeBufferPointer(rebasing: logs[from..<(from + width * symbols)]), symbols: symbols)
            }
        }
    }
}
