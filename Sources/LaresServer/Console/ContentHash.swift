/// A short name for content that tells versions apart (64-bit FNV-1a, RFC 9923); it protects nothing.
struct ContentHash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Takes in more bytes.
    mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }

    /// Sixteen hexadecimal digits.
    var digits: String {
        let text = String(state, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
