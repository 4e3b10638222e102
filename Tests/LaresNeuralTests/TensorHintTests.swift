import LaresJSON
import LaresNeural
import Testing

/// What a plan tells of its inputs and outputs.
struct TensorHintTests {
    @Test func aTrainedNetworkKnowsItsCategoriesItsMeansAndItsClasses() throws {
        let folder = try RecipeFolder(["flowers.csv": RecipeFolder.flowers(60)])
        var trainer = try folder.trainer(.object(RecipeFolder.flowerRecipe))
        _ = try trainer.run()
        let plan = try NetworkPlan(contentsOf: folder.path + "/network.safetensors")
        let network = try Network(contentsOf: folder.path + "/network.safetensors")
        #expect(plan == network.plan)
        for input in plan.signature.inputs {
            let hint = plan.hint(ofInput: input.name)
            #expect(input.datatype == .bytes ? !hint.names.isEmpty : hint.means.count == input.shape[1], "\(input.name)")
        }
        let outputs = plan.signature.outputs.map { plan.hint(ofOutput: $0.name) }
        #expect(outputs.map(\.names) == Array(repeating: ["iris", "rose", "viola, tricolor"], count: 2))
        #expect(outputs.map(\.areProbabilities) == [false, true])
    }

    @Test func meansOfJoinedInputsAreToldApart() throws {
        let plan = try NetworkPlan([
            "inputs": [["name": "a", "type": "FP32", "shape": [-1, 1]], ["name": "b", "type": "FP32", "shape": [-1, 2]]],
            "steps": [
                ["name": "all", "layer": "concatenate", "from": ["a", "b"]],
                ["name": "standard", "layer": "standardise", "mean": [1, 2, 3], "deviation": [4, 5, 6]],
                ["name": "y", "layer": "linear", "outputs": 1],
            ],
            "outputs": [["name": "y"]],
        ])
        #expect(plan.hint(ofInput: "a").means == [1] && plan.hint(ofInput: "b").means == [2, 3])
        #expect(plan.hint(ofInput: "b").deviations == [5, 6])
        #expect(plan.hint(ofOutput: "y") == TensorHint() && plan.hint(ofInput: "y") == TensorHint())
    }

    @Test func tokensAndPlacesAreBounded() throws {
        let plan = try NetworkPlan([
            "inputs": [["name": "word", "type": "INT64", "shape": [-1, 1]], ["name": "day", "type": "INT32", "shape": [-1, 1]]],
            "steps": [
                ["name": "v", "layer": "embedding", "from": "word", "tokens": 50, "width": 2],
                ["name": "f", "layer": "flatten", "from": "v"], ["name": "d", "layer": "one_hot", "from": "day", "size": 7],
                ["name": "y", "layer": "concatenate", "from": ["f", "d"]],
            ],
            "outputs": [["name": "y"]],
        ])
        #expect(plan.hint(ofInput: "word").range == 0...49 && plan.hint(ofInput: "day").range == 0...6)
    }
}
