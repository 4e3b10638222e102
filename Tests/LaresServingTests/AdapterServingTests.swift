import Foundation
import LaresLanguage
import LaresNeural
import LaresServing
import LaresStore
import LaresTensor
import Testing

/// Writes an adapter of SmolLM2 that changes what it says.
private func writeAdapter(to path: String, seed: UInt64) throws {
    let network = try CausalTransformer(GGUFFile(contentsOf: testModels() + "/smollm2.gguf"))
    var random = LaresTensor.SeededRandom(seed: seed)
    var adapter = LowRankAdapter(network, rank: 4, target: .queryAndValue, using: &random)
    for layer in adapter.blocks.indices {
        adapter.blocks[layer].query?.up = .normal([4, 576], deviation: 0.2, using: &random)
        adapter.blocks[layer].value?.up = .normal([4, 192], deviation: 0.2, using: &random)
    }
    try adapter.contents.write(to: path)
}

@Suite("Adapters served beside their model", .serialized)
struct AdapterServingTests {
    @Test("Requests name the adapter, its model answers, and both at once") func answers() async throws {
        try await withServing(of: ["smollm2": "smollm2.gguf"], ServingSettings(cacheTokens: 4096)) { serving, store, home in
            let path = home.path + "/adapter.gguf"
            try writeAdapter(to: path, seed: 1)
            await #expect { try await store.importModel(at: path, name: "style") } throws: { "\($0)".contains("--base") }
            let stored = try await store.importModel(at: path, name: "style", base: "smollm2")
            #expect(stored.base == "smollm2" && stored.kind == .language)
            let plain = try await answer(serving, ask("Name three rivers."))
            let styled = try await answer(serving, ask("Name three rivers.") { $0.model = "style" })
            #expect(styled.text != plain.text && styled.cached == 0)
            async let one = answer(serving, ask("Name three rivers."))
            async let two = answer(serving, ask("Name three rivers.") { $0.model = "style" })
            #expect(try await [one.text, two.text] == [plain.text, styled.text])
            #expect(try await two.cached > 0)
            let status = await serving.status()
            #expect(status.models.map(\.name) == ["smollm2"])
            #expect(try await serving.model("style").state == .serving)
            try await serving.unload("style")
            #expect(try await serving.model("style").state == .stored)
            #expect(try await serving.model("smollm2").state == .serving)
        }
    }

    @Test("A model that adapters change stays as long as they do") func keepsTheBase() async throws {
        try await withServing(of: ["smollm2": "smollm2.gguf"], ServingSettings(cacheTokens: 4096)) { serving, store, home in
            let path = home.path + "/adapter.gguf"
            try writeAdapter(to: path, seed: 2)
            await #expect { try await store.importModel(at: path, name: "style", base: "nobody") } throws: { "\($0)".contains("nobody") }
            try await store.importModel(at: path, name: "style", base: "smollm2")
            await #expect { try await store.importModel(at: path, name: "twice", base: "style") } throws: {
                "\($0)".contains("one at a time")
            }
            #expect { try store.remove("smollm2") } throws: { "\($0)".contains("style") }
            try store.remove("style")
            try store.remove("smollm2")
            #expect(try store.list().isEmpty)
        }
    }
}
