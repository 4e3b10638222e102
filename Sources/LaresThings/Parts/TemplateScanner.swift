internal import LaresJSON

/// Takes a short template apart, blank space skipped.
struct TemplateScanner {
    private let bytes: [UInt8]
    private var at = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    private mutating func skipSpace() {
        while at < bytes.count, bytes[at] == 0x20 || (0x09...0x0D).contains(bytes[at]) { at += 1 }
    }

    /// Whether only blank space is left.
    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return at == bytes.count
        }
    }

    /// Takes a symbol if it comes next.
    mutating func take(_ symbol: StaticString) -> Bool {
        skipSpace()
        let matches = symbol.withUTF8Buffer { bytes[at...].starts(with: $0) }
        if matches { at += symbol.utf8CodeUnitCount }
        return matches
    }

    /// Takes a name.
    mutating func name() -> String? {
        skipSpace()
        let start = at
        while at < bytes.count, Self.isLetter(bytes[at]) || (at > start && (0x30...0x39).contains(bytes[at])) { at += 1 }
        return at > start ? String(decoding: bytes[start..<at], as: UTF8.self) : nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    /// Takes a text in quotes without escapes, a plain number, or a word for true, false or none.
    mutating func literal() -> JSON? {
        skipSpace()
        guard at < bytes.count else { return nil }
        switch bytes[at] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return string(quote: bytes[at])
        case 0x30...0x39, UInt8(ascii: "-"): return number()
        default:
            switch name() {
            case "true", "True": return .bool(true)
            case "false", "False": return .bool(false)
            case "none", "None": return .null
            default: return nil
            }
        }
    }

    private mutating func string(quote: UInt8) -> JSON? {
        guard let end = bytes[(at + 1)...].firstIndex(of: quote) else { return nil }
        let text = bytes[(at + 1)..<end]
        guard !text.contains(UInt8(ascii: "\\")) else { return nil }
        at = end + 1
        return .string(String(decoding: text, as: UTF8.self))
    }

    private mutating func number() -> JSON? {
        let start = at
        at += 1
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) || bytes[at] == UInt8(ascii: ".") { at += 1 }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if let whole = Int(text) { return .int(whole) }
        return text.hasSuffix(".") ? nil : Double(text).map { .double($0) }
    }
}
