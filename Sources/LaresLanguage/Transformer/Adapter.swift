import LaresTensor
import Synchronization

/// What a fine-tuning changes of a model (LoRA; Hu et al. 2022), computed beside the model's weights: one model in memory answers with any
/// number of adapters, and in one step each sequence with its own.
///
/// Sequences with different adapters never share pages of a cache.
public final class Adapter: Sendable {
    /// The changes of one layer, of maps that meet the same rows.
    struct Layer: Sendable {
        /// Of query, key and value.
        var attention: LowRankChange?
        var output: LowRankChange?
        /// Of gate and up.
        var feedForward: LowRankChange?
        var down: LowRankChange?
    }

    let layers: [Layer]
    /// What stands before the first page of its sequences; 0 is no adapter, and a cache counts its pages from 1.
    let root: UInt64
    private static let count = Atomic<UInt64>(0)

    init(_ file: GGUFFile, of decoder: Decoder) throws {
        var reader = AdapterReader(file: try AdapterFile(file, ofFamily: decoder.configuration.family), pool: decoder.pool)
        layers = try decoder.layers.enumerated().map { try reader.layer($0, of: $1) }
        try reader.file.finish()
        root = 1 << 63 | Self.count.add(1, ordering: .relaxed).newValue
    }

    /// Whether a file says that it is an adapter. Throws `GGUFError`.
    public static func isAdapter(_ file: GGUFFile) throws -> Bool { try AdapterFile.isAdapter(file) }

    /// Throws `GGUFError` when a file is no adapter of the model in another; nothing is loaded.
    public static func check(_ file: GGUFFile, of model: GGUFFile) throws { _ = try factors(file, of: model) }

    /// The factors in a file, by the names of the model's maps that they change. Throws `GGUFError` when it is no adapter of the model.
    static func factors(_ file: GGUFFile, of model: GGUFFile) throws -> [String: AdapterFile.Factors] {
        let tensors = try DecoderTensors(model)
        var reader = try AdapterFile(file, ofFamily: tensors.configuration.family)
        var found: [String: AdapterFile.Factors] = [:]
        for (index, layer) in tensors.layers.enumerated() {
            for (name, tensor) in layer.maps {
                let map = "blk.\(index).\(name).weight"
                found[map] = try reader.factors(map, inputs: tensor.columns, outputs: tensor.rows)
            }
        }
        try reader.finish()
        return found
    }

    /// Bytes it takes.
    public var byteCount: Int {
        layers.reduce(0) { sum, layer in
            sum + [layer.attention, layer.output, layer.feedForward, layer.down].reduce(0) { $0 + ($1?.byteCount ?? 0) }
        }
    }
}

extension DecoderTensors.Layer {
    fileprivate var maps: [(name: String, tensor: GGUFTensor)] {
        [
            ("attn_q", query.weight), ("attn_k", key.weight), ("attn_v", value.weight), ("attn_output", output.weight), ("ffn_gate", gate),
            ("ffn_up", up), ("ffn_down", down.weight),
        ]
    }
}

/// Finds the factors of each layer's maps.
private struct AdapterReader {
    var file: AdapterFile
    let pool: ComputePool

    mutating func layer(_ index: Int, of layer: Decoder.Layer) throws -> Adapter.Layer {
        let prefix = "blk.\(index)."
        return Adapter.Layer(
            attention: try change(
                [
                    (prefix + "attn_q", layer.query.matrix), (prefix + "attn_k", layer.key.matrix), (prefix + "attn_v", layer.value.matrix),
                ]),
            output: try change([(prefix + "attn_output", layer.output.matrix)]),
            feedForward: try change([(prefix + "ffn_gate", layer.gate), (prefix + "ffn_up", layer.up)]),
            down: try change([(prefix + "ffn_down", layer.down.matrix)]))
    }

    private mutating func change(_ maps: [(name: String, matrix: Matrix)]) throws -> LowRankChange? {
        let factors = try maps.map { map in
            try file.factors(map.name + ".weight", inputs: map.matrix.columns, outputs: map.matrix.rows).map { factors in
                LowRankChange.Factors(
                    down: factors.a.floats, up: transposed(factors.b.floats, columns: factors.rank).map { $0 * factors.scale },
                    rank: factors.rank)
            }
        }
        guard factors.contains(where: { $0 != nil }) else { return nil }
        return try LowRankChange(factors, of: maps.map(\.matrix), pool: pool)
    }

    private func transposed(_ numbers: [Float], columns: Int) -> [Float] {
        let rows = numbers.count / columns
        return (0..<numbers.count).map { numbers[$0 % rows * columns + $0 / rows] }
    }
}

/// The rows of a pass whose sequences have the same adapter.
struct AdaptedRows {
    let adapter: Adapter
    var rows: [Range<Int>]
}

extension [AdaptedRows] {
    /// Adds rows to those of their adapter.
    mutating func append(_ rows: Range<Int>, of adapter: Adapter) {
        if let index = firstIndex(where: { $0.adapter === adapter }) {
            self[index].rows.append(rows)
        } else {
            append(AdaptedRows(adapter: adapter, rows: [rows]))
        }
    }
}
