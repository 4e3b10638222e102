import Foundation
import Glibc
import LaresNeural

/// Recipes for data that are fuzzed.
enum Recipes {
    static let csv = recipe(format: "csv", options: #", "missing": ["", "?"], "on_missing": "fill""#)
    static let jsonl = recipe(format: "jsonl", options: "")

    private static func recipe(format: String, options: String) -> Recipe? {
        let text = """
            {"data": {"file": "d", "format": "\(format)"\(options)}, "columns": [{"name": "p", "from": ["x", "y"]}, {"name": "c", "kind": "category"}],
             "target": {"name": "t"}, "split": {"validation": 0.2}, "network": {"layers": [{"layer": "linear", "outputs": 2, "activation": "tanh"}]},
             "epochs": 1, "batch": 4}
            """
        return try? Recipe(parsing: Array(text.utf8))
    }
}

/// Reads data and learns from it for two steps. There is no folder to write to, so nothing is left behind.
func train(_ recipe: Recipe?, on path: String) {
    let place = TrainingPlace(data: path, base: "/nowhere", folder: "/nowhere", dataDigest: "", code: "")
    guard let recipe, var trainer = try? Trainer(recipe, at: place) else { return }
    var steps = 2
    _ = try? trainer.run(shouldStop: {
        steps -= 1
        return steps < 0
    })
}

private let table: String = {
    let path = "/dev/shm/lares-fuzz-table-\(getpid())"
    let rows = (0..<12).map { "\($0),\($0 % 5),\(["red", "blue", ""][$0 % 3]),\(["a", "b"][$0 % 2])\n" }
    _ = FileManager.default.createFile(atPath: path, contents: Data(("x,y,c,t\n" + rows.joined()).utf8))
    return path
}()

func run(recipe bytes: [UInt8]) {
    guard let recipe = try? Recipe(parsing: bytes), recipe.testFile == nil, isSmall(bytes) else { return }
    train(recipe, on: table)
}

func run(plan bytes: [UInt8]) {
    guard let plan = try? NetworkPlan(parsing: bytes), plan.parameterCount < 1 << 20, isSmall(bytes) else { return }
    run(Network(plan))
}

/// Whether no number has more than three figures: what larger ones may ask for is within Lares' bounds, and beyond the fuzzer's.
private func isSmall(_ bytes: [UInt8]) -> Bool {
    var figures = 0
    for byte in bytes {
        figures = (0x30...0x39).contains(byte) ? figures + 1 : 0
        if figures > 3 { return false }
    }
    return true
}

/// Calls a network with two rows of ones.
func run(_ network: Network) {
    var inputs: [String: NetworkValue] = [:]
    for input in network.signature.inputs {
        let shape = input.shape.map { $0 ?? 2 }
        guard shape.reduce(1.0, { $0 * Double($1) }) <= 65_536 else { return }
        let count = shape.reduce(1, *)
        switch input.datatype {
        case .fp16, .fp32, .fp64: inputs[input.name] = .floats([Float](repeating: 1, count: count), shape: shape)
        case .bytes: inputs[input.name] = .strings([String](repeating: "a", count: count), shape: shape)
        default: inputs[input.name] = .integers([Int64](repeating: 1, count: count), shape: shape)
        }
    }
    _ = try? network(inputs)
}
