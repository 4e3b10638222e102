import LaresLanguage
import LaresNeural
import LaresTensor
import Synchronization
import Testing

/// Symbols of a small translator, without begin and end.
private func drawn(_ count: Int, _ random: inout SeededRandom) -> [Int32] {
    (0..<count).map { _ in Int32.random(in: 2..<8, using: &random) }
}

/// A beam search that sorts everything and computes everything anew for every symbol.
private func slowly(_ model: some Translator, _ source: [Int32], beams: Int, longest: Int) -> [Int32] {
    typealias Beam = (symbols: [Int32], score: Float)
    let memory = model.read(Indices(source, [1, source.count]))
    var open: [Beam] = [([], 0)], closed: Beam?
    for time in 0..<longest where !open.isEmpty {
        let written = Indices(open.flatMap { [SymbolTable.begin] + $0.symbols }, [open.count, time + 1])
        let copies = memory.rows(Indices([Int](repeating: 0, count: open.count)))
        let logs = logSoftmax(model.logits(written, memory: copies)).at(time, along: 1).array, symbols = logs.count / open.count
        let all = logs.indices.map { place -> Beam in
            let beam = open[place / symbols]
            return (beam.symbols + [Int32(place % symbols)], beam.score + logs[place])
        }
        let best = all.sorted { $0.score > $1.score }.prefix(beams)
        for beam in best where beam.symbols.last == SymbolTable.end && beam.score > closed?.score ?? -.infinity {
            closed = (beam.symbols.dropLast(), beam.score)
        }
        open = best.filter { $0.symbols.last != SymbolTable.end && $0.score > closed?.score ?? -.infinity }
    }
    return closed?.symbols ?? open.max { $0.score < $1.score }?.symbols ?? []
}

/// A translator that notes how many rows each step computes, and that nothing is computed twice.
private struct Watched<Model: Translator>: Translator {
    final class Notes: Sendable {
        let rows = Mutex<[Int]>([])
    }
    var model: Model
    let notes = Notes()

    mutating func visit(_ visitor: inout some ParameterVisitor) { model.visit(&visitor) }
    func read(_ source: Indices) -> Tensor { model.read(source) }
    func draft(of memory: Tensor) -> Draft { model.draft(of: memory) }
    func logits(_ written: Indices, memory: Tensor) -> Tensor {
        Issue.record("the whole was computed while writing")
        return model.logits(written, memory: memory)
    }
    func next(_ symbols: [Int32], in draft: inout Draft) -> Tensor {
        notes.rows.withLock { $0.append(symbols.count) }
        let logits = model.next(symbols, in: &draft)
        #expect(logits.shape == [symbols.count, 8])
        return logits
    }
}

@Suite("Writing a symbol at a time")
struct DraftTests {
    /// Rows change places, come again and end, as in a search; a source ends in the middle.
    private func compare(_ model: some Translator, beams: Int, length: Int, _ random: inout SeededRandom) {
        let memory = model.read(Indices(drawn(3 * length, &random), [3, length]))
        var draft = model.draft(of: memory)
        var (sources, width, rows) = ([0, 1, 2], 1, [[Int32]](repeating: [SymbolTable.begin], count: 3))
        for step in 0..<9 {
            let stepwise = logSoftmax(model.next(rows.map { $0[step] }, in: &draft))
            let copies = memory.rows(Indices(rows.indices.map { sources[$0 / width] }))
            let whole = logSoftmax(model.logits(Indices(Array(rows.joined()), [rows.count, step + 1]), memory: copies)).at(step, along: 1)
            #expect(stepwise.shape == whole.shape)
            let worst = zip(stepwise.array, whole.array).map { abs($0 - $1) }.max() ?? .infinity
            #expect(worst < 1e-4, "step \(step)")
            let kept = step == 4 ? [0, 2] : Array(sources.indices)
            let parents = kept.flatMap { place in (0..<beams).map { _ in place * width + Int.random(in: 0..<width, using: &random) } }
            draft.keep(rows: parents, sources: kept)
            rows = parents.map { rows[$0] + drawn(1, &random) }
            (sources, width) = (kept.map { sources[$0] }, beams)
        }
    }

    @Test("Its log-probabilities are those of the whole", arguments: SmallTranslator.allCases, [1, 3])
    func agrees(_ kind: SmallTranslator, beams: Int) {
        var random = SeededRandom(seed: 21)
        let model = kind.make(using: &random)
        for length in [1, 2, 5] { compare(model, beams: beams, length: length, &random) }
    }

    @Test("A search finds what one finds that computes everything anew", arguments: SmallTranslator.allCases, [1, 2, 5])
    func finds(_ kind: SmallTranslator, beams: Int) {
        var random = SeededRandom(seed: 22)
        var model = kind.make(using: &random)
        // Large enough that what was written decides what comes next.
        model.forEachParameter { _, parameter in parameter = parameter * 4 }
        for length in [2, 5] {
            let sources = (0..<3).map { _ in drawn(length, &random) }
            #expect(
                model.translate(sources, beams: beams, longest: 8) == sources.map { slowly(model, $0, beams: beams, longest: 8) })
        }
    }

    /// The symbols of a translator that never ends, and the rows of each of its steps.
    private func rows(_ model: some Translator, longest: Int, beams: Int) -> [Int] {
        let watched = Watched(model: model)
        #expect(watched.translate([[2, 3, 4]], beams: beams, longest: longest).map(\.count) == [longest])
        return watched.notes.rows.withLock { $0 }
    }

    @Test("Four times the symbols are four times the work, not sixteen times", arguments: [64, 256])
    func isLinear(_ longest: Int) {
        var random = SeededRandom(seed: 23)
        let never = Tensor([0, -1e9, 0, 0, 0, 0, 0, 0])
        var recurrent = RecurrentTranslator<LSTM>(8, 8, width: 16, using: &random)
        var transformer = TransformerTranslator(8, 8, width: 16, layers: 1, heads: 2, longest: 256, using: &random)
        (recurrent.output.bias, transformer.output.bias) = (never, never)
        for beams in [1, 4] {
            let expected = [1] + [Int](repeating: beams, count: longest - 1)
            #expect(rows(recurrent, longest: longest, beams: beams) == expected)
            #expect(rows(transformer, longest: longest, beams: beams) == expected)
        }
    }

    @Test("What a recurrent translator remembers doesn't grow", arguments: [SmallTranslator.lstm, .gru])
    func remembersAsMuch(_ kind: SmallTranslator) {
        var random = SeededRandom(seed: 24)
        func sizes(_ model: some Translator, steps: Int) -> [Shape] {
            var draft = model.draft(of: model.read(Indices([2, 3, 4], [1, 3])))
            for _ in 0..<steps { _ = model.next([2], in: &draft) }
            return (draft.sources + draft.written).map(\.shape)
        }
        let model = kind.make(using: &random)
        #expect(sizes(model, steps: 1) == sizes(model, steps: 50))
    }

    @Test("Between symbols others have their turn, and may end it")
    func yields() {
        struct Enough: Error {}
        var random = SeededRandom(seed: 25)
        var model = RecurrentTranslator<GRU>(8, 8, width: 16, using: &random)
        model.output.bias = Tensor([0, -1e9, 0, 0, 0, 0, 0, 0])
        var calls = 0
        let written = model.translate([[2, 3]], beams: 2, longest: 6) { calls += 1 }
        #expect(written[0].count == 6 && calls == 7)
        #expect(throws: Enough.self) {
            try model.translate([[2, 3]], beams: 2, longest: 6) {
                calls += 1
                if calls == 10 { throw Enough() }
            }
        }
        #expect(calls == 10)
    }
}
