import Foundation
import LaresJSON
import LaresNeural
import LaresTensor
import Synchronization
import Testing

@Suite struct TrainerTests {
    @Test func aRecipeLearnsAndLeavesANetworkWithItsCard() throws {
        let folder = try RecipeFolder(["flowers.csv": RecipeFolder.flowers(300)])
        var trainer = try folder.trainer(.object(RecipeFolder.flowerRecipe))
        var steps = 0
        guard case .finished(let card) = try trainer.run(progress: { steps = max(steps, $0.step) }) else {
            Issue.record("it stopped")
            return
        }
        guard case .double(let accuracy)? = card["metrics"]?["test"]?["accuracy"] else {
            Issue.record("no accuracy")
            return
        }
        #expect(accuracy > 0.9, "\(card.serialized)")
        #expect(steps > 0)
        #expect(try JSON(parsing: Array(folder.bytes("card.json"))) == card)
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: folder.path)) == ["flowers.csv", "network.safetensors", "card.json"])

        let network = try Network(contentsOf: folder.path + "/network.safetensors")
        let answer = try network([
            "size": .floats([1000, 0, 1002, 0], shape: [2, 2]), "colour": .strings(["red", "blue"], shape: [2, 1]),
        ])
        #expect(answer["species"] == .strings(["rose", "viola, tricolor"], shape: [2, 1]))
    }

    @Test func numbersAreLearnedAndScaledBack() throws {
        var random = SeededRandom(seed: 2)
        let rows = (0..<200).map { _ in
            let (x, group) = (random.normal(), Int.random(in: 0..<3, using: &random))
            return "{\"x\": \(x), \"group\": \"g\(group)\", \"y\": \(500 + 20 * x + 40 * Float(group))}"
        }
        let folder = try RecipeFolder(["points.jsonl": rows.joined(separator: "\n")])
        var trainer = try folder.trainer([
            "data": ["file": "points.jsonl"], "columns": [["name": "x"], ["name": "group", "kind": "category", "embedding": 3]],
            "target": ["name": "y", "kind": "number"], "split": ["test": 0.2],
            "network": ["layers": [["layer": "linear", "outputs": 16, "activation": "tanh"]]], "optimizer": ["rate": 0.02], "epochs": 60,
        ])
        guard case .finished(let card) = try trainer.run(), case .double(let error)? = card["metrics"]?["test"]?["mae"] else {
            Issue.record("it stopped")
            return
        }
        #expect(error < 5, "\(card.serialized)")
    }

    /// Numbers spread evenly over 0 to 10 whatever the input: nine tenths of them lie below 9.
    @Test func aQuantileLiesAboveItsPartOfTheTargets() throws {
        var random = SeededRandom(seed: 3)
        let rows = (0..<2000).map { _ in "\(random.normal()),\(10 * random.unit())" }
        let folder = try RecipeFolder(["points.csv": "x,y\n" + rows.joined(separator: "\n") + "\n"])
        var trainer = try folder.trainer([
            "data": ["file": "points.csv"], "columns": [["name": "x"]], "target": ["name": "y", "kind": "number"], "loss": "quantile",
            "quantile": 0.9, "optimizer": ["rate": 0.02], "schedule": ["name": "cosine"], "batch": 200, "epochs": 100,
        ])
        guard case .finished = try trainer.run() else {
            Issue.record("it stopped")
            return
        }
        let network = try Network(contentsOf: folder.path + "/network.safetensors")
        guard case .floats(let answers, _)? = try network(["x": .floats([-1, 0, 1], shape: [3, 1])])["y"] else {
            Issue.record("no numbers")
            return
        }
        #expect(answers.allSatisfy { abs($0 - 9) < 0.7 }, "\(answers)")
    }

    /// A fifth of the numbers are 10, the others 0, whatever the input. Squares would be least at 2, absolute errors at 0; in standard deviations, which are
    /// 4, m of 4 (m + ½) = min(2 - m, delta) is where Huber's loss is least.
    @Test(arguments: [(0.05, 0.05), (1, 1), (10, 2)] as [(Double, Float)])
    func hubersLossIsLinearFromItsDeltaOn(_ delta: Double, _ expected: Float) throws {
        var random = SeededRandom(seed: 4)
        let rows = (0..<2000).map { "\(random.normal()),\($0.isMultiple(of: 5) ? 10 : 0)" }
        let folder = try RecipeFolder(["points.csv": "x,y\n" + rows.joined(separator: "\n") + "\n"])
        var trainer = try folder.trainer([
            "data": ["file": "points.csv"], "columns": [["name": "x"]], "target": ["name": "y", "kind": "number"], "loss": "huber",
            "delta": .double(delta), "optimizer": ["rate": 0.02], "schedule": ["name": "cosine"], "batch": 200, "epochs": 100,
        ])
        guard case .finished = try trainer.run() else {
            Issue.record("it stopped")
            return
        }
        let network = try Network(contentsOf: folder.path + "/network.safetensors")
        guard case .floats(let answers, _)? = try network(["x": .floats([0], shape: [1, 1])])["y"] else {
            Issue.record("no numbers")
            return
        }
        #expect(abs(answers[0] - expected) < 0.4, "\(answers)")
    }

    /// Labels that are spread a little keep a network from certainty: the loss of a network that learnt with them is larger, its classes are as right.
    @Test func smoothedLabelsKeepNetworksFromCertainty() throws {
        struct Stopped: Error {}
        let losses = try [0.0, 0.2].map { smoothing in
            let folder = try RecipeFolder(["flowers.csv": RecipeFolder.flowers(300)])
            var trainer = try folder.trainer(RecipeFolder.flowerRecipe.with("smoothing", .double(smoothing)))
            guard case .finished(let card) = try trainer.run(), case .double(let accuracy)? = card["metrics"]?["test"]?["accuracy"],
                case .double(let loss)? = card["metrics"]?["training"]?["log_loss"]
            else { throw Stopped() }
            #expect(accuracy > 0.85)
            return loss
        }
        #expect(losses[1] > losses[0] + 0.02, "\(losses)")
    }

    /// Stopped in mid-epoch again and again, or killed (which leaves the files as they are at that moment): the bits are the same.
    @Test(arguments: ["adam", "sgd", "rmsprop", "adagrad"])
    func aResumedTrainingEndsWithTheSameBits(_ optimizer: String) throws {
        let recipe = RecipeFolder.flowerRecipe.with("optimizer", ["name": .string(optimizer), "rate": 0.01, "decay": 0.01])
        try expectSameBits(recipe, ["flowers.csv": RecipeFolder.flowers(150)])
    }

    /// Batches of files that are mixed come in an order that the checkpoint must know.
    @Test func aResumedMixtureEndsWithTheSameBits() throws {
        let files: JSON = [["file": "ours.csv", "weight": 3], ["file": "theirs.csv"]]
        try expectSameBits(
            RecipeFolder.flowerRecipe.with("data", ["files": files]),
            ["ours.csv": RecipeFolder.flowers(40), "theirs.csv": RecipeFolder.flowers(90, seed: 8)])
    }

    private func expectSameBits(_ recipe: JSON, _ files: [String: String]) throws {
        let (whole, killed, stopped) = (try RecipeFolder(files), try RecipeFolder(), try RecipeFolder(files))
        var trainer = try whole.trainer(recipe)
        _ = try trainer.run {
            false
        } progress: { progress in
            if progress.step == 40 { try? killed.copy(from: whole) }
        }

        var resumed = try killed.trainer(recipe)
        #expect(resumed.isResumed)
        _ = try resumed.run()
        for _ in 0..<200 where !stopped.has("network.safetensors") {
            var (trainer, left) = (try stopped.trainer(recipe), 17)
            _ = try trainer.run(shouldStop: {
                left -= 1
                return left < 0
            })
        }
        for folder in [killed, stopped] {
            #expect(try folder.bytes("network.safetensors") == whole.bytes("network.safetensors"))
            #expect(try folder.bytes("card.json") == whole.bytes("card.json"))
        }
    }

    /// One file says 0, the other 10: the answer lies where the weights put it, whatever the numbers of their rows.
    @Test func batchesOfFilesComeByTheirWeights() throws {
        func file(_ y: Int, _ count: Int) -> String { "x,y\n" + (0..<count).map { "\($0 % 7),\(y)\n" }.joined() }
        let folder = try RecipeFolder(["low.csv": file(0, 50), "high.csv": file(10, 350)])
        var trainer = try folder.trainer([
            "data": ["files": [["file": "low.csv", "weight": 9], ["file": "high.csv"]]], "columns": [["name": "x"]],
            "target": ["name": "y", "kind": "number"], "optimizer": ["rate": 0.02], "schedule": ["name": "cosine"],
            "batch": 10, "epochs": 40,
        ])
        guard case .finished(let card) = try trainer.run() else {
            Issue.record("it stopped")
            return
        }
        #expect(card["data"]?["file"] == "low.csv, high.csv" && card["data"]?["rows"]?["training"] == 400)
        let network = try Network(contentsOf: folder.path + "/network.safetensors")
        guard case .floats(let answers, _)? = try network(["x": .floats([3], shape: [1, 1])])["y"] else {
            Issue.record("no number")
            return
        }
        #expect(abs(answers[0] - 1) < 1, "\(answers)")
    }

    /// What is measured is what the file holds; the checkpoint keeps every bit.
    @Test func aRecipeMayKeepItsNetworkInHalves() throws {
        let folder = try RecipeFolder(["flowers.csv": RecipeFolder.flowers(90)])
        func types(_ file: String) throws -> Set<String> {
            Set(try SafeTensors(contentsOf: folder.path + "/" + file).tensors.values.map(\.typeName))
        }
        var losses: [JSON?] = []
        for storage in ["f32", "bf16"] {
            var (trainer, left) = (try folder.trainer(RecipeFolder.flowerRecipe.with("storage", .string(storage))), 40)
            _ = try trainer.run(shouldStop: {
                left -= 1
                return left < 0
            })
            #expect(try types("checkpoint.safetensors") == ["F32"])
            var resumed = try folder.trainer(RecipeFolder.flowerRecipe.with("storage", .string(storage)))
            guard case .finished(let card) = try resumed.run() else { continue }
            #expect(try types("network.safetensors") == [storage.uppercased()])
            losses.append(card["metrics"]?["training"]?["log_loss"])
        }
        guard losses.count == 2, case .double(let full)? = losses[0], case .double(let half)? = losses[1] else {
            Issue.record("\(losses)")
            return
        }
        #expect(full != half && abs(full - half) < 0.02, "\(losses)")
    }

    @Test func aFileOfWhichNothingIsLearntIsRefused() throws {
        let folder = try RecipeFolder(["ours.csv": RecipeFolder.flowers(60), "one.csv": RecipeFolder.flowers(1)])
        var found: Set<String> = []
        for seed in 1...12 {
            var recipe = RecipeFolder.flowerRecipe
            (recipe["data"], recipe["seed"]) = (["files": [["file": "ours.csv"], ["file": "one.csv"]]], .int(seed))
            found.insert(message { _ = try folder.trainer(.object(recipe)) })
        }
        #expect(found == ["no error", "the split leaves no rows of '\(folder.path)/one.csv' to learn from"])
    }

    /// Epochs of a second each: the disk is waited for every five.
    @Test func checkpointsOfShortEpochsAreSecondsApart() throws {
        let folder = try RecipeFolder(["flowers.csv": RecipeFolder.flowers(60)]), clock = Mutex(0), saved = Mutex<Set<Int>>([])
        let recipe = try Recipe(RecipeFolder.flowerRecipe.with("early_stopping", ["patience": 100]))
        var trainer = try Trainer(
            recipe, at: TrainingPlace(base: folder.path, folder: folder.path, dataDigest: "d", code: "0"),
            saving: CheckpointPace(every: .seconds(5)) { .seconds(clock.withLock(\.self)) })
        guard
            case .finished = try trainer.run(progress: { progress in
                guard let checkpoint = try? Checkpoint(contentsOf: folder.path + "/checkpoint.safetensors"),
                    let history = try? JSON(parsing: Array((checkpoint.notes["history"] ?? "").utf8))
                else { return }
                saved.withLock { _ = $0.insert(history["epochs"]?.elements?.count ?? 0) }
                clock.withLock { $0 = progress.epoch }
            })
        else {
            Issue.record("it stopped")
            return
        }
        #expect(saved.withLock(\.self) == [1, 6, 11, 16, 21, 26])
    }

    @Test func aCheckpointOfAnotherRecipeOrCutShortIsRefused() throws {
        let folder = try RecipeFolder(["flowers.csv": RecipeFolder.flowers(60)])
        var trainer = try folder.trainer(.object(RecipeFolder.flowerRecipe))
        var steps = 3
        _ = try trainer.run(shouldStop: {
            steps -= 1
            return steps < 0
        })
        let other = RecipeFolder.flowerRecipe.with("seed", 2)
        #expect(message { _ = try folder.trainer(other) }.contains("belongs to another recipe"))
        let whole = try folder.bytes("checkpoint.safetensors")
        try whole.prefix(whole.count - 9).write(to: URL(fileURLWithPath: folder.path + "/checkpoint.safetensors"))
        let found = message { _ = try folder.trainer(.object(RecipeFolder.flowerRecipe)) }
        #expect(found.contains("checkpoint.safetensors' is cut short or damaged: put back a copy, or remove the checkpoint to begin anew"))
    }

    /// Metrics of the one file must not follow from looks at the other.
    @Test func aCheckpointKnowsItsTestFileAndSoDoesTheCard() throws {
        let folder = try RecipeFolder(["flowers.csv": RecipeFolder.flowers(60), "test.csv": RecipeFolder.flowers(30, seed: 9)])
        let recipe = try Recipe(RecipeFolder.flowerRecipe.with("split", ["validation": 0.2, "test_file": "test.csv"]))
        func trainer(_ test: String?) throws -> Trainer {
            try Trainer(recipe, at: TrainingPlace(base: folder.path, folder: folder.path, dataDigest: "d", testDigest: test, code: "0"))
        }
        func stop(_ test: String?) throws {
            var (trainer, left) = (try trainer(test), 3)
            _ = try trainer.run(shouldStop: {
                left -= 1
                return left < 0
            })
        }
        try stop("one")
        #expect(message { _ = try trainer("two") }.contains("belongs to another recipe or other data"))
        #expect(message { _ = try trainer(nil) }.contains("belongs to another recipe or other data"))
        var resumed = try trainer("one")
        #expect(resumed.isResumed)
        guard case .finished(let card) = try resumed.run() else {
            Issue.record("it stopped")
            return
        }
        #expect(card["data"]?["sha256"] == "d" && card["data"]?["test_sha256"] == "one" && card["data"]?["rows"]?["test"] == 30)

        // As earlier versions wrote them.
        try FileManager.default.removeItem(atPath: folder.path + "/network.safetensors")
        try stop(nil)
        #expect(try Checkpoint(contentsOf: folder.path + "/checkpoint.safetensors").notes["test"] == nil)
        #expect(try trainer("one").isResumed)
    }

    @Test func aTrainingThatDivergesSaysSo() throws {
        let folder = try RecipeFolder(["d.csv": "x,y\n" + (0..<40).map { "\($0),\($0 * $0)\n" }.joined()])
        var trainer = try folder.trainer([
            "data": ["file": "d.csv"], "columns": [["name": "x"]], "target": ["name": "y", "kind": "number"],
            "network": ["layers": [["layer": "linear", "outputs": 8]]], "optimizer": ["name": "sgd", "rate": 1000],
        ])
        #expect(message { _ = try trainer.run() }.contains("no longer finite"))
    }

    @Test func aDiskLimitIsKeptToTheByteAndNamed() throws {
        let folder = try RecipeFolder(["flowers.csv": RecipeFolder.flowers(60)])
        func run(_ limit: Int) throws {
            var place = TrainingPlace(base: folder.path, folder: folder.path, dataDigest: "d", code: "0")
            place.diskLimit = limit
            var trainer = try Trainer(try Recipe(.object(RecipeFolder.flowerRecipe)), at: place)
            _ = try trainer.run()
        }
        #expect(message { try run(100) }.contains("would take the training beyond its disk limit of 0 MB: raise the limit"))
        // The first checkpoint fits, and not a second beside it; it stays, and a larger limit goes on from it.
        var place = TrainingPlace(base: folder.path, folder: folder.path, dataDigest: "d", code: "0")
        place.diskLimit = 1 << 20
        var trainer = try Trainer(try Recipe(.object(RecipeFolder.flowerRecipe)), at: place)
        var steps = 2
        _ = try trainer.run(shouldStop: {
            steps -= 1
            return steps < 0
        })
        let size = try folder.bytes("checkpoint.safetensors").count
        #expect(message { try run(2 * size - 1) }.contains("beyond its disk limit"))
        let unfinished = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".part") }
        #expect(try folder.bytes("checkpoint.safetensors").count == size && unfinished.isEmpty)
        try run(10 * size)
        #expect(folder.has("network.safetensors"))
    }

    @Test func aFolderThatIsNotThereIsNamed() throws {
        let folder = try RecipeFolder(["flowers.csv": RecipeFolder.flowers(60)])
        var trainer = try Trainer(
            try Recipe(.object(RecipeFolder.flowerRecipe)),
            at: TrainingPlace(base: folder.path, folder: folder.path + "/nowhere", dataDigest: "d", code: "0"))
        #expect(message { _ = try trainer.run() }.contains("check that its folder is there and may be written"))
    }
}
