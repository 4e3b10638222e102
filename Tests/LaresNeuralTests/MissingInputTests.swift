import LaresJSON
import LaresNeural
import Testing

/// Requests with numbers that are missing, and with texts that are no category.
@Suite struct MissingInputTests {
    private func network(_ change: (inout JSON.Members) -> Void) throws -> Network {
        let folder = try RecipeFolder(["flowers.csv": RecipeFolder.flowers(60) + "1001,,blue,iris\n"])
        var recipe = RecipeFolder.flowerRecipe
        recipe["epochs"] = 1
        change(&recipe)
        var trainer = try folder.trainer(.object(recipe))
        _ = try trainer.run()
        return try Network(contentsOf: folder.path + "/network.safetensors")
    }

    private func ask(_ network: Network, _ size: [Float], _ colour: String = "red") throws -> [String: NetworkValue] {
        try network(["size": .floats(size, shape: [1, 2]), "colour": .strings([colour], shape: [1, 1])])
    }

    @Test func whatLearntWithFilledNumbersTakesMissingOnes() throws {
        let network = try network { $0["data"] = ["file": "flowers.csv", "on_missing": "fill"] }
        let hint = network.plan.hint(ofInput: "size")
        #expect(hint.mayBeMissing && hint.means.count == 2 && !network.plan.hint(ofInput: "colour").mayBeMissing)
        let missing = try ask(network, [1000, .nan]), mean = try ask(network, [1000, hint.means[1]])
        #expect(missing == mean)
        #expect(message { _ = try ask(network, [1000, .infinity]) }.contains("every number must be finite"))
    }

    @Test func whatDidNotRefusesThem() throws {
        let network = try network { $0["data"] = ["file": "flowers.csv", "on_missing": "drop"] }
        #expect(!network.plan.hint(ofInput: "size").mayBeMissing)
        #expect(message { _ = try ask(network, [1000, .nan]) }.contains("input 'size' has nan at 1: every number must be finite"))
    }

    @Test func anInputThatSomethingElseTakesTooMayNotMiss() throws {
        let plan = try NetworkPlan([
            "inputs": [["name": "x", "type": "FP32", "shape": [-1, 2]]],
            "steps": [["name": "f", "layer": "fill", "values": [1, 2]], ["name": "y", "layer": "add", "from": ["f", "x"]]],
            "outputs": [["name": "y"]],
        ])
        #expect(!plan.hint(ofInput: "x").mayBeMissing)
        #expect(message { _ = try Network(plan)(["x": .floats([.nan, 1], shape: [1, 2])]) }.contains("must be finite"))
    }

    private static let mistakes: [(JSON, String)] = [
        ([["name": "f", "layer": "fill", "values": [1]]], "has 1 values for floats [any, 2]"),
        ([["name": "f", "layer": "fill"]], "'steps[0].values' must be an array of numbers"),
        ([["name": "s", "layer": "relu"], ["name": "f", "layer": "fill", "values": [1, 2]]], "'steps[1].from' must name an input"),
    ]

    @Test(arguments: mistakes)
    func aFillThatFitsNothingIsRefused(_ steps: JSON, _ reason: String) {
        let found = message {
            _ = try NetworkPlan([
                "inputs": [["name": "x", "type": "FP32", "shape": [-1, 2]]], "steps": steps, "outputs": [["name": "y", "from": "f"]],
            ])
        }
        #expect(found.contains(reason), "\(found)")
    }

    @Test(arguments: [false, true])
    func unknownCategoriesAreRefusedWhereTheRecipeSaysSo(_ isEmbedded: Bool) throws {
        var colour: JSON.Members = ["name": "colour", "kind": "category"]
        if isEmbedded { colour.append("embedding", 2) }
        let size: JSON = ["name": "size", "from": ["length", "width"]], strict = colour.with("on_unknown", "refuse")
        func taught(_ colour: JSON) throws -> Network {
            try network {
                $0["data"] = ["file": "flowers.csv", "on_missing": "drop"]
                $0["columns"] = [size, colour]
            }
        }
        let ignoring = try taught(.object(colour)), refusing = try taught(strict)
        #expect(throws: Never.self) { try ask(ignoring, [1000, 1], "purple") }
        #expect(throws: Never.self) { try ask(refusing, [1000, 1], "blue") }
        let found = message { _ = try ask(refusing, [1000, 1], "purple") }
        #expect(found.contains("input 'colour' has \"purple\" at 0, which is none of its 2 categories: blue, red"), "\(found)")
    }
}
