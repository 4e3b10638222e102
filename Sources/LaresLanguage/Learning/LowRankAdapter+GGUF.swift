import LaresNeural
import LaresTensor

extension LowRankAdapter {
    /// The file's contents as llama.cpp reads adapters: factors `lora_a`, `[rank, inputs]`, and `lora_b`, `[outputs, rank]`.
    public var contents: GGUFContents {
        var contents = GGUFContents(architecture: Family.llama.architecture)
        contents.values["general.type"] = .string("adapter")
        contents.values["adapter.type"] = .string("lora")
        contents.values["adapter.lora.alpha"] = .number(alpha)
        for (layer, block) in blocks.enumerated() {
            for (name, place) in LowRankBlock.places {
                guard let map = block[keyPath: place] else { continue }
                contents.append("blk.\(layer).\(name).weight.lora_a", map.down.transposed(), as: .f32)
                contents.append("blk.\(layer).\(name).weight.lora_b", map.up.transposed(), as: .f32)
            }
        }
        return contents
    }

    /// Reads an adapter for a network. Throws `GGUFError` when the file is no adapter, or one of another model.
    public init(_ file: GGUFFile, for network: CausalTransformer) throws {
        guard try file.metadata.stringIfPresent("general.type") == "adapter", try file.metadata.string("adapter.type") == "lora" else {
            throw GGUFError(.unsupportedModel, "the file is no LoRA adapter: its 'general.type' or 'adapter.type' says otherwise")
        }
        let alpha = try file.metadata.float("adapter.lora.alpha")
        guard alpha.isFinite else { throw GGUFError(.outOfRange, "'adapter.lora.alpha' is \(alpha); it must be a number") }
        var reader = AdapterReader(file: file, alpha: alpha)
        let blocks = try network.blocks.enumerated().map { try reader.block($0, of: $1) }
        guard let rank = reader.ranks.max() else { throw GGUFError(.missing, "the adapter has no factors: nothing would change") }
        let unknown = file.tensors.keys.filter { !reader.used.contains($0) }.sorted()
        if let first = unknown.first {
            throw GGUFError(
                .unsupportedModel, "\(unknown.count) tensors of the adapter belong to no linear map of the model, such as '\(first)'")
        }
        self.init(blocks: blocks, rank: rank, alpha: alpha)
    }
}

/// Finds the factors of each map and checks them against it.
private struct AdapterReader {
    let file: GGUFFile
    let alpha: Float
    var used: Set<String> = []
    var ranks: [Int] = []

    mutating func block(_ layer: Int, of block: CausalTransformer.Block) throws -> LowRankBlock {
        let maps = [block.query, block.key, block.value, block.output, block.gate, block.up, block.down]
        var changes = LowRankBlock()
        for ((name, place), map) in zip(LowRankBlock.places, maps) {
            changes[keyPath: place] = try change("blk.\(layer).\(name).weight", map.weight.shape)
        }
        return changes
    }

    private mutating func change(_ name: String, _ shape: Shape) throws -> LowRankMap? {
        guard let a = file.tensors[name + ".lora_a"], let b = file.tensors[name + ".lora_b"] else { return nil }
        used.formUnion([a.name, b.name])
        let rank = a.rows
        guard a.dimensions == [shape[0], rank], b.dimensions == [rank, shape[1]] else {
            throw GGUFError(
                .badDimensions, "the factors of '\(name)' are \(a.dimensions) and \(b.dimensions); the map is \(shape[0]) by \(shape[1])")
        }
        ranks.append(rank)
        return LowRankMap(down: a.matrix.transposed(), up: b.matrix.transposed(), scale: alpha / Float(rank))
    }
}
