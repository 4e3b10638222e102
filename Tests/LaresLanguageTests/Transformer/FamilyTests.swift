import LaresLanguage
import LaresTensor
import Testing

/// Files that are right as GGUF and wrong as models.
@Suite struct FamilyTests {
    /// A small whole model: one layer, width 64, two heads of 32.
    static func sample(_ family: String = "llama", without missing: Set<String> = [], change: (inout GGUFBuilder) -> Void = { _ in })
        -> GGUFBuilder
    {
        var builder = GGUFBuilder()
        builder.add("general.architecture", family)
        let sizes = [
            "block_count": 1, "context_length": 64, "embedding_length": 64, "feed_forward_length": 96, "attention.head_count": 2,
        ]
        for (key, value) in sizes.sorted(by: { $0.key < $1.key }) where !missing.contains(key) { builder.add("\(family).\(key)", value) }
        if !missing.contains("epsilon") { builder.add("\(family).attention.layer_norm_rms_epsilon", 1e-5 as Float) }
        let shapes: [(String, [Int])] = [
            ("token_embd.weight", [64, 32]), ("output_norm.weight", [64]), ("blk.0.attn_norm.weight", [64]),
            ("blk.0.ffn_norm.weight", [64]),
            ("blk.0.attn_q.weight", [64, 64]), ("blk.0.attn_k.weight", [64, 64]), ("blk.0.attn_v.weight", [64, 64]),
            ("blk.0.attn_output.weight", [64, 64]), ("blk.0.ffn_gate.weight", [64, 96]), ("blk.0.ffn_up.weight", [64, 96]),
            ("blk.0.ffn_down.weight", [96, 64]),
        ]
        for (name, shape) in shapes where !missing.contains(name) {
            builder.addTensor(name, (0..<shape.reduce(1, *)).map { Float($0 % 7) / 7 - 0.4 }, dimensions: shape)
        }
        change(&builder)
        return builder
    }

    private func refuses(_ code: GGUFError.Code, _ builder: GGUFBuilder, _ word: String, at location: SourceLocation = #_sourceLocation) {
        #expect(sourceLocation: location) { try DecoderTensors(builder.file()) } throws: { error in
            (error as? GGUFError)?.code == code && "\(error)".contains(word)
        }
    }

    @Test func aWholeModelIsReadAndComputes() throws {
        let tensors = try DecoderTensors(Self.sample().file())
        #expect(tensors.configuration.headSize == 32 && tensors.isTied && tensors.vocabularySize == 32)
        var reference = ReferenceDecoder(tensors)
        let logits = reference.forward([1, 2])[1]
        #expect(logits.count == 32 && logits.allSatisfy { $0.isFinite })
    }

    @Test(arguments: [
        ("block_count", 513), ("block_count", 0), ("embedding_length", 0), ("feed_forward_length", 1 << 30), ("attention.head_count", 0),
        ("attention.head_count_kv", 0), ("context_length", 0), ("attention.key_length", 5000), ("rope.dimension_count", 1),
    ])
    func sizesOutOfRangeAreRefused(_ key: String, _ value: Int) {
        refuses(.outOfRange, Self.sample(without: [key]) { $0.add("llama.\(key)", value) }, key)
    }

    @Test func partsThatDoNotFitAreRefused() {
        refuses(.unsupportedModel, Self.sample { $0.add("llama.attention.head_count_kv", 3) }, "3 key-value heads")
        refuses(.unsupportedModel, Self.sample { $0.add("llama.expert_count", 8) }, "experts")
        refuses(.unsupportedModel, Self.sample { $0.add("llama.attention.value_length", 64) }, "value heads")
        refuses(.unsupportedModel, Self.sample("falcon"), "falcon")
        refuses(.unsupportedModel, Self.sample { $0.addTensor("blk.0.extra.weight", [1], dimensions: [1]) }, "blk.0.extra.weight")
        refuses(.missing, Self.sample(without: ["blk.0.ffn_up.weight"]), "blk.0.ffn_up.weight")
        refuses(.missing, Self.sample(without: ["epsilon"]), "epsilon")
        refuses(
            .badDimensions,
            Self.sample(without: ["blk.0.attn_k.weight"]) {
                $0.addTensor("blk.0.attn_k.weight", [Float](repeating: 0, count: 64 * 32), dimensions: [64, 32])
            }, "attn_k")
        refuses(.badDimensions, Self.sample { $0.addTensor("rope_freqs.weight", [1, 2], dimensions: [2]) }, "rope_freqs")
        refuses(
            .badDimensions, Self.sample { $0.addTensor("rope_freqs.weight", [Float](repeating: 0, count: 16), dimensions: [16]) },
            "rope_freqs")
    }

    @Test func ropeScalingThatIsNotKnownIsRefused() {
        let builder = Self.sample {
            $0.add("llama.rope.scaling.type", "sideways")
            $0.add("llama.rope.scaling.factor", 4 as Float)
        }
        refuses(.unsupportedModel, builder, "sideways")
    }

    @Test func windowsFollowThePatternOfTheFamily() throws {
        let file = try GGUFFile(contentsOf: testModel("gemma3.gguf"))
        let shape = try DecoderTensors(file).configuration
        let windows = (0..<shape.layers).map { shape.window(ofLayer: $0) }
        #expect(windows == (0..<18).map { $0 % 6 == 5 ? nil : 512 })
        #expect(shape.rope(ofLayer: 0) != shape.rope(ofLayer: 5) && shape.rope(ofLayer: 0).frequencies.count == 128)
        #expect(shape.embeddingScale == Float(640).squareRoot())
    }
}
