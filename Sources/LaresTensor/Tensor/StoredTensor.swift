import CLaresKernels

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
        precondition(type == .f32 || type == .f16 || type == .bf16, "tensors are stored as F32, F16 or BF16, not \(type.name)")
        self.type = type
        shape = tensor.shape
        bytes = tensor.withFloats { floats in
            switch type {
            case .f16: StoredTensor.bytes(floats) { lares_half($0).littleEndian }
            case .bf16: StoredTensor.bytes(floats) { StoredTensor.brain($0).littleEndian }
            default: StoredTensor.bytes(floats) { $0.bitPattern.littleEndian }
            }
        }
    }

    /// The numbers in 32 bits.
    public var tensor: Tensor {
        Tensor(shape) { out in
            bytes.withUnsafeBytes { type.decode($0, into: UnsafeMutableBufferPointer(start: out, count: shape.elementCount)) }
        }
    }

    private static func bytes<T: FixedWidthInteger>(_ floats: UnsafeBufferPointer<Float>, _ bits: (Float) -> T) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: floats.count * MemoryLayout<T>.size) { out, count in
            for (i, float) in floats.enumerated() {
                UnsafeMutableRawBufferPointer(out).storeBytes(of: bits(float), toByteOffset: i * MemoryLayout<T>.size, as: T.self)
            }
            count = out.count
        }
    }

    private static func brain(_ x: Float) -> UInt16 {
        let bits = x.bitPattern
        if x.isNaN { return UInt16(bits >> 16) | 64 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16)
    }
}
