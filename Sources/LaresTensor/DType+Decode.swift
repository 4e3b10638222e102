extension DType {
    /// Decodes whole blocks to floats: the plain reference every fast kernel is compared with.
    ///
    /// Formats as in ggml (GGUF specification, "tensor types"); bytes are little-endian.
    /// - Precondition: `bytes` holds exactly the blocks of `output.count` elements.
    public func decode(_ bytes: UnsafeRawBufferPointer, into output: UnsafeMutableBufferPointer<Float>) {
        precondition(
            byteCount(ofElements: output.count) == bytes.count, "\(name): \(bytes.count) bytes don't hold \(output.count) elements")
        let size = elementsPerBlock
        for block in 0..<(output.count / size) {
            let source = Block(bytes: UnsafeRawBufferPointer(rebasing: bytes[(block * bytesPerBlock)..<((block + 1) * bytesPerBlock)]))
            let target = UnsafeMutableBufferPointer(rebasing: output[(block * size)..<((block + 1) * size)])
            decodeBlock(source, into: target)
        }
    }

    private func decodeBlock(_ b: Block, into y: UnsafeMutableBufferPointer<Float>) {
        switch self {
        case .f32: y[0] = Float(bitPattern: b.word(0))
        case .f16: y[0] = b.half(0)
        case .bf16: y[0] = Float(bitPattern: UInt32(b.short(0)) << 16)
        case .q4_0: for i in 0..<32 { y[i] = Float(Int(b.nibble(2, i)) - 8) * b.half(0) }
        case .q4_1: for i in 0..<32 { y[i] = Float(b.nibble(4, i)) * b.half(0) + b.half(2) }
        case .q5_0: for i in 0..<32 { y[i] = Float(Int(b.nibble(6, i) + 16 * b.bit(2, i)) - 16) * b.half(0) }
        case .q5_1: for i in 0..<32 { y[i] = Float(b.nibble(8, i) + 16 * b.bit(4, i)) * b.half(0) + b.half(2) }
        case .q8_0: for i in 0..<32 { y[i] = Float(Int8(bitPattern: b.bytes[2 + i])) * b.half(0) }
        case .q2_K: for i in 0..<256 { y[i] = b.q2K(i) }
        case .q3_K: for i in 0..<256 { y[i] = b.q3K(i) }
        case .q4_K: for i in 0..<256 { y[i] = b.q4K(i) }
        case .q5_K: for i in 0..<256 { y[i] = b.q5K(i) }
        case .q6_K: for i in 0..<256 { y[i] = b.q6K(i) }
        }
    }
}

/// One stored block, read field by field.
private struct Block {
    let bytes: UnsafeRawBufferPointer

    func short(_ at: Int) -> UInt16 { UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt16.self)) }
    func word(_ at: Int) -> UInt32 { UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)) }
    func half(_ at: Int) -> Float { Float(halfBits: short(at)) }

    /// Quant `i` of 32 in 16 bytes at `at`: low nibbles first, then high ones.
    func nibble(_ at: Int, _ i: Int) -> UInt8 { (bytes[at + i % 16] >> (i < 16 ? 0 : 4)) & 15 }
    func bit(_ at: Int, _ i: Int) -> UInt8 { (bytes[at + i / 8] >> UInt8(i % 8)) & 1 }

    func q2K(_ i: Int) -> Float {
        let quant = (bytes[16 + 32 * (i / 128) + i % 32] >> UInt8(2 * (i % 128 / 32))) & 3
        let scale = bytes[i / 16]
        return half(80) * Float(scale & 15) * Float(quant) - half(82) * Float(scale >> 4)
    }

    func q3K(_ i: Int) -> Float {
        let low = (bytes[32 + 32 * (i / 128) + i % 32] >> UInt8(2 * (i % 128 / 32))) & 3
        let high = (bytes[i % 32] >> UInt8(i / 32)) & 1
        let s = i / 16
        let four = s < 8 ? bytes[96 + s] & 15 : bytes[96 + s - 8] >> 4
        let two = (bytes[104 + s % 4] >> UInt8(2 * (s / 4))) & 3
        return half(108) * Float(Int(four | two << 4) - 32) * Float(Int(low + 4 * high) - 4)
    }

    /// Six-bit scale and minimum of sub-block `j` of 8, packed in 12 bytes at 4.
    private func scaleK4(_ j: Int) -> (scale: Float, minimum: Float) {
        func at(_ i: Int) -> UInt8 { bytes[4 + i] }
        if j < 4 { return (Float(at(j) & 63), Float(at(j + 4) & 63)) }
        return (Float((at(j + 4) & 15) | (at(j - 4) >> 6) << 4), Float((at(j + 4) >> 4) | (at(j) >> 6) << 4))
    }

    func q4K(_ i: Int) -> Float {
        let quant = (bytes[16 + 32 * (i / 64) + i % 32] >> UInt8(4 * (i / 32 % 2))) & 15
        let (scale, minimum) = scaleK4(i / 32)
        return half(0) * scale * Float(quant) - half(2) * minimum
    }

    func q5K(_ i: Int) -> Float {
        let low = (bytes[48 + 32 * (i / 64) + i % 32] >> UInt8(4 * (i / 32 % 2))) & 15
        let high = (bytes[16 + i % 32] >> UInt8(i / 32)) & 1
        let (scale, minimum) = scaleK4(i / 32)
        return half(0) * scale * Float(low + 16 * high) - half(2) * minimum
    }

    func q6K(_ i: Int) -> Float {
        let part = i % 128 / 32
        let low = (bytes[64 * (i / 128) + 32 * (part % 2) + i % 32] >> UInt8(4 * (part / 2))) & 15
        let high = (bytes[128 + 32 * (i / 128) + i % 32] >> UInt8(2 * part)) & 3
        let scale = Int8(bitPattern: bytes[192 + i / 16])
        return half(208) * Float(scale) * Float(Int(low | high << 4) - 32)
    }
}

extension Float {
    /// The value of IEEE half-precision bits.
    package init(halfBits h: UInt16) {
        let sign = UInt32(h & 0x8000) << 16
        let exponent = UInt32(h >> 10) & 31
        let fraction = UInt32(h & 0x3ff)
        switch exponent {
        case 31: self.init(bitPattern: sign | 0x7f80_0000 | fraction << 13)
        case 0: self.init(bitPattern: sign | (Float(fraction) * 0x1p-24).bitPattern)
        default: self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
