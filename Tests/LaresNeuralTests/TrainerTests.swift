import Foundation
import LaresJSON
import LaresNeural
import LaresTensor
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

    /// Stopped in mid-epoch again and again, or killed (which leaves the files as they are at that moment): the bits are the same.
    @Test(arguments: ["adam", "sgd", "rmsprop", "adagrad"])
    func aResumedTrainingEndsWithTheSameBits(_ optimizer: String) throws {
        let recipe = RecipeFolder.flowerRecipe.with("optimizer", ["name": .string(optimizer), "rate": 0.01])
        let (whole, killed, stopped) = (try RecipeFolder(), try RecipeFolder(), try RecipeFolder())
        for folder in [whole, stopped] { try folder.write("flowers.csv", RecipeFolder.flowers(150)) }
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
