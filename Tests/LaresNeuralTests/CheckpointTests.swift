import Foundation
import LaresNeural
import LaresTensor
import Testing

@Suite struct CheckpointTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".safetensors").path

    private struct Training {
        var random = SeededRandom(seed: 5)
        var model: Sequential
        var optimizer = Adam(learningRate: 1e-2)
        let samples: LabelledSamples

        init(hidden: Int = 8) {
            var random = SeededRandom(seed: 6)
            model = Sequential(Linear(4, hidden, using: &random), ReLU(), Dropout(0.2), Linear(hidden, 3, using: &random))
            samples = LabelledSamples(.normal([30, 4], using: &random), Indices((0..<30).map { $0 % 3 }))
        }

        mutating func epoch() {
            for batch in samples.batches(of: 8, shuffledBy: &random) {
                let (_, gradient) = valueAndGradient(at: model, random: &random) { crossEntropy($0(batch.inputs), batch.labels) }
                optimizer.update(&model, along: gradient)
            }
        }
    }

    @Test func aResumedTrainingComputesTheSameBits() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        var training = Training()
        training.epoch()
        try Checkpoint(training.model, training.optimizer, training.random, notes: ["epoch": "1"]).write(to: path)
        training.epoch()

        var resumed = Training()
        let checkpoint = try Checkpoint(contentsOf: path)
        #expect(checkpoint.notes == ["epoch": "1"])
        try checkpoint.restore(&resumed.model, &resumed.optimizer, &resumed.random)
        resumed.epoch()
        #expect(resumed.random == training.random)
        #expect(resumed.model.parameters.map(\.value) == training.model.parameters.map(\.value))
    }

    @Test func aCheckpointCutShortThrowsWhereverItIsCut() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        var training = Training()
        training.epoch()
        try Checkpoint(training.model, training.optimizer, training.random).write(to: path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for length in stride(from: 0, to: whole.count, by: 7) {
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect(throws: SafeTensorsError.self) { try Checkpoint(contentsOf: path) }
        }
    }

    @Test func anotherModelIsRefusedAndLeftAsItWas() throws {
        let training = Training()
        let checkpoint = Checkpoint(training.model, training.optimizer, training.random)
        var other = Training(hidden: 9)
        let before = other.model.parameters.map(\.value)
        #expect(throws: CheckpointError.self) { try checkpoint.restore(&other.model, &other.optimizer, &other.random) }
        #expect(other.model.parameters.map(\.value) == before)
    }

    @Test func otherSafetensorsAreNoCheckpoints() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        try SafeTensors.write([("x", StoredTensor(Tensor(1), as: .f32))], to: path)
        #expect(throws: CheckpointError.self) { try Checkpoint(contentsOf: path) }
    }

    @Test(arguments: [Float.nan, .infinity]) func numbersThatArentFiniteAreNeverWrittenOverWhatIs(_ number: Float) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        var training = Training()
        let file = CheckpointFile(path, of: "a test")
        try file.write(training.model, training.optimizer, training.random)
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        training.model.forEachParameter { name, parameter in
            if name.hasSuffix("bias") { parameter = Tensor(repeating: number, parameter.shape) }
        }
        #expect(!training.model.isFinite)
        #expect(throws: TrainingDiverged.self) { try file.write(training.model, training.optimizer, training.random) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }
}
