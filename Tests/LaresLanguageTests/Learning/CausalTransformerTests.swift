import Foundation
import LaresLanguage
import LaresNeural
import LaresTensor
import Testing

private func place(_ name: String) -> String {
    FileManager.default.temporaryDirectory.appending(path: "lares-learning-\(UUID().uuidString)-\(name)").path
}

private func network(seed: UInt64 = 1, layers: Int = 2) -> CausalTransformer {
    var random = SeededRandom(seed: seed)
    return CausalTransformer(.init(vocabulary: ByteVocabulary.count, width: 64, layers: layers, heads: 4, context: 32), using: &random)
}

private func largest(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map { abs($0 - $1) }.max() ?? .infinity }

@Suite("Decoders that learn")
struct CausalTransformerTests {
    private let text = Array("In the beginning was the word".utf8).map(Int32.init)

    @Test("What is written computes what was learnt")
    func isWhatServes() throws {
        let model = network(), path = place("model.gguf")
        defer { unlink(path) }
        try model.contents(ByteVocabulary.values, as: .f32).write(to: path)
        let file = try GGUFFile(contentsOf: path)
        var reference = ReferenceDecoder(try DecoderTensors(file))
        let rows = reference.forward(text)
        let logits = model(Indices(text, [1, text.count])).array
        #expect(rows.count == text.count)
        #expect(largest(Array(rows.joined()), logits) < 1e-4)
        let again = try CausalTransformer(file)
        #expect(largest(again(Indices(text, [1, text.count])).array, logits) < 1e-4)
    }

    @Test("The engine serves it, with its own tokens", arguments: [DType.f16, .q8_0])
    func isServed(_ type: DType) throws {
        let model = network(), path = place("model.gguf")
        defer { unlink(path) }
        try model.contents(ByteVocabulary.values, as: type).write(to: path)
        let served = try LanguageModel(contentsOf: path)
        let mixed = "日本 naïve\n\u{0} 🙂"
        let tokens = served.tokenizer.encode(mixed, addSpecial: true, parseSpecial: false)
        #expect(tokens == Array(mixed.utf8).map(Token.init))
        #expect(served.vocabularySize == 257 && served.contextLength == 32)
        let cache = served.makeCache(pages: 4)
        let (sequence, _) = cache.open(prompt: text)
        var logits = LogitRows()
        try served.step([StepEntry(sequence: sequence, tokens: text)], cache: cache, into: &logits)
        let expected = model(Indices(text, [1, text.count])).array.suffix(257)
        #expect(largest(Array(logits[0]), Array(expected)) < 0.05)
    }

    @Test("Nothing later changes what comes before")
    func isCausal() {
        let model = network()
        let whole = model(Indices(text, [1, text.count])).array
        let part = model(Indices(Array(text[..<7]), [1, 7])).array
        #expect(largest(part, Array(whole[..<part.count])) < 1e-5)
    }

    @Test("It learns a text by heart")
    func learns() {
        var model = network(layers: 1), optimizer = AdamW(learningRate: 3e-3)
        let batch = TextWindows(text, of: 24).batch([0, 2, 4])
        var losses: [Float] = []
        for _ in 0..<120 {
            let (loss, gradient) = valueAndGradient(at: model) { crossEntropy($0(batch.inputs), batch.labels) }
            optimizer.update(&model, along: gradient.clipped(toNorm: 1))
            losses.append(loss)
        }
        #expect(losses[0] > 5 && losses[0] < 6)
        #expect(losses[119] < 0.1)
    }

    @Test("A training that was ended goes on to the same bits; a checkpoint of another one, or a part of one, is refused")
    func goesOn() throws {
        let path = place("checkpoint"), windows = TextWindows(text, of: 24)
        defer { unlink(path) }
        var training = LanguageTraining(steps: 40, batch: 2, learningRate: 3e-3)
        var whole = network(layers: 1)
        try training.run(&whole, on: windows) { _ in true }
        training.checkpoint = path
        for end in [7, 26, 40] {
            // What was in memory is lost each time.
            var model = network(layers: 1)
            var first: Int?
            try training.run(&model, on: windows) { progress in
                first = first ?? progress.step
                return progress.step < end
            }
            #expect(first == [7: 1, 26: 8, 40: 27][end])
            if end == 40 { #expect(model.parameters.map(\.value) == whole.parameters.map(\.value)) }
        }
        var model = network(layers: 1)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        try bytes.prefix(bytes.count / 2).write(to: URL(fileURLWithPath: path))
        #expect { try training.run(&model, on: windows) { _ in true } } throws: { "\($0)".contains("cut short") }
        try bytes.write(to: URL(fileURLWithPath: path))
        training.seed = 2
        #expect { try training.run(&model, on: windows) { _ in true } } throws: { "\($0)".contains("other settings") }
        training.seed = 1
        let other = TextWindows(text.reversed(), of: 24)
        #expect(throws: CheckpointError.self) { try training.run(&model, on: other) { _ in true } }
    }

    @Test("A gradient that isn't finite ends a training, though its loss is: nothing has changed, and nothing is written")
    func diverges() throws {
        // The root of nothing is nothing, its slope infinite.
        struct Cliff: NextTokenModel {
            var slope = Tensor.zeros([256])
            mutating func visit(_ visitor: inout some ParameterVisitor) { visitor.visit("slope", &slope) }
            func callAsFunction(_ tokens: Indices) -> Tensor { Tensor.zeros([tokens.shape[0], tokens.shape[1], 256]) + sqrt(slope) }
        }
        var model = Cliff(), training = LanguageTraining(steps: 4, batch: 2)
        training.checkpoint = place("checkpoint")
        let error = #expect(throws: TrainingDiverged.self) {
            try training.run(&model, on: TextWindows(text, of: 8)) { _ in true }
        }
        #expect(error?.place == "step 1")
        #expect(model.slope == Tensor.zeros([256]))
        #expect(!FileManager.default.fileExists(atPath: training.checkpoint ?? ""))
    }

    @Test("Families and files that can't learn are refused by name")
    func refuses() throws {
        let path = place("model.gguf")
        defer { unlink(path) }
        var contents = network().contents(ByteVocabulary.values, as: .f32)
        contents.values["general.architecture"] = .string("mamba")
        try contents.write(to: path)
        let file = try GGUFFile(contentsOf: path)
        #expect { try CausalTransformer(file) } throws: { "\($0)".contains("mamba") }
    }

    @Test("Families that are served but don't learn are told so, and models with biases", arguments: ["qwen2", "qwen3", "gemma3", "llama"])
    func refusesToLearn(_ family: String) throws {
        var contents = network().contents(ByteVocabulary.values, as: .f32)
        contents.values = Dictionary(
            contents.values.map { ($0.hasPrefix("llama.") ? family + $0.dropFirst(5) : $0, $1) }, uniquingKeysWith: { $1 })
        contents.values["general.architecture"] = .string(family)
        contents.append("blk.1.attn_q.bias", .zeros([64]), as: .f32)
        let file = try GGUFFile(contents), said = family == "llama" ? "with biases" : "family '\(family)'"
        let ways: [() throws -> Void] = [{ try CausalTransformer.check(file) }, { _ = try CausalTransformer(file) }]
        for refused in ways {
            let error = #expect(throws: GGUFError.self, performing: refused)
            #expect(error?.code == .unsupportedModel && error?.message.contains(said) == true)
            #expect(error?.message.contains("can be served but not trained") == true)
        }
    }
}

@Suite("Adapters of low rank")
struct LowRankAdapterTests {
    private let text = Array("the quick brown fox jumps over".utf8).map(Int32.init)

    private func tuned(_ target: LowRankAdapter.Target, steps: Int) -> AdaptedTransformer {
        var random = SeededRandom(seed: 3)
        let base = network()
        var model = AdaptedTransformer(base, LowRankAdapter(base, rank: 4, target: target, using: &random))
        var optimizer = AdamW(learningRate: 1e-2)
        let batch = TextWindows(text, of: 24).batch([0, 3])
        for _ in 0..<steps {
            let gradient = valueAndGradient(at: model) { crossEntropy($0(batch.inputs), batch.labels) }.gradient
            optimizer.update(&model, along: gradient.clipped(toNorm: 1))
        }
        return model
    }

    @Test("A new adapter changes nothing, and only its own numbers learn")
    func startsAtNothing() {
        let model = tuned(.all, steps: 0), tokens = Indices(text, [1, text.count])
        #expect(model(tokens) == model.network(tokens))
        #expect(model.parameterCount == 2 * 4 * (4 * (64 + 64) + 3 * (64 + 192)))
        #expect(model.parameters.allSatisfy { $0.name.hasSuffix(".down") || $0.name.hasSuffix(".up") })
    }

    @Test("It learns, and merged weights say the same", arguments: LowRankAdapter.Target.allCases)
    func learnsAndMerges(_ target: LowRankAdapter.Target) {
        let model = tuned(target, steps: 100), tokens = Indices(text, [1, text.count])
        let labels = Indices(Array(text.dropFirst()) + [-1], [1, text.count])
        let (before, after) = (crossEntropy(model.network(tokens), labels).scalar, crossEntropy(model(tokens), labels).scalar)
        #expect(after < before - 0.5)
        #expect(largest(model.merged(tokens).array, model(tokens).array) < 1e-3)
    }

    @Test("Written and read again it is the same; another model's is refused")
    func roundTrip() throws {
        let model = tuned(.all, steps: 5), path = place("adapter.gguf")
        defer { unlink(path) }
        try model.adapter.contents.write(to: path)
        let file = try GGUFFile(contentsOf: path)
        let again = AdaptedTransformer(model.network, try LowRankAdapter(file, for: model.network))
        #expect(again(Indices(text, [1, text.count])) == model(Indices(text, [1, text.count])))
        #expect { try LowRankAdapter(file, for: network(layers: 1)) } throws: { "\($0)".contains("blk.1") }
    }
}
