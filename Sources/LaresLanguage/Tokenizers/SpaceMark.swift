/// The sign ▁ (U+2581) that SentencePiece vocabularies have in place of a space.
enum SpaceMark {
    static let bytes: [UInt8] = [0xE2, 0x96, 0x81]

    /// Appends the text with every space as ▁, and one more in front if asked for.
    static func escape(_ text: [UInt8], _ range: Range<Int>, prefix: Bool, into result: inout [UInt8]) {
        if prefix { result += bytes }
        for index in range {
            if text[index] == 0x20 { result += bytes } else { result.append(text[index]) }
        }
    }

    /// The piece with every ▁ as a space.
    static func unescape(_ piece: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(piece.count)
        var index = piece.startIndex
        while index < piece.endIndex {
            if piece[index] == 0xE2, piece[index...].starts(with: bytes) {
                result.append(0x20)
                index += 3
            } else {
                result.append(piece[index])
                index += 1
            }
        }
        return result
    }
}

/// Tokens written `<0x00>` to `<0xFF>` that stand for single bytes.
enum ByteToken {
    private static let digits = Array("0123456789ABCDEF".utf8)

    static func piece(_ byte: UInt8) -> [UInt8] {
        Array("<0x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)], UInt8(ascii: ">")]
    }

    /// The byte of a piece, or nil when it is not one of those 256.
    static func value(_ piece: ArraySlice<UInt8>) -> UInt8? {
        guard piece.count == 6, piece.starts(with: "<0x".utf8), piece.last == UInt8(ascii: ">") else { return nil }
        let start = piece.startIndex
        guard let high = digit(piece[start + 3]), let low = digit(piece[start + 4]) else { return nil }
        return high << 4 | low
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
