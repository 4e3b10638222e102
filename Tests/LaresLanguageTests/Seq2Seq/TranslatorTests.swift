import LaresLanguage
import LaresNeural
import LaresTensor
import Testing

private func trained<T: Translator>(_ start: T, on pairs: SequencePairs, epochs: Int, rate: Float, seed: UInt64) -> T {
    var (model, optimizer, random) = (start, Adam(learningRate: rate), SeededRandom(seed: seed))
    for _ in 0..<epochs {
        for batch in pairs.batches(of: 32, shuffledBy: &random) {
            let gradient = valueAndGradient(at: model) { $0.loss(batch) }.gradient
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

@Suite("Sequence to sequence")
struct TranslatorTests {
    private func right(_ model: some Translator, beams: Int) -> Int {
        var random = SeededRandom(seed: 99)
        return reversals(60, &random).count { model.translate([$0.source], beams: beams, longest: 8) == [$0.target] }
    }

    @Test("An LSTM with attention learns to turn sequences round")
    func recurrent() {
        var random = SeededRandom(seed: 5)
        let pairs = SequencePairs(reversals(1500, &random))
        let start = RecurrentTranslator(8, 8, width: 32, using: &random)
        #expect(right(start, beams: 1) < 5)
        let model = trained(start, on: pairs, epochs: 12, rate: 1e-2, seed: 1)
        #expect(right(model, beams: 1) >= 55)
        #expect(right(model, beams: 4) >= 55)
    }

    @Test("So does a Transformer")
    func transformer() {
        var random = SeededRandom(seed: 6)
        let pairs = SequencePairs(reversals(1500, &random))
        let start = TransformerTranslator(8, 8, width: 32, layers: 2, heads: 2, longest: 12, using: &random)
        #expect(right(start, beams: 1) < 5)
        let model = trained(start, on: pairs, epochs: 20, rate: 4e-3, seed: 1)
        #expect(right(model, beams: 1) >= 40)
    }

    @Test("Sources side by side are read as each alone")
    func batched() {
        var random = SeededRandom(seed: 7)
        let model = RecurrentTranslator(8, 8, width: 16, using: &random)
        let sources: [[Int32]] = [[2, 3, 4], [7, 7, 7], [5, 2, 6]]
        #expect(model.translate(sources, beams: 3, longest: 6) == sources.map { model.translate([$0], beams: 3, longest: 6)[0] })
        #expect(model.translate([], beams: 2).isEmpty)
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
    }
}
