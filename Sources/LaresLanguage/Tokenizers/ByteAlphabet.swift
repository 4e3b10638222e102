/// The printable characters that stand for bytes in byte-level vocabularies (GPT-2, Radford et al. 2019).
///
/// Printable Latin-1 stands for itself; the other 68 bytes are U+0100, U+0101 … in order.
enum ByteAlphabet {
    /// The UTF-8 of the character of each byte.
    static let pieces: [[UInt8]] = scalars.map { Array(String($0).utf8) }

    private static let scalars: [Unicode.Scalar] = {
        var next: UInt8 = 0
        return (0...255).map { (byte: UInt8) in
            switch byte {
            case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: return Unicode.Scalar(byte)
            default:
                defer { next += 1 }
                // U+0100 … U+0143 are all scalars.
                return Unicode.Scalar(UInt16(0x100) + UInt16(next)) ?? Unicode.Scalar(byte)
            }
        }
    }()

    /// The byte of each scalar below U+0144, or -1.
    private static let byteOfScalar: [Int16] = {
        var table = [Int16](repeating: -1, count: 0x144)
        for (byte, scalar) in scalars.enumerated() { table[Int(scalar.value)] = Int16(byte) }
        return table
    }()

    /// The bytes a piece stands for, or nil when it has a character outside the alphabet.
    static func decode(_ piece: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        result.reserveCapacity(piece.count)
        for scalar in String(decoding: piece, as: UTF8.self).unicodeScalars {
            guard scalar.value < 0x144, byteOfScalar[Int(scalar.value)] >= 0 else { return nil }
            result.append(UInt8(truncatingIfNeeded: byteOfScalar[Int(scalar.value)]))
        }
        return result
    }

    /// The piece that stands for these bytes.
    static func encode(_ text: [UInt8], _ range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count + 8)
        for index in range { result += pieces[Int(text[index])] }
        return result
    }
}
