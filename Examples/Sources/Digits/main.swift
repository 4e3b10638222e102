// A recipe learns to read digits of 8 by 8 dots: a convolution, windows of which the darkest dot counts, a linear layer. The data are drawn here.
import Foundation
import LaresNeural
import LaresTensor

let shapes = [
    "###/#.#/#.#/#.#/###", ".#./##./.#./.#./###", "###/..#/###/#../###", "###/..#/.##/..#/###", "#.#/#.#/###/..#/..#",
    "###/#../###/..#/###", "###/#../###/#.#/###", "###/..#/.#./.#./.#.", "###/#.#/###/#.#/###", "###/#.#/###/..#/###",
].map { $0.split(separator: "/").map { $0.map { $0 == "#" ? Float(1) : 0 } } }

/// A digit somewhere in the square, with noise.
func draw(_ digit: Int, _ random: inout SeededRandom) -> [Float] {
    let (top, left) = (Int.random(in: 1...2, using: &random), Int.random(in: 1...4, using: &random))
    return (0..<64).map { place in
        let (row, column) = (place / 8 - top, place % 8 - left)
        let ink = shapes[digit].indices.contains(row) && (0..<3).contains(column) ? shapes[digit][row][column] : 0
        return ink + 0.2 * random.normal()
    }
}

let recipe = """
    {
      "data": {"file": "digits.csv"},
      "columns": [{"name": "picture", "from": [\((0..<64).map { "\"dot\($0)\"" }.joined(separator: ", "))], "standardise": false}],
      "target": {"name": "digit"},
      "split": {"test": 0.2},
      "network": {"layers": [
        {"layer": "reshape", "shape": [8, 8, 1]},
        {"layer": "conv2d", "outputs": 32, "window": [5, 3], "padding": [2, 1], "activation": "relu"},
        {"layer": "maxpool", "window": 2},
        {"layer": "flatten"},
        {"layer": "linear", "outputs": 64, "activation": "relu"}
      ]},
      "optimizer": {"rate": 0.003, "decay": 0.01},
      "schedule": {"name": "cosine"},
      "batch": 64, "epochs": 20, "seed": 3
    }
    """

let folder = FileManager.default.temporaryDirectory.appendingPathComponent("digits-\(UUID().uuidString)").path
try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
defer { try? FileManager.default.removeItem(atPath: folder) }

var random = SeededRandom(seed: 5)
var table = (0..<64).map { "dot\($0)" }.joined(separator: ",") + ",digit\n"
for i in 0..<4000 { table += draw(i % 10, &random).map { "\($0)," }.joined() + "\(i % 10)\n" }
try Data(table.utf8).write(to: URL(fileURLWithPath: folder + "/digits.csv"))

let place = TrainingPlace(base: folder, folder: folder, dataDigest: "drawn", code: "example")
var trainer = try Trainer(Recipe(parsing: Array(recipe.utf8)), at: place)
var curve = LossCurve()
_ = try trainer.run(progress: { curve.append($0.loss) })
print("loss \(curve.bars()) \(curve.recent())")

// The network that was written, read again, and digits that it has never seen.
let network = try Network(contentsOf: folder + "/network.safetensors")
let digits = (0..<200).map { $0 % 10 }
let pictures = digits.map { draw($0, &random) }
let answers = try network(["picture": .floats(Array(pictures.joined()), shape: [digits.count, 64])])
guard case .strings(let read, _)? = answers["digit"] else { fatalError("the network gives no digits") }

for row in 0..<8 { print(pictures[7][(row * 8)..<(row * 8 + 8)].map { $0 > 0.5 ? "#" : "·" }.joined()) }
let right = zip(read, digits).count { $0 == String($1) }
print("reads it as \(read[7]); \(right) of \(digits.count) are right")
guard right > 185 else { fatalError("it hasn't learnt the digits") }
