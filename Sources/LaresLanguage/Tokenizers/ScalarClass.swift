/// The classes of characters that pre-tokenizers tell apart: `\p{L}`, `\p{N}`, `\s` (with line ends apart) and the rest.
enum ScalarClass: UInt8 {
    case letter, number, space, lineEnd, other

    var isSpace: Bool { self == .space || self == .lineEnd }

    /// One class for each ASCII character, so that English text never asks the Unicode tables.
    private static let ascii: [ScalarClass] = (0..<128).map { classify(Unicode.Scalar(UInt8($0))) }

    /// The class of the character at `index` of valid UTF-8, and where the next one starts.
    @inline(__always) static func at(_ index: Int, in text: [UInt8]) -> (ScalarClass, next: Int) {
        let byte = text[index]
        if byte < 0x80 { return (ascii[Int(byte)], index + 1) }
        let (scalar, next) = scalar(at: index, in: text)
        return (classify(scalar), next)
    }

    /// The character at `index` of valid UTF-8, and where the next one starts.
    @inline(__always) static func scalar(at index: Int, in text: [UInt8]) -> (Unicode.Scalar, next: Int) {
        let lead = UInt32(text[index])
        if lead < 0x80 { return (Unicode.Scalar(UInt8(lead)), index + 1) }
        let length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
        let end = min(index + length, text.count)
        var value = lead & (0x7F >> UInt32(length))
        for position in (index + 1)..<end { value = value << 6 | UInt32(text[position] & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", end)
    }

    static func classify(_ scalar: Unicode.Scalar) -> ScalarClass {
        if scalar == "\n" || scalar == "\r" { return .lineEnd }
        if scalar.properties.isWhitespace { return .space }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return .other
        }
    }
}
