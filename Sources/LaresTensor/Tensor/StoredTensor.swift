/// A tensor as it is stored: floats of 32 or 16 bits. Computing is done in 32 bits; half the memory, for what is kept or sent.
public struct StoredTensor: Sendable, Hashable {
    /// `.f32`, `.f16` or `.bf16`.
    public let type: DType
    /// Sizes of the axes, outermost first.
    public let shape: Shape
    /// Little-endian, row-major.
    public let bytes: [UInt8]

    /// Rounds to the nearest number the type has, ties to even. Quantised types trap.
    public init(_ tensor: Tensor, as type: DType) {
        demand(type == .f32 || type == .f16 || type == .bf16, "tensors are stored as F32, F16 or BF16, not \(type.name)")
        self.type = type
        shape = tensor.shape
        bytes = tensor.withFloats { type.encode($0) }
    }

    /// The numbers in 32 bits.
    public var tensor: Tensor {
        Tensor(shape) { out in
            bytes.withUnsafeBytes { type.decode($0, into: UnsafeMutableBufferPointer(start: out, count: shape.elementCount)) }
        }
    }
}
