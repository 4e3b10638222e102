import Foundation
import LaresJSON
import LaresNeural
import LaresTensor

/// A folder of its own with data files, for the time of a test.
final class RecipeFolder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("recipe-" + UUID().uuidString).path

    init(_ files: [String: String] = [:]) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (name, text) in files { try write(name, text) }
    }

    func write(_ name: String, _ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name)) }
    func has(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }

    /// Every file as it is now.
    func copy(from other: RecipeFolder) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: other.path) {
            try other.bytes(name).write(to: URL(fileURLWithPath: path + "/" + name))
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func trainer(_ recipe: JSON) throws -> Trainer {
        try Trainer(try Recipe(recipe), at: TrainingPlace(base: path, folder: path, dataDigest: "d", code: "0"))
    }

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)) }

    /// Flowers of three kinds that length and colour tell apart, some colours missing.
    static func flowers(_ count: Int, seed: UInt64 = 4) -> String {
        var random = SeededRandom(seed: seed)
        let rows = (0..<count).map { i in
            let kind = i % 3, length = 1000 + Float(kind) + 0.3 * random.normal(), width = random.normal()
            return "\(length),\(width),\(["red", "blue", "blue"][kind]),\(["rose", "iris", "\"viola, tricolor\""][kind])"
        }
        return "length,width,colour,species\n" + rows.joined(separator: "\n") + "\n"
    }

    static let flowerRecipe: JSON.Members = [
        "data": ["file": "flowers.csv"],
        "columns": [["name": "size", "from": ["length", "width"]], ["name": "colour", "kind": "category"]],
        "target": ["name": "species"],
        "split": ["validation": 0.2, "test": 0.2],
        "network": ["layers": [["layer": "linear", "outputs": 8, "activation": "sigmoid"], ["layer": "dropout", "rate": 0.1]]],
        "optimizer": ["rate": 0.02, "decay": 0.001, "clip": 5], "schedule": ["name": "cosine", "warmup": 5],
        "epochs": 30, "batch": 16, "early_stopping": ["patience": 12],
    ]
}

extension JSON.Members {
    func with(_ key: String, _ value: JSON) -> JSON {
        var members = self
        members[key] = value
        return .object(members)
    }
}

func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "no error"
    } catch { return "\(error)" }
}
