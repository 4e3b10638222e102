import Foundation
import LaresLanguage
import LaresTensor
import Testing

@Suite struct GGUFTests {
    static func sample() -> GGUFBuilder {
        var builder = GGUFBuilder()
        builder.add("general.architecture", "llama")
        builder.add("llama.block_count", 2)
        builder.add("llama.rope.freq_base", 10000 as Float)
        builder.add("flag", true)
        builder.add("tokenizer.ggml.tokens", ["<s>", "a", "é", ""])
        builder.add("tokenizer.ggml.scores", [0, -1, -2.5, 3] as [Float])
        builder.add("tokenizer.ggml.token_type", [3, 1, 1, 1] as [Int32])
        builder.addTensor("a.weight", [1, 2, 3, 4, 5, 6], dimensions: [3, 2])
        builder.addTensor("b.weight", [7, 8], dimensions: [2])
        return builder
    }

    @Test(arguments: [2, 3] as [UInt32]) func readsBackWhatTheBuilderWrote(version: UInt32) throws {
        var builder = Self.sample()
        builder.version = version
        let file = try builder.file()
        #expect(file.version == Int(version))
        #expect(try file.metadata.string("general.architecture") == "llama")
        #expect(try file.metadata.int("llama.block_count") == 2)
        #expect(try file.metadata.float("llama.rope.freq_base") == 10000)
        #expect(try file.metadata.bool("flag"))
        #expect(try file.metadata.strings("tokenizer.ggml.tokens") == ["<s>", "a", "é", ""])
        #expect(try file.metadata.floats("tokenizer.ggml.scores") == [0, -1, -2.5, 3])
        #expect(try file.metadata.ints("tokenizer.ggml.token_type") == [3, 1, 1, 1])
        let tensor = try file.tensor("a.weight")
        #expect(tensor.dimensions == [3, 2] && tensor.rows == 2 && tensor.columns == 3)
        #expect(Array(tensor.bytes.bindMemory(to: Float.self)) == [1, 2, 3, 4, 5, 6])
    }

    @Test func opensAFileOnDisk() throws {
        let path = NSTemporaryDirectory() + "lares-\(UUID().uuidString).gguf"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(Self.sample().build()).write(to: URL(fileURLWithPath: path))
        let file = try GGUFFile(contentsOf: path)
        #expect(file.tensors.count == 2)
        file.dropPages()
        #expect(try file.tensor("b.weight").bytes.bindMemory(to: Float.self)[1] == 8)
    }

    @Test func aMissingFileIsAClearError() {
        #expect { try GGUFFile(contentsOf: "/nowhere/at-all.gguf") } throws: { ($0 as? GGUFError)?.code == .unreadable }
    }

    @Test func wrongTypesAndMissingKeysNameTheKey() throws {
        let metadata = try Self.sample().file().metadata
        #expect { try metadata.floats("tokenizer.ggml.token_type") } throws: {
            ($0 as? GGUFError)?.code == .wrongType && "\($0)".contains("tokenizer.ggml.token_type")
        }
        #expect { try metadata.int("flag") } throws: { ($0 as? GGUFError)?.code == .wrongType }
        #expect { try metadata.int("nothing") } throws: { ($0 as? GGUFError)?.code == .missing }
        #expect(try metadata.intIfPresent("nothing") == nil)
    }

    @Test func scoresTypedAsBytesAreRefusedWhenReadAsFloats() throws {
        var builder = GGUFBuilder()
        builder.addArray("tokenizer.ggml.scores", .uint8, 3, [1, 2, 3])
        let metadata = try builder.file().metadata
        #expect { try metadata.floats("tokenizer.ggml.scores") } throws: { ($0 as? GGUFError)?.code == .wrongType }
    }

    @Test func aFileCutAnywhereIsRefused() throws {
        let whole = Self.sample().build()
        for length in 0..<(whole.count - 24) {  // the last 24 bytes are padding
            #expect(throws: GGUFError.self, "cut at \(length)") { try GGUFFile(GGUFStorage(copying: Array(whole[..<length]))) }
        }
    }
}
