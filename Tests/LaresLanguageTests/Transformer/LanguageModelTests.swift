import LaresLanguage
import LaresTensor
import Testing

@Suite struct LanguageModelTests {
    @Test func whatAModelTakesIsKnownBeforeItIsLoaded() throws {
        let files = ["llama-q4_1", "llama-q6_k", "llama-f16", "gemma3", "gemma3-f16", "qwen2", "mistral"]
        try withPool { pool in
            for name in files {
                let file = try GGUFFile(contentsOf: testModel("random/\(name).gguf"))
                let needs = try LanguageModel.needs(of: file)
                let decoder = try Decoder(file, pool: pool)
                let cache = decoder.makeCache(pages: 1)
                #expect(needs.weightBytes == decoder.weightBytes, "\(name)")
                #expect(needs.pageBytes == decoder.bytesPerPage && needs.workspaceBytes == cache.workspaceBytes, "\(name)")
                #expect(needs.logitBytes == decoder.vocabularySize * 4 && needs.contextLength == decoder.configuration.contextLength)
            }
        }
    }

    @Test func aTokenizerWithMoreTokensThanTheNetworkIsRefusedWithBothNumbers() throws {
        var model = TinyModel()
        let tokens = model.tokenizer.tokens.count
        model.vocabulary = tokens - 1
        try model.withFile { path in
            let error = #expect(throws: GGUFError.self) { try LanguageModel(contentsOf: path) }
            #expect(error?.code == .outOfRange && error?.message.contains("\(tokens) tokens") == true)
            #expect(error?.message.contains("\(tokens - 1)") == true)
        }
        model.vocabulary = tokens + 5
        #expect(try model.withFile { try LanguageModel(contentsOf: $0).vocabularySize } == tokens + 5)
    }

    @Test func modelsShareAPoolUnlessGivenOne() throws {
        try TinyModel().withFile { path in
            let models = [try LanguageModel(contentsOf: path), try LanguageModel(contentsOf: path)]
            #expect(models.allSatisfy { $0.pool === ComputePool.shared })
        }
    }

    @Test func aChatTakesMemoryForNoMoreThanItIsAllowed() async throws {
        let model = try TinyModel(contextLength: 16_777_216).withFile { try LanguageModel(contentsOf: $0) }
        for try await _ in Chat(model, maxTokens: 2).respond(to: "hello") {}
        let short = Chat(model, sampling: SamplingParameters(temperature: 0), maxTokens: 100, contextLength: 4)
        await #expect(throws: LanguageModelError.self) { for try await _ in short.respond(to: "hello hello hello") {} }
        var text = ""
        for try await piece in short.respond(to: "hello") { text += piece }
        #expect(text.count <= 3)
    }
}

@Suite struct RopeTests {
    private func yarn(_ floats: [String: Float] = [:]) throws -> Rope {
        var all: [String: Float] = ["rope.scaling.factor": 4]
        for (key, value) in floats { all["rope.scaling." + key] = value }
        return try TinyModel(floats: all, strings: ["rope.scaling.type": "yarn"]).rope()
    }

    private var plain: [Float] { Rope(size: 16, base: 10000).frequencies }

    @Test func withoutExtrapolationYarnInterpolatesEveryPair() throws {
        let rope = try yarn(["yarn_ext_factor": 0])
        #expect(rope.frequencies == plain.map { $0 / 4 } && rope.magnitude == 1)
    }

    @Test func turnsMoveTheRampOfYarn() throws {
        let usual = try yarn()
        #expect(try yarn(["yarn_beta_fast": 32, "yarn_beta_slow": 1, "yarn_ext_factor": 1]) == usual)
        // Every pair turns more often than this: all stay.
        #expect(try yarn(["yarn_beta_fast": 0.002, "yarn_beta_slow": 0.001]).frequencies == plain)
        #expect(usual.frequencies != plain)
    }

    @Test func attentionFactorsOfAFileMultiply() throws {
        let usual = try yarn()
        let rope = try yarn(["yarn_attn_factor": 0.5, "attn_factor": 3])
        #expect(abs(rope.magnitude - 1.5 * usual.magnitude) < 1e-6 && rope.frequencies == usual.frequencies)
    }

    @Test func aLogMultiplierIsRefused() {
        #expect { try yarn(["yarn_log_multiplier": 0.1]) } throws: { ($0 as? GGUFError)?.code == .unsupportedModel }
    }
}
