import Foundation
import LaresLanguage
import LaresNeural
import LaresTensor
import Testing

/// A small model with two adapters, each beside the same model with its changes merged in, as files for the time of a test.
private struct Files {
    let folder = FileManager.default.temporaryDirectory.appending(path: "lares-adapters-\(UUID().uuidString)")
    var model: String { folder.appending(path: "model.gguf").path }
    func adapter(_ number: Int) -> String { folder.appending(path: "adapter\(number).gguf").path }
    func merged(_ number: Int) -> String { folder.appending(path: "merged\(number).gguf").path }

    static func with<R>(_ type: DType = .f32, target: LowRankAdapter.Target = .all, _ body: (Files) throws -> R) throws -> R {
        let files = Files()
        defer { try? FileManager.default.removeItem(at: files.folder) }
        try FileManager.default.createDirectory(at: files.folder, withIntermediateDirectories: true)
        var random = SeededRandom(seed: 5)
        let network = CausalTransformer(
            .init(vocabulary: ByteVocabulary.count, width: 64, layers: 2, heads: 4, context: 128), using: &random)
        try network.contents(ByteVocabulary.values, as: type).write(to: files.model)
        for number in [1, 2] {
            var adapter = LowRankAdapter(network, rank: 4 * number, target: target, using: &random)
            for layer in adapter.blocks.indices { adapter.blocks[layer].fill(using: &random) }
            try adapter.contents.write(to: files.adapter(number))
            try AdaptedTransformer(network, adapter).merged.contents(ByteVocabulary.values, as: type).write(to: files.merged(number))
        }
        return try body(files)
    }
}

extension LowRankBlock {
    /// Second factors that change something.
    fileprivate mutating func fill(using random: inout SeededRandom) {
        for place in [\LowRankBlock.query, \.key, \.value, \.output, \.gate, \.up, \.down] {
            guard let shape = self[keyPath: place]?.up.shape else { continue }
            self[keyPath: place]?.up = .normal(shape, deviation: 0.05, using: &random)
        }
    }
}

/// A model that is stepped with adapters.
private struct Run {
    let model: LanguageModel
    let cache: KVCache
    var logits = LogitRows()

    init(_ path: String) throws {
        model = try LanguageModel(contentsOf: path)
        cache = model.makeCache(pages: 64)
    }

    mutating func rows(_ tokens: [Token], _ adapters: [Adapter?]) throws -> [[Float]] {
        let entries = adapters.map {
            StepEntry(sequence: cache.open(prompt: [], adapter: $0).sequence, tokens: tokens, wantsAllLogits: true)
        }
        try model.step(entries, cache: cache, into: &logits)
        for entry in entries { cache.close(entry.sequence, keep: false) }
        return (0..<logits.count).map { Array(logits[$0]) }
    }
}

private func cosine(_ a: [Float], _ b: [Float]) -> Float {
    func dot(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
}

@Suite("Adapters beside a model")
struct AdapterTests {
    private let text = Array("Every city has a river, or had one once.".utf8).map(Token.init)

    @Test("An adapter computes what its merged model does", arguments: LowRankAdapter.Target.allCases)
    func isWhatIsMerged(_ target: LowRankAdapter.Target) throws {
        try Files.with(target: target) { files in
            var run = try Run(files.model)
            let plain = try run.rows(text, [nil])
            for number in [1, 2] {
                var merged = try Run(files.merged(number))
                let expected = try merged.rows(text, [nil])
                let rows = try run.rows(text, [run.model.adapter(contentsOf: files.adapter(number))])
                for (row, other) in zip(rows, expected) { #expect(zip(row, other).allSatisfy { abs($0 - $1) < 1e-3 }) }
                #expect(cosine(rows[20], plain[20]) < 0.999)
            }
        }
    }

    @Test("So it does beside rounded weights", arguments: [DType.q8_0, .f16])
    func isNearlyWhatIsMerged(_ type: DType) throws {
        try Files.with(type) { files in
            var (run, merged) = (try Run(files.model), try Run(files.merged(2)))
            let rows = try run.rows(text, [run.model.adapter(contentsOf: files.adapter(2))])
            for (row, other) in zip(rows, try merged.rows(text, [nil])) { #expect(cosine(row, other) > 0.999) }
        }
    }

    @Test(
        "Two files make one that says what the model says with its adapter, within the rounding of the type",
        arguments: [(DType.f32, 0.99999), (.f16, 0.99999), (.q8_0, 0.999)] as [(DType, Float)])
    func mergesFiles(_ type: DType, _ least: Float) throws {
        try Files.with(type) { files in
            let contents = try GGUFContents(
                merging: GGUFFile(contentsOf: files.adapter(2)), into: GGUFFile(contentsOf: files.model), as: type)
            let path = files.folder.appending(path: "one.gguf").path
            try contents.write(to: path)
            var (run, merged) = (try Run(files.model), try Run(path))
            let rows = try run.rows(text, [run.model.adapter(contentsOf: files.adapter(2))]), plain = try run.rows(text, [nil])
            for (row, other) in zip(rows, try merged.rows(text, [nil])) { #expect(cosine(row, other) > least) }
            #expect(cosine(rows[20], plain[20]) < 0.99)
        }
    }

    @Test("A merged file keeps all else that the model has; another model's adapter is refused")
    func mergingKeepsTheRest() throws {
        try Files.with { files in
            var random = SeededRandom(seed: 8), network = try CausalTransformer(GGUFFile(contentsOf: files.model))
            var contents = network.contents(ByteVocabulary.values, as: .f16)
            contents.values["general.alignment"] = .count(32)
            contents.values["llama.rope.scaling.type"] = .string("none")
            contents.append("rope_freqs.weight", Tensor([1, 1, 1, 1, 2, 2, 4, 4]), as: .f32)
            let model = try GGUFFile(contents), adapter = try GGUFFile(contentsOf: files.adapter(1))
            let merged = try GGUFFile(GGUFContents(merging: adapter, into: model, as: .q8_0))
            #expect(Set(merged.tensors.keys) == Set(model.tensors.keys))
            #expect(merged.tensors.allSatisfy { $1.dimensions == model.tensors[$0]?.dimensions })
            let factors = try (merged.tensor("rope_freqs.weight"), model.tensor("rope_freqs.weight"))
            #expect(factors.0.bytes.elementsEqual(factors.1.bytes))
            #expect(merged.tensors["blk.1.ffn_up.weight"]?.type == .q8_0 && merged.tensors["output_norm.weight"]?.type == .f32)
            #expect(try merged.metadata.string("llama.rope.scaling.type") == "none")
            #expect(merged.metadata.all["general.alignment"] == nil)
            network = CausalTransformer(.init(vocabulary: 257, width: 96, layers: 2, heads: 4, context: 32), using: &random)
            let other = try GGUFFile(network.contents(ByteVocabulary.values))
            #expect { try GGUFContents(merging: adapter, into: other, as: .f16) } throws: { "\($0)".contains("96 by 96") }
            #expect { try GGUFContents(merging: model, into: other, as: .f16) } throws: { "\($0)".contains("no LoRA adapter") }
        }
    }

    @Test("In one step each sequence has its own, and nobody's answer depends on the others", arguments: [DType.f32, .q8_0])
    func mixes(_ type: DType) throws {
        try Files.with(type) { files in
            var run = try Run(files.model)
            let (one, two) = (try run.model.adapter(contentsOf: files.adapter(1)), try run.model.adapter(contentsOf: files.adapter(2)))
            let together = try run.rows(text, [nil, one, two, one, nil])
            let alone = try [nil, one, two, one, nil].flatMap { try run.rows(text, [$0]) }
            #expect(together == alone)
            #expect(together[text.count - 1] != together[2 * text.count - 1])
        }
    }

    @Test("Pages are shared by sequences of one adapter, and by no others; they aren't saved")
    func sharesItsOwnPages() throws {
        try Files.with { files in
            var run = try Run(files.model)
            let (one, two) = (try run.model.adapter(contentsOf: files.adapter(1)), try run.model.adapter(contentsOf: files.adapter(2)))
            for adapter in [one, nil] {
                let (sequence, cached) = run.cache.open(prompt: text, adapter: adapter)
                #expect(cached == 0)
                try run.model.step([StepEntry(sequence: sequence, tokens: text)], cache: run.cache, into: &run.logits)
                run.cache.close(sequence, keep: true)
            }
            #expect(run.cache.open(prompt: text, adapter: one).cachedTokens == 32)
            #expect(run.cache.open(prompt: text, adapter: nil).cachedTokens == 32)
            #expect(run.cache.open(prompt: text, adapter: two).cachedTokens == 0)
            let path = files.folder.appending(path: "prefixes").path
            #expect(try run.cache.savePrefixes(to: path, bytes: 1 << 30, modelDigest: [UInt8](repeating: 1, count: 32)) == 32)
        }
    }

    @Test("Files that are no adapter of the model are refused")
    func refuses() throws {
        try Files.with { files in
            let model = try LanguageModel(contentsOf: files.model)
            #expect { try model.adapter(contentsOf: files.model) } throws: { "\($0)".contains("no LoRA adapter") }
            let other = files.folder.appending(path: "other.gguf").path
            var random = SeededRandom(seed: 6)
            let wide = CausalTransformer(.init(vocabulary: 257, width: 96, layers: 2, heads: 4, context: 32), using: &random)
            try LowRankAdapter(wide, using: &random).contents.write(to: other)
            #expect { try model.adapter(contentsOf: other) } throws: { "\($0)".contains("64 by 64") }
            #expect { try Adapter.check(GGUFFile(contentsOf: other), of: GGUFFile(contentsOf: files.model)) } throws: {
                "\($0)".contains("64 by 64")
            }
            var contents = LowRankAdapter(wide, using: &random).contents
            contents.values["general.architecture"] = .string("gemma3")
            try contents.write(to: other)
            #expect { try model.adapter(contentsOf: other) } throws: { "\($0)".contains("gemma3") }
        }
    }
}
