public import LaresTensor

/// One tensor of a GGUF file: a checked view into the mapping.
public struct GGUFTensor: Sendable {
    /// The name in the file, as `blk.3.ffn_up.weight`.
    public let name: String
    /// How the numbers are stored.
    public let type: DType
    /// Sizes, the contiguous one first: `[columns, rows]` for a matrix.
    public let dimensions: [Int]
    let storage: GGUFStorage
    let range: Range<Int>

    /// The stored bytes; valid as long as this value or its file is alive.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage.bytes[range]) }
    /// Number of values.
    public var count: Int { dimensions.reduce(1, *) }
    /// The size of a row.
    public var columns: Int { dimensions.first ?? 1 }
    /// How many rows there are, all outer dimensions together.
    public var rows: Int { dimensions.dropFirst().reduce(1, *) }

    /// All numbers, unpacked.
    var floats: [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, filled in
            type.decode(bytes, into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
            filled = count
        }
    }
}

/// What the header says of a tensor before its place is checked.
struct GGUFTensorHeader {
    var name: String
    var type: DType
    var dimensions: [Int]
    var offset: UInt64
    var byteCount: Int

    /// The smallest header: a length, one byte of name, a dimension count, one dimension, type and offset.
    static let smallest = 8 + 1 + 4 + 8 + 4 + 8

    init(from reader: inout GGUFReader) throws {
        name = try reader.name("a tensor name", limit: 255)
        let rank = try reader.integer(UInt32.self, "the dimensions of '\(name)'")
        guard (1...4).contains(rank) else {
            throw GGUFError(.badDimensions, "tensor '\(name)' has \(rank) dimensions; 1 to 4 are possible")
        }
        dimensions = []
        var product = 1
        for _ in 0..<rank {
            let size = try reader.integer(UInt64.self, "the dimensions of '\(name)'")
            guard let size = Int(exactly: size), size > 0 else {
                throw GGUFError(.badDimensions, "tensor '\(name)' has a dimension of \(size); it must be 1 or more and fit 63 bits")
            }
            let (next, overflow) = product.multipliedReportingOverflow(by: size)
            guard !overflow else { throw GGUFError(.badDimensions, "the dimensions of tensor '\(name)' multiply past 63 bits") }
            product = next
            dimensions.append(size)
        }
        let raw = try reader.integer(UInt32.self, "the type of '\(name)'")
        guard let type = DType(rawValue: raw) else {
            throw GGUFError(
                .unknownType,
                "tensor '\(name)' has type \(raw); F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0 and Q2_K to Q6_K can be read: choose such a file"
            )
        }
        guard dimensions[0].isMultiple(of: type.elementsPerBlock), let count = type.byteCount(ofElements: product) else {
            throw GGUFError(
                .badDimensions,
                "tensor '\(name)': rows of \(dimensions[0]) \(type.name) values are not whole blocks of \(type.elementsPerBlock)"
            )
        }
        self.type = type
        byteCount = count
        offset = try reader.integer(UInt64.self, "the offset of '\(name)'")
    }
}
