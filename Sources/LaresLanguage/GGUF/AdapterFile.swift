import LaresTensor

/// The factors of a LoRA adapter in a GGUF file, as llama.cpp writes them: for a map `blk.3.attn_q.weight` of some inputs and outputs
/// `….lora_a`, `[rank, inputs]`, and `….lora_b`, `[outputs, rank]`.
struct AdapterFile {
    /// Of one map.
    struct Factors {
        let a, b: GGUFTensor
        let scale: Float
        var rank: Int { a.rows }
    }

    /// Most numbers between two factors.
    static let mostRank = 4096
    let alpha: Float
    private let file: GGUFFile
    private var used: Set<String> = []
    /// The largest that was found.
    private(set) var rank = 0

    static func isAdapter(_ file: GGUFFile) throws -> Bool { try file.metadata.stringIfPresent("general.type") == "adapter" }

    /// Throws `GGUFError` when the file is no LoRA adapter of a model of that family.
    init(_ file: GGUFFile, ofFamily family: String) throws {
        guard try Self.isAdapter(file), try file.metadata.string("adapter.type") == "lora" else {
            throw GGUFError(.unsupportedModel, "the file is no LoRA adapter: its 'general.type' or 'adapter.type' says otherwise")
        }
        let own = try file.metadata.string("general.architecture")
        guard own == family else {
            throw GGUFError(.unsupportedModel, "the adapter is for models of the family '\(own)'; this one is of '\(family)'")
        }
        alpha = try file.metadata.float("adapter.lora.alpha")
        guard alpha.isFinite else { throw GGUFError(.outOfRange, "'adapter.lora.alpha' is \(alpha); it must be a number") }
        self.file = file
    }

    /// The factors of a map, if it changes. Throws `GGUFError` when they don't fit it.
    mutating func factors(_ name: String, inputs: Int, outputs: Int) throws -> Factors? {
        guard let a = file.tensors[name + ".lora_a"], let b = file.tensors[name + ".lora_b"] else { return nil }
        used.formUnion([a.name, b.name])
        guard a.dimensions == [inputs, a.rows], b.dimensions == [a.rows, outputs], a.rows <= Self.mostRank else {
            throw GGUFError(
                .badDimensions, "the factors of '\(name)' are \(a.dimensions) and \(b.dimensions); the map is \(inputs) by \(outputs)")
        }
        rank = max(rank, a.rows)
        // As llama.cpp has it, no alpha is no scale.
        return Factors(a: a, b: b, scale: alpha == 0 ? 1 : alpha / Float(a.rows))
    }

    /// Throws `GGUFError` when there was nothing, or something that no map asked for.
    func finish() throws {
        guard !used.isEmpty else { throw GGUFError(.missing, "the adapter has no factors of this model's maps: nothing would change") }
        let unknown = file.tensors.keys.filter { !used.contains($0) }.sorted()
        guard let first = unknown.first else { return }
        throw GGUFError(
            .unsupportedModel, "\(unknown.count) tensors of the adapter belong to no linear map of the model, such as '\(first)'")
    }
}
