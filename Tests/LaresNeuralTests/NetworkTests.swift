import Foundation
import LaresJSON
import LaresNeural
import LaresTensor
import Testing

@Suite struct NetworkTests {
    static let simple: JSON = [
        "inputs": [
            ["name": "INPUT0", "type": "INT32", "shape": [-1, 16]], ["name": "INPUT1", "type": "INT32", "shape": [-1, 16]],
        ],
        "steps": [
            ["name": "sum", "layer": "add", "from": ["INPUT0", "INPUT1"]],
            ["name": "difference", "layer": "subtract", "from": ["INPUT0", "INPUT1"]],
        ],
        "outputs": [
            ["name": "OUTPUT0", "from": "sum", "type": "INT32"], ["name": "OUTPUT1", "from": "difference", "type": "INT32"],
        ],
    ]

    /// A chain of layers over one input.
    private func chain(_ input: JSON, _ layers: [JSON]) throws -> Network {
        let steps = layers.enumerated().map { i, layer in
            guard case .object(var members) = layer else { return layer }
            members.append("name", i == layers.count - 1 ? "y" : JSON.string("s\(i)"))
            return JSON.object(members)
        }
        return Network(try NetworkPlan(["inputs": [input], "steps": .array(steps), "outputs": [["name": "y"]]]), seed: 3)
    }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch { return "\(error)" }
    }

    @Test func aNetworkNamedSimpleAddsAndSubtracts() throws {
        let network = Network(try NetworkPlan(NetworkTests.simple))
        #expect(network.signature.inputs[0] == TensorSignature(name: "INPUT0", datatype: .int32, shape: [nil, 16]))
        #expect(network.signature.outputs[1] == TensorSignature(name: "OUTPUT1", datatype: .int32, shape: [nil, 16]))
        let a = (0..<32).map(Int64.init), b = [Int64](repeating: 1, count: 32)
        let answer = try network(["INPUT0": .integers(a, shape: [2, 16]), "INPUT1": .integers(b, shape: [2, 16])])
        #expect(answer["OUTPUT0"] == .integers(a.map { $0 + 1 }, shape: [2, 16]))
        #expect(answer["OUTPUT1"] == .integers(a.map { $0 - 1 }, shape: [2, 16]))
    }

    @Test func aSumThatItsTypeDoesNotHoldIsRefused() throws {
        let network = Network(try NetworkPlan(NetworkTests.simple))
        let large = NetworkValue.integers([Int64](repeating: 2_147_483_647, count: 16), shape: [1, 16])
        #expect(message { _ = try network(["INPUT0": large, "INPUT1": large]) }.contains("which is no INT32"))
    }

    private static let layers: [(JSON, [JSON], [Int])] = [
        (
            ["name": "x", "type": "FP32", "shape": [-1, 4]],
            [["layer": "linear", "outputs": 3, "activation": "gelu"], ["layer": "softmax"]], [2, 3]
        ),
        (["name": "x", "type": "FP32", "shape": [-1, 5, 4]], [["layer": "lstm", "hidden": 3]], [2, 3]),
        (["name": "x", "type": "FP32", "shape": [-1, 5, 4]], [["layer": "lstm", "hidden": 3, "outputs": "all"]], [2, 5, 3]),
        (["name": "x", "type": "FP32", "shape": [-1, 5, 4]], [["layer": "gru", "hidden": 3]], [2, 3]),
        (
            ["name": "x", "type": "FP32", "shape": [-1, 5, 4]],
            [["layer": "gru", "hidden": 3, "outputs": "all"], ["layer": "mean_over_time"]], [2, 3]
        ),
        (
            ["name": "x", "type": "FP32", "shape": [-1, 5, 4]], [["layer": "transformer", "heads": 2, "causal": true, "places": true]],
            [2, 5, 4]
        ),
        (
            ["name": "x", "type": "FP32", "shape": [-1, 5, 4]],
            [["layer": "conv1d", "outputs": 2, "window": 3, "padding": 1], ["layer": "flatten"]], [2, 10]
        ),
        (
            ["name": "x", "type": "FP32", "shape": [-1, 5, 4]],
            [["layer": "layer_norm"], ["layer": "dropout", "rate": 0.5], ["layer": "relu"]], [2, 5, 4]
        ),
        (["name": "x", "type": "FP32", "shape": [-1, 5, 4]], [["layer": "rms_norm"], ["layer": "gelu"]], [2, 5, 4]),
        (["name": "x", "type": "FP32", "shape": [-1, 5, 4, 3]], [["layer": "averagepool", "window": 2]], [2, 2, 2, 3]),
        (
            ["name": "x", "type": "FP32", "shape": [-1, 64]],
            [
                ["layer": "reshape", "shape": [8, 8, 1]], ["layer": "conv2d", "outputs": 4, "padding": 1, "activation": "relu"],
                ["layer": "maxpool"], ["layer": "flatten"], ["layer": "linear", "outputs": 10], ["layer": "sigmoid"],
            ], [2, 10]
        ),
        (
            ["name": "x", "type": "FP32", "shape": [-1, 2]],
            [
                ["layer": "standardise", "mean": [1, 2], "deviation": [2, 4]], ["layer": "tanh"],
                ["layer": "rescale", "mean": [0, 1], "deviation": [2, 2]], ["layer": "silu"],
            ], [2, 2]
        ),
        (
            ["name": "x", "type": "FP32", "shape": [-1, 2]],
            [["layer": "multiply", "from": ["x", "x"]], ["layer": "concatenate", "from": ["x", "s0"]]], [2, 4]
        ),
    ]

    @Test(arguments: NetworkTests.layers.indices)
    func everyLayerGivesTheShapeThatWasInferred(_ index: Int) throws {
        let (input, layers, shape) = NetworkTests.layers[index]
        let network = try chain(input, layers)
        let sizes = network.signature.inputs[0].shape.map { $0 ?? 2 }, count = sizes.reduce(1, *)
        let answer = try #require(try network(["x": .floats((0..<count).map { sinf(Float($0)) }, shape: sizes)])["y"])
        #expect(answer.shape == shape)
        #expect(network.signature.outputs[0].shape == [nil] + shape.dropFirst().map(Optional.some))
        #expect(network.parameterCount == network.plan.parameterCount)
    }

    @Test func categoriesAndLabelsAreTexts() throws {
        let network = try chain(
            ["name": "x", "type": "BYTES", "shape": [-1, 1]],
            [["layer": "one_hot", "categories": ["red", "blue", "green"]], ["layer": "label", "labels": ["R", "B", "G"]]])
        let answer = try network(["x": .strings(["green", "red", "mauve"], shape: [3, 1])])
        #expect(answer["y"] == .strings(["G", "R", "R"], shape: [3, 1]))
        let embedded = try chain(
            ["name": "x", "type": "BYTES", "shape": [-1, 1]],
            [["layer": "lookup", "categories": ["red", "blue"]], ["layer": "embedding", "tokens": 3, "width": 4], ["layer": "flatten"]])
        guard case .floats(let numbers, [3, 4])? = try embedded(["x": .strings(["blue", "blue", "?"], shape: [3, 1])])["y"] else {
            Issue.record("not three vectors")
            return
        }
        #expect(numbers[0..<4] == numbers[4..<8] && numbers[0..<4] != numbers[8..<12])
    }

    @Test func aFileKeepsEveryBit() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let network = try chain(
            ["name": "x", "type": "FP32", "shape": [-1, 6, 4]],
            [["layer": "transformer", "heads": 2], ["layer": "gru", "hidden": 3], ["layer": "linear", "outputs": 2]])
        try network.write(to: path)
        let read = try Network(contentsOf: path)
        let x = ["x": NetworkValue.floats((0..<48).map { sinf(Float($0)) }, shape: [2, 6, 4])]
        #expect(read.plan == network.plan)
        #expect(try read(x) == network(x))

        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        for length in stride(from: 0, to: whole.count, by: 61) {
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect(throws: SafeTensorsError.self) { try Network(contentsOf: path) }
        }
        // Bytes that change somewhere give a network or an error, never a trap; one that is not finite gives an error.
        var random = SeededRandom(seed: 9)
        for _ in 0..<300 {
            var changed = whole
            changed[Int.random(in: 8..<3000, using: &random)] = UInt8.random(in: 32..<127, using: &random)
            try changed.write(to: URL(fileURLWithPath: path))
            _ = try? Network(contentsOf: path)
        }
        var infinite = whole
        infinite.replaceSubrange((whole.count - 4)..., with: [0, 0, 0x80, 0x7f])
        try infinite.write(to: URL(fileURLWithPath: path))
        #expect(message { _ = try Network(contentsOf: path) }.contains("not finite"))
    }

    @Test(arguments: [DType.f16, .bf16]) func aFileOfHalvesTakesHalfTheBytesAndGivesTheRoundedNumbers(_ type: DType) throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        var network = try chain(
            ["name": "x", "type": "FP32", "shape": [-1, 40]],
            [["layer": "linear", "outputs": 80, "activation": "tanh"], ["layer": "linear", "outputs": 2]])
        func size() throws -> Int { try Data(contentsOf: URL(fileURLWithPath: path)).count }
        try network.write(to: path)
        let full = try size()
        try network.write(to: path, as: type)
        #expect(try full - size() >= 2 * network.parameterCount - 16)
        #expect(try SafeTensors(contentsOf: path).tensors.values.allSatisfy { $0.dtype == type })
        let read = try Network(contentsOf: path)
        #expect(read.plan == network.plan)
        for (stored, own) in zip(read.parameters, network.parameters) {
            #expect(stored.value == StoredTensor(own.value, as: type).tensor)
        }
        #expect(read.parameters.map(\.value) != network.parameters.map(\.value))
        let halves = try Data(contentsOf: URL(fileURLWithPath: path))
        try read.write(to: path, as: type)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == halves, "what was rounded stays as it is")

        network.forEachParameter { _, parameter in parameter = Tensor(repeating: 3.4e38, parameter.shape) }
        #expect(message { try network.write(to: path, as: type) }.contains("has a number that \(type.name) doesn't hold"))
    }

    @Test func inputsThatDoNotFitAreRefusedWithAReason() throws {
        let network = try chain(["name": "x", "type": "FP32", "shape": [-1, 2]], [["layer": "multiply", "from": ["x", "x"]]])
        let cases: [([String: NetworkValue], String)] = [
            ([:], "the input 'x' is missing"), (["x": .floats([1, .nan], shape: [1, 2])], "has nan at 1"),
            (["x": .floats([1, .infinity], shape: [1, 2])], "has inf at 1"),
            (["x": .floats([1, 2, 3], shape: [1, 3])], "expected [-1, 2]"),
            (["x": .floats([1], shape: [1, 2])], "1 elements"), (["x": .integers([1, 2], shape: [1, 2])], "takes FP32"),
            (["x": .floats([], shape: [0, 2])], "every size 1 or more"),
            (["x": .floats([1, 2], shape: [1, 2]), "z": .floats([1], shape: [1])], "no input 'z'"),
            (["x": .floats([3e38, 3e38], shape: [1, 2])], "not finite"),
        ]
        for (inputs, reason) in cases { #expect(message { _ = try network(inputs) }.contains(reason), "\(reason)") }
        let embedding = try chain(["name": "x", "type": "INT64", "shape": [-1, -1]], [["layer": "embedding", "tokens": 5, "width": 2]])
        #expect(message { _ = try embedding(["x": .integers([5], shape: [1, 1])]) }.contains("no token 5"))
    }

    @Test func callsThatTakeTooMuchAreRefusedBeforeTheyRun() throws {
        let network = try chain(["name": "x", "type": "FP32", "shape": [-1, -1, 8]], [["layer": "transformer", "heads": 8]])
        let time = 20_000
        #expect(
            message { _ = try network(["x": .floats([Float](repeating: 0, count: 8 * time), shape: [1, time, 8])]) }
                .contains("send a smaller batch"))
    }
}
