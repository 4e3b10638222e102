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
        var reader = try AdapterFile(file, ofFamily: Family.llama.architecture)
        let blocks = try network.blocks.enumerated().map { layer, block in
            let maps = [block.query, block.key, block.value, block.output, block.gate, block.up, block.down]
            var changes = LowRankBlock()
            for ((name, place), map) in zip(LowRankBlock.places, maps) {
                let factors = try reader.factors("blk.\(layer).\(name).weight", inputs: map.weight.shape[0], outputs: map.weight.shape[1])
                changes[keyPath: place] = factors.map {
                    LowRankMap(down: $0.a.matrix.transposed(), up: $0.b.matrix.transposed(), scale: $0.scale)
                }
            }
            return changes
        }
        try reader.finish()
        self.init(blocks: blocks, rank: reader.rank, alpha: reader.alpha)
    }
}
