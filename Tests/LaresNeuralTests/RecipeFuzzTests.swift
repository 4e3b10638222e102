import Foundation
import LaresJSON
import LaresNeural
import LaresTensor
import Testing

/// Mutated recipes, plans and tables: each is read or refused with one of our errors, and never traps.
@Suite struct RecipeFuzzTests {
    private static let inputs = ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap { Int($0) } ?? 50_000

    private static let pieces = [
        "\"", "\"\"", ",", ";", "\t", "\r", "\n", "\r\n", "\u{FEFF}", "\u{0}", "é汉", "[", "]", "{", "}", ":", "null", "true", "0", "-1",
        "1e999",
        "1e308", "nan", "9223372036854775808", "1048577", "?", "\\ud800", "\"from\":", "\"shape\":", "\"layer\":", "\"outputs\":",
    ].map { Array($0.utf8) }

    private func mutate(_ seed: String, _ random: inout SeededRandom) -> [UInt8] {
        var bytes = Array(seed.utf8)
        for _ in 0..<Int.random(in: 1...5, using: &random) {
            let at = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0 where at < bytes.count: bytes[at] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...8, using: &random)))
            case 2:
                let end = min(bytes.count, at + Int.random(in: 1...40, using: &random))
                bytes.insert(contentsOf: bytes[at..<end], at: Int.random(in: 0...bytes.count, using: &random))
            case 3: bytes.removeLast(min(bytes.count, Int.random(in: 0...8, using: &random)))
            default: bytes.insert(contentsOf: Self.pieces.randomElement(using: &random) ?? [], at: at)
            }
        }
        return bytes
    }

    private static let classes: JSON = [
        "inputs": [["name": "size", "type": "FP32", "shape": [-1, 2]], ["name": "colour", "type": "BYTES", "shape": [-1, 1]]],
        "steps": [
            ["name": "standard", "layer": "standardise", "from": "size", "mean": [1, 2.5], "deviation": [0.5, 1]],
            ["name": "kinds", "layer": "one_hot", "from": "colour", "categories": ["red", "blue"]],
            ["name": "all", "layer": "concatenate", "from": ["standard", "kinds"]], ["name": "y", "layer": "linear", "outputs": 2],
            ["name": "class", "layer": "label", "from": "y", "labels": ["a", "b"]],
        ],
        "outputs": [["name": "class"], ["name": "y", "type": "FP64"]],
    ]
    private static let pictures: JSON = [
        "inputs": [["name": "x", "type": "FP16", "shape": [-1, 64]]],
        "steps": [
            ["layer": "reshape", "shape": [8, 8, 1]],
            ["layer": "conv2d", "outputs": 2, "window": [5, 3], "padding": [2, 1], "stride": 2, "activation": "relu"],
            ["layer": "maxpool", "window": 2], ["layer": "flatten"], ["name": "y", "layer": "layer_norm"],
        ],
        "outputs": [["name": "y"]],
    ]

    @Test(arguments: [classes, pictures]) func mutatedPlansAreReadOrRefused(_ plan: JSON) throws {
        var random = SeededRandom(seed: 2_611)
        var accepted = 0
        for _ in 0..<Self.inputs {
            let bytes = mutate(plan.serialized, &random)
            do {
                _ = try NetworkPlan(parsing: bytes)
                accepted += 1
            } catch { #expect(!error.message.isEmpty) }
        }
        #expect(accepted > 0 && accepted < Self.inputs)
    }

    @Test func mutatedRecipesAreReadOrRefused() throws {
        var random = SeededRandom(seed: 2_612)
        let seed = JSON.object(RecipeFolder.flowerRecipe).serialized
        var accepted = 0
        for _ in 0..<Self.inputs {
            let bytes = mutate(seed, &random)
            do {
                accepted += try Recipe(Recipe(parsing: bytes).json).dataFile.isEmpty ? 0 : 1
            } catch { #expect(!error.message.isEmpty) }
        }
        #expect(accepted > 0 && accepted < Self.inputs)
    }

    private static let csv = "x,y,c,t\n1,2.5,red,a\r\n-1e-3,0,\"blue, \"\"dark\"\"\",b\n0,1,\"two\nlines\",a\n3,4,red,b\n"
    private static let lines =
        #"{"x": 1, "y": 2.5, "c": "red", "t": "a"}"# + "\n" + #"{"x": -1e-3, "y": 0, "c": "\u00e9\ud83d\ude00", "t": "b"}"# + "\n\n"
        + #"{"t": "a", "c": true, "y": 1, "x": 2}"# + "\n"

    @Test(arguments: [("t.csv", csv), ("t.jsonl", lines)]) func mutatedTablesAreReadOrRefused(_ name: String, _ text: String) throws {
        var random = SeededRandom(seed: 2_613)
        let folder = try RecipeFolder(), path = folder.path + "/" + name
        let recipe: JSON = [
            "data": ["file": .string(name)], "columns": [["name": "p", "from": ["x", "y"]], ["name": "c", "kind": "category"]],
            "target": ["name": "t"], "network": ["layers": []],
        ]
        var accepted = 0
        for _ in 0..<(Self.inputs / 10) {
            try Data(mutate(text, &random)).write(to: URL(fileURLWithPath: path))
            do {
                _ = try TableSummary(contentsOf: path, named: name)
                _ = try folder.trainer(recipe)
                accepted += 1
            } catch let error as RecipeError { #expect(!error.message.isEmpty) } catch is NetworkError {}
        }
        #expect(accepted > 0 && accepted < Self.inputs / 10)
    }
}
