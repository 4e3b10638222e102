import CLaresKernels

extension DType {
    /// The types that numbers can be written as.
    public static let writable: [DType] = [.f32, .f16, .bf16, .q8_0]

    /// Rounds numbers to a type's nearest, little-endian: the inverse of `decode`. Q8_0 as in ggml: 32 whole numbers in -127...127 by one half-precision scale.
    /// - Precondition: the type is one of `writable`, and the numbers are whole blocks.
    public func encode(_ numbers: UnsafeBufferPointer<Float>) -> [UInt8] {
        precondition(Self.writable.contains(self), "numbers are written as F32, F16, BF16 or Q8_0, not \(name)")
        guard let count = byteCount(ofElements: numbers.count) else {
            preconditionFailure("\(numbers.count) numbers are not whole blocks of \(elementsPerBlock)")
        }
        return [UInt8](unsafeUninitializedCapacity: count) { out, filled in
            let bytes = UnsafeMutableRawBufferPointer(out)
            switch self {
            case .f16: Self.store(numbers, bytes) { lares_half($0) }
            case .bf16: Self.store(numbers, bytes) { Self.brain($0) }
            case .q8_0: Self.storeBlocks(numbers, bytes)
            default: Self.store(numbers, bytes) { $0.bitPattern }
            }
            filled = count
        }
    }

    private static func store<T: FixedWidthInteger>(
        _ numbers: UnsafeBufferPointer<Float>, _ bytes: UnsafeMutableRawBufferPointer, _ bits: (Float) -> T
    ) {
        for (i, number) in numbers.enumerated() {
            bytes.storeBytes(of: bits(number).littleEndian, toByteOffset: i * MemoryLayout<T>.size, as: T.self)
        }
    }

    private static func brain(_ x: Float) -> UInt16 {
        let bits = x.bitPattern
        if x.isNaN { return UInt16(bits >> 16) | 64 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7fff &+ (bits >> 16 & 1)) >> 16)
    }

    private static func storeBlocks(_ numbers: UnsafeBufferPointer<Float>, _ bytes: UnsafeMutableRawBufferPointer) {
        for block in 0..<(numbers.count / 32) {
            let x = UnsafeBufferPointer(rebasing: numbers[(block * 32)..<(block * 32 + 32)])
            let scale = x.reduce(0) { max($0, Swift.abs($1)) } / 127, inverse = scale > 0 ? 1 / scale : 0
            bytes.storeBytes(of: lares_half(scale).littleEndian, toByteOffset: block * 34, as: UInt16.self)
            for (i, number) in x.enumerated() {
                let quant = (number * inverse).rounded()
                bytes.storeBytes(of: Int8(max(-127, min(127, quant.isNaN ? 0 : quant))), toByteOffset: block * 34 + 2 + i, as: Int8.self)
            }
        }
    }
}
