import Foundation
import LaresLanguage
import LaresNeural
import LaresTensor
import Testing

struct WordVectorTrainerTests {
    /// Two worlds that share no words but "the".
    private static let lines =
        ["the cat drinks milk", "the dog drinks milk", "the cat eats fish", "the dog eats fish"].repeated(20)
        + ["the train leaves station", "the bus leaves station", "the train reaches city", "the bus reaches city"].repeated(20)

    struct Kind: Sendable, CustomTestStringConvertible {
        let architecture: WordVectorSettings.Architecture
        let objective: WordVectorSettings.Objective
        let grams: CharacterGrams?
        var testDescription: String { "\(architecture.rawValue) \(objective) \(grams == nil ? "words" : "n-grams")" }

        var settings: WordVectorSettings {
            var settings = WordVectorSettings()
            (settings.architecture, settings.objective, settings.grams) = (architecture, objective, grams)
            (settings.dimensions, settings.epochs, settings.sample, settings.learningRate) = (20, 150, 0, 0.05)
            return settings
        }
    }

    static let kinds: [Kind] = WordVectorSettings.Architecture.allCases.flatMap { architecture in
        [WordVectorSettings.Objective.negativeSampling(5), .hierarchicalSoftmax].flatMap { objective in
            [nil, CharacterGrams(buckets: 500)].map { Kind(architecture: architecture, objective: objective, grams: $0) }
        }
    }

    @Test(arguments: kinds) func relatedWordsEndNearer(_ kind: Kind) throws {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let vectors = try WordVectorTrainer(try TrainingText(lines: Self.lines), kind.settings, pool: pool).train()
        for (a, b, other) in [("cat", "dog", "train"), ("train", "bus", "dog"), ("milk", "fish", "station")] {
            #expect(try vectors.similarity(a, b) > vectors.similarity(a, other))
        }
        #expect(try vectors.nearest(to: "cat", count: 4).contains { $0.word == "dog" })
        #expect(vectors.matrix.array.allSatisfy { $0.isFinite })
    }

    @Test(arguments: kinds) func aSeedNamesTheRunOnOneThread(_ kind: Kind) throws {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let text = try TrainingText(lines: Self.lines)
        var settings = kind.settings
        settings.epochs = 3
        let first = try WordVectorTrainer(text, settings, pool: pool).train().matrix.array
        #expect(try WordVectorTrainer(text, settings, pool: pool).train().matrix.array == first)
        settings.seed = 2
        #expect(try WordVectorTrainer(text, settings, pool: pool).train().matrix.array != first)
    }

    /// Two kinds that differ in everything.
    @Test(arguments: [kinds[1], kinds[6]]) func aTrainingThatWasEndedGoesOnToTheSameBits(_ kind: Kind) throws {
        struct Enough: Error {}
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let text = try TrainingText(lines: Self.lines)
        var settings = kind.settings
        settings.epochs = 1_000
        let whole = try WordVectorTrainer(text, settings, pool: pool).train().matrix.array
        try withFile("") { path in
            try FileManager.default.removeItem(atPath: path)
            // It ends behind the first checkpoint, somewhere before the next.
            let trainer = try WordVectorTrainer(text, settings, pool: pool)
            #expect(throws: Enough.self) {
                _ = try trainer.train(checkpoint: path) { _ in if FileManager.default.fileExists(atPath: path) { throw Enough() } }
            }
            let kept = try bytes(of: path)
            #expect(try trainer.train(checkpoint: path).matrix.array == whole)
            try Data(kept.dropLast(3)).write(to: URL(fileURLWithPath: path))
            #expect { try trainer.train(checkpoint: path) } throws: { "\($0)".contains("cut short") }
            try Data(kept).write(to: URL(fileURLWithPath: path))
            settings.window = 4
            let other = try WordVectorTrainer(text, settings, pool: pool)
            #expect(throws: CheckpointError.self) { try other.train(checkpoint: path) }
        }
    }

    /// A fault at the beginning of its second half, as a training has it that ran away, or at its end.
    @Test(arguments: [kinds[0], kinds[6]], [20, 40])
    func numbersThatArentFiniteEndTheTrainingAndItsCheckpointStays(_ kind: Kind, epoch: Int) throws {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        var settings = kind.settings
        settings.epochs = 40
        let trainer = try WordVectorTrainer(try TrainingText(lines: Self.lines), settings, pool: pool)
        try withFile("") { path in
            try FileManager.default.removeItem(atPath: path)
            _ = try trainer.train(checkpoint: path)
            let file = try SafeTensors(contentsOf: path)
            var metadata = file.metadata
            metadata["note.epoch"] = String(epoch)
            let tensors = try file.tensors.map { name, tensor in
                var numbers = try #require(tensor.floats())
                if name == "model.inputs" { numbers[3] = .nan }
                return (name: name, value: StoredTensor(Tensor(numbers, Shape(tensor.shape)), as: .f32))
            }
            try SafeTensors.write(tensors, metadata: metadata, to: path)
            let before = try bytes(of: path)
            #expect(throws: TrainingDiverged.self) { try trainer.train(checkpoint: path) }
            #expect(try bytes(of: path) == before)
        }
    }

    @Test func theLossFallsAndProgressCountsToTheEnd() throws {
        var reports: [WordVectorProgress] = []
        var settings = Self.kinds[0].settings
        settings.epochs = 2_000
        let text = try TrainingText(lines: Self.lines)
        _ = try WordVectorTrainer(text, settings).train { reports.append($0) }
        let last = try #require(reports.last)
        #expect(last.words == last.total && last.total == 2_000 * text.wordCount)
        #expect(abs(last.learningRate - settings.lowestLearningRate) < 1e-6)
        #expect(last.loss > 0 && last.loss < 6 * 0.6931)
        #expect(last.wordsPerSecond > 0)
    }

    @Test func whatProgressThrowsEndsTheTraining() throws {
        struct Enough: Error {}
        var settings = Self.kinds[0].settings
        settings.epochs = 10_000
        #expect(throws: Enough.self) {
            _ = try WordVectorTrainer(try TrainingText(lines: Self.lines), settings).train { _ in throw Enough() }
        }
    }

    @Test func cancellingTheTaskEndsTheTraining() async throws {
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try WordVectorTrainer(try TrainingText(lines: Self.lines)).train().words.count
        }
        await #expect(throws: CancellationError.self) { _ = try await task.value }
    }

    @Test func frequentWordsAreThinnedOutAndTheRestStillLearns() throws {
        var settings = Self.kinds[0].settings
        (settings.sample, settings.epochs) = (0.02, 200)
        let vectors = try WordVectorTrainer(try TrainingText(lines: Self.lines), settings).train()
        #expect(try vectors.similarity("cat", "dog") > vectors.similarity("cat", "bus"))
    }

    @Test func chineseWordsAreLearnt() throws {
        let lines = ["猫喝牛奶", "狗喝牛奶", "猫吃鱼", "狗吃鱼"].repeated(20) + ["火车离开车站", "汽车离开车站", "火车到达城市", "汽车到达城市"].repeated(20)
        let byWord = try WordVectorTrainer(try TrainingText(lines: lines), Self.kinds[0].settings).train()
        #expect(try byWord.similarity("火车", "汽车") > byWord.similarity("火车", "猫"))
        let byCharacter = try WordVectorTrainer(try TrainingText(lines: lines, unit: .characters), Self.kinds[0].settings).train()
        #expect(try byCharacter.similarity("猫", "狗") > byCharacter.similarity("猫", "站"))
    }

    @Test func piecesHaveLengthsThatSuitTheText() throws {
        let (chinese, english) = (try TrainingText(lines: ["火车离开车站"]), try TrainingText(lines: ["the train leaves"]))
        #expect(CharacterGrams(for: english, buckets: 9) == CharacterGrams(shortest: 3, longest: 6, buckets: 9))
        #expect(CharacterGrams(for: chinese, buckets: 9) == CharacterGrams(shortest: 1, longest: 3, buckets: 9))
        // 火 车, <火 火车 车>, <火车 火车>
        #expect(CharacterGrams(for: chinese).pieceCount(of: "火车") == 7)
        let given: [(Int?, Int?, Int, Int)] = [(2, nil, 2, 3), (5, nil, 5, 5), (nil, 8, 1, 8), (2, 2, 2, 2)]
        for (shortest, longest, least, most) in given {
            let grams = CharacterGrams(for: chinese, shortest: shortest, longest: longest)
            #expect(grams.shortest == least && grams.longest == most)
        }
        #expect(CharacterGrams(for: english, longest: 2) == CharacterGrams(shortest: 2, longest: 2))
    }

    @Test func anUnseenChineseWordIsNearThoseOfItsCharacters() throws {
        let pool = ComputePool(threads: 1)
        defer { pool.close() }
        let vehicles = ["火车 离开 城市", "汽车 离开 城市", "火车 到达 城市", "汽车 到达 城市"].repeated(20)
        let text = try TrainingText(lines: vehicles + ["小猫 喝 牛奶", "小狗 喝 牛奶", "小猫 吃 鱼", "小狗 吃 鱼"].repeated(20), unit: .spaces)
        var settings = Self.kinds[0].settings
        settings.grams = CharacterGrams(for: text, buckets: 20_000)
        let vectors = try WordVectorTrainer(text, settings, pool: pool).train()
        for other in ["小猫", "牛奶", "鱼"] {
            #expect(try vectors.similarity("电车", "火车") > vectors.similarity("电车", other))
        }
    }

    static let bad: [(String, @Sendable (inout WordVectorSettings) -> Void)] = [
        ("dimensions", { $0.dimensions = 0 }), ("dimensions", { $0.dimensions = 1_025 }), ("window", { $0.window = 128 }),
        ("epochs", { $0.epochs = 0 }), ("negative", { $0.objective = .negativeSampling(0) }), ("rates", { $0.learningRate = .nan }),
        ("rates", { $0.learningRate = -1 }), ("sample", { $0.sample = .infinity }),
        ("n-gram", { $0.grams = CharacterGrams(shortest: 4, longest: 3) }), ("buckets", { $0.grams = CharacterGrams(buckets: 0) }),
    ]

    @Test(arguments: bad.indices) func settingsOutOfRangeAreNamed(_ index: Int) throws {
        var settings = WordVectorSettings()
        Self.bad[index].1(&settings)
        let text = try TrainingText(lines: Self.lines)
        let error = #expect(throws: WordVectorError.self) { _ = try WordVectorTrainer(text, settings) }
        #expect(error?.message.contains(Self.bad[index].0) == true)
    }
}
