/// Plain text: whole characters that stand for themselves in a JSON string (no quote, no backslash, no control character).
///
/// Most tokens are plain text, and most places in a string take any of it; so their masks are made in advance.
enum PlainText {
    /// How many plain characters the bytes are; nil if they are anything else.
    static func characters(_ bytes: [UInt8]) -> Int? {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var count = 0
        for scalar in text.unicodeScalars {
            if scalar.value < 0x20 || scalar == "\"" || scalar == "\\" { return nil }
            count += 1
        }
        return count
    }
}
