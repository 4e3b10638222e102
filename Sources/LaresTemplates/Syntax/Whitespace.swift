/// Blank space as Python's `str.strip` and `\s` see it.
enum Whitespace {
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0d, 0x1c...0x20, 0x85, 0xa0, 0x1680, 0x2000...0x200a, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000: true
        default: false
        }
    }

    /// The bytes of the blank character that starts at a place, 0 if there is none.
    static func length(at position: Int, in bytes: [UInt8]) -> Int {
        let first = bytes[position]
        guard first >= 0x80 else { return isSpace(Unicode.Scalar(first)) ? 1 : 0 }
        let length = first < 0xe0 ? 2 : 3
        guard first < 0xf0, position + length <= bytes.count else { return 0 }
        return String(decoding: bytes[position..<(position + length)], as: UTF8.self).unicodeScalars.first.map(isSpace) == true ? length : 0
    }

    /// The bytes of the blank character that ends at a place, 0 if there is none.
    static func length(before end: Int, from start: Int, in bytes: [UInt8]) -> Int {
        if bytes[end - 1] < 0x80 { return isSpace(Unicode.Scalar(bytes[end - 1])) ? 1 : 0 }
        for length in 2...3 where end - length >= start && bytes[end - length] >= 0xc0 {
            return self.length(at: end - length, in: bytes) == length ? length : 0
        }
        return 0
    }
}
