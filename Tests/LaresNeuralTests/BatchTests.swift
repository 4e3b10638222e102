import LaresNeural
import LaresTensor
import Testing

@Suite struct BatchTests {
    private func samples(_ count: Int, from start: Int = 0) -> LabelledSamples {
        LabelledSamples(Tensor((0..<count).map { Float(start + $0) }, [count, 1]), Indices((0..<count).map { start + $0 }))
    }

    @Test func everySampleComesOnceAnEpoch() {
        var random = SeededRandom(seed: 1)
        let batches = Array(samples(10).batches(of: 4, shuffledBy: &random))
        #expect(batches.map(\.labels.count) == [4, 4, 2])
        #expect(batches.flatMap(\.labels.values).sorted() == Array(0..<10))
        #expect(batches.flatMap(\.labels.values) != Array(0..<10))
        for batch in batches { #expect(batch.inputs.array.map { Int32($0) } == batch.labels.values) }
    }

    @Test func mixturesComeInProportion() {
        let mixture = MixedBatches(
            [samples(10), samples(10, from: 100)], weights: [3, 1], of: 5, count: 400, random: SeededRandom(seed: 2))
        let batches = Array(mixture)
        #expect(batches.count == 400)
        let first = batches.count { $0.labels.values.allSatisfy { $0 < 100 } },
            second = batches.count { $0.labels.values.allSatisfy { $0 >= 100 } }
        #expect(first + second == 400)
        #expect(abs(first - 300) < 40)
    }

    /// Stopped anywhere, in mid-order too; a note of text is enough to go on.
    @Test(arguments: [0, 1, 7, 39, 40]) func aMixtureGoesOnWithTheSameBatches(_ stop: Int) throws {
        func mixture(_ seed: UInt64) -> MixedBatches<LabelledSamples> {
            MixedBatches([samples(7), samples(10, from: 100)], weights: [3, 1], of: 3, count: 40, random: SeededRandom(seed: seed))
        }
        var whole = mixture(2)
        for _ in 0..<stop { _ = whole.next() }
        let note = whole.state.description
        var resumed = mixture(3)
        try resumed.restore(MixedBatchesState(note))
        #expect(resumed.state == whole.state)
        #expect(Array(resumed).map(\.labels.values) == Array(whole).map(\.labels.values))
    }

    @Test func theStateOfAnotherMixtureIsRefusedAndChangesNothing() {
        var mixture = MixedBatches([samples(7), samples(10)], weights: [3, 1], of: 3, count: 40, random: SeededRandom(seed: 2))
        for _ in 0..<5 { _ = mixture.next() }
        let before = mixture.state, start = "1 2 3 4"
        for text in ["", "9 \(start)", "9 \(start), 0 \(start), 11 \(start)", "9 \(start), 8 \(start), 0 \(start)"] {
            #expect(throws: CheckpointError.self) { try mixture.restore(MixedBatchesState(text)) }
        }
        for text in ["x", "-1 \(start)", "9 0 0 0 0", "9 1 2 3"] { #expect(MixedBatchesState(text) == nil) }
        #expect(mixture.state == before)
    }

    @Test func curvesShowWhereLossesWent() {
        var curve = LossCurve()
        for i in 0..<80 { curve.append(Float(80 - i)) }
        #expect(curve.bars(width: 8) == "█▇▆▅▄▃▂▁")
        #expect(curve.recent(2) == 1.5)
        #expect(LossCurve().bars().isEmpty)
    }
}
