import Foundation
import LaresLanguage
import LaresNeural
import LaresTensor
import Testing

/// The models there are, small enough for a test.
enum SmallTranslator: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case lstm, gru, transformer
    var testDescription: String { rawValue }

    func make(width: Int = 32, using random: inout SeededRandom) -> any Translator {
        switch self {
        case .lstm: RecurrentTranslator<LSTM>(8, 8, width: width, using: &random)
        case .gru: RecurrentTranslator<GRU>(8, 8, width: width, using: &random)
        case .transformer: TransformerTranslator(8, 8, width: width, layers: 2, heads: 2, longest: 12, using: &random)
        }
    }

    var rate: Float { self == .transformer ? 3e-3 : 1e-2 }
}

private func trained<T: Translator>(_ start: T, on pairs: SequencePairs, epochs: Int, rate: Float, seed: UInt64) -> T {
    var (model, optimizer, random) = (start, Adam(), SeededRandom(seed: seed))
    let schedule = Schedule.cosine(rate, to: rate / 20, over: epochs * pairs.count / 32).warmedUp(over: 50)
    for _ in 0..<epochs {
        for batch in pairs.batches(of: 32, shuffledBy: &random) {
            let gradient = valueAndGradient(at: model) { $0.loss(batch) }.gradient
            optimizer.learningRate = schedule.rate(at: optimizer.state.steps)
            optimizer.update(&model, along: gradient.clipped(toNorm: 1))
        }
    }
    return model
}

/// Sequences of 3 to 5 symbols, to be written backwards.
private func reversals(_ count: Int, _ random: inout SeededRandom) -> [(source: [Int32], target: [Int32])] {
    (0..<count).map { _ in
        let source = (0..<Int.random(in: 3...5, using: &random)).map { _ in Int32.random(in: 2..<8, using: &random) }
        return (source, source.reversed())
    }
}

/// What comes of always writing the likeliest symbol.
private func greedy(_ model: some Translator, _ source: [Int32], longest: Int) -> [Int32] {
    let memory = model.read(Indices(source, [1, source.count]))
    var written = [SymbolTable.begin]
    while written.count <= longest {
        let logits = model.logits(Indices(written, [1, written.count]), memory: memory).at(written.count - 1, along: 1).array
        let next = Int32(logits.indices.max { logits[$0] < logits[$1] } ?? 0)
        if next == SymbolTable.end { break }
        written.append(next)
    }
    return Array(written.dropFirst())
}

@Suite("Sequence to sequence")
struct TranslatorTests {
    private func right(_ model: some Translator, beams: Int) -> Int {
        var random = SeededRandom(seed: 99)
        return reversals(60, &random).count { model.translate([$0.source], beams: beams, longest: 8) == [$0.target] }
    }

    @Test("Each model learns to turn sequences round", arguments: SmallTranslator.allCases)
    func learns(_ kind: SmallTranslator) {
        var random = SeededRandom(seed: 5)
        let pairs = SequencePairs(reversals(1500, &random))
        let start = kind.make(using: &random)
        #expect(right(start, beams: 1) < 5)
        let model = trained(start, on: pairs, epochs: 12, rate: kind.rate, seed: 1)
        #expect(right(model, beams: 1) >= 55)
        #expect(right(model, beams: 4) >= 55)
    }

    @Test("A beam of one is greed", arguments: SmallTranslator.allCases)
    func greed(_ kind: SmallTranslator) {
        var random = SeededRandom(seed: 11)
        let model = kind.make(width: 16, using: &random)
        for (source, _) in reversals(10, &random) {
            #expect(model.translate([source], beams: 1, longest: 6) == [greedy(model, source, longest: 6)])
        }
    }

    @Test("What was written to a file and read again says the same, to the bit", arguments: SmallTranslator.allCases)
    func saved(_ kind: SmallTranslator) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var random = SeededRandom(seed: 12)
        let model = kind.make(using: &random)
        var (other, optimizer) = (kind.make(using: &random), Adam())
        let (source, written) = (Indices([2, 3, 4, 5], [1, 4]), Indices([0, 6, 7], [1, 3]))
        func logits(_ model: some Translator) -> Tensor { model.logits(written, memory: model.read(source)) }
        #expect(logits(model) != logits(other))
        try Checkpoint(model, optimizer, random).write(to: path)
        try Checkpoint(contentsOf: path).restore(&other, &optimizer, &random)
        #expect(logits(model) == logits(other))
    }

    @Test("The file of one cell is refused by another")
    func otherCell() {
        var random = SeededRandom(seed: 13)
        let checkpoint = Checkpoint(SmallTranslator.lstm.make(using: &random), Adam(), random)
        var (other, optimizer) = (SmallTranslator.gru.make(using: &random), Adam())
        #expect(throws: CheckpointError.self) { try checkpoint.restore(&other, &optimizer, &random) }
    }

    @Test("Sources side by side are read as each alone", arguments: SmallTranslator.allCases)
    func batched(_ kind: SmallTranslator) {
        var random = SeededRandom(seed: 7)
        let model = kind.make(width: 16, using: &random)
        let sources: [[Int32]] = [[2, 3, 4], [7, 7, 7], [5, 2, 6]]
        #expect(model.translate(sources, beams: 3, longest: 6) == sources.map { model.translate([$0], beams: 3, longest: 6)[0] })
        #expect(model.translate([], beams: 3) == [])
    }

    @Test("A beam finds what greed misses")
    func beam() {
        // After 2 (0.6) everything is unlikely; after 3 (0.4) the end is nearly sure.
        struct Garden: Translator {
            mutating func visit(_ visitor: inout some ParameterVisitor) {}
            func read(_ source: Indices) -> Tensor { .zeros([source.shape[0], 1, 1]) }
            func logits(_ written: Indices, memory: Tensor) -> Tensor {
                let rows = written.values.map { symbol -> [Float] in
                    switch symbol {
                    case SymbolTable.begin: [0, 0, 0.6, 0.4, 0]
                    case 2: [0, 0.3, 0.25, 0.25, 0.2]
                    case 3: [0, 0.96, 0.01, 0.02, 0.01]
                    default: [0, 1, 0, 0, 0]
                    }
                }
                return log(Tensor(Array(rows.joined()), Shape(Array(written.shape) + [5])) + 1e-6)
            }
            func draft(of memory: Tensor) -> Draft { Draft(sources: [memory]) }
            func next(_ symbols: [Int32], in draft: inout Draft) -> Tensor {
                logits(Indices(symbols, [symbols.count]), memory: draft.sources[0])
            }
        }
        #expect(Garden().translate([[2]], beams: 1) == [[2]])
        #expect(Garden().translate([[2]], beams: 3) == [[3]])
    }

    @Test("Pairs come once each, padded only behind their targets")
    func pairs() {
        var random = SeededRandom(seed: 1)
        let pairs = SequencePairs([([2, 3], [4]), ([2], [5, 6]), ([3, 3], [4, 4, 4])])
        let batches = Array(pairs.batches(of: 8, shuffledBy: &random))
        #expect(batches.map(\.source.shape[0]).sorted() == [1, 2])
        let two = batches.first { $0.source.shape[0] == 2 }
        #expect(two?.written.shape == [2, 4])
        #expect(Set(two?.labels.rows([0]).values ?? []).union(two?.labels.rows([1]).values ?? []) == [4, 1, -1])
        let one = batches.first { $0.source.shape[0] == 1 }
        #expect(one?.written.values == [0, 5, 6] && one?.labels.values == [5, 6, 1])
    }

    @Test("Symbols have numbers, and unknown ones none")
    func symbols() {
        let table = SymbolTable(of: [["b", "a"], ["a", "ß"]])
        #expect(table.symbols == ["a", "b", "ß"] && table.count == 5)
        #expect(table.encode(["a", "ß"]) == [2, 4] && table.encode(["x"]) == nil)
        #expect(table.decode([0, 2, 4, 1, 99, -3]) == ["a", "ß"])
        let open = SymbolTable(table.symbols, hasUnknown: true)
        #expect(open.count == 6 && open.encode(["a", "x", "ß"]) == [2, 5, 4] && open.decode([2, 5, 4]) == ["a", "ß"])
    }
}
