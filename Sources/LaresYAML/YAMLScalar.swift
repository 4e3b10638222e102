internal import LaresJSON

/// What plain texts mean by the core schema of YAML 1.2.2 (section 10.3.2): null, true, false, numbers; anything else is a text.
///
/// So "on", "no" and "07:30" are texts, as people mean them; by YAML 1.1 they would be true, false and 450.
enum YAMLScalar {
    /// Longer numbers are refused, as those of JSON are.
    static let longestNumber = 1_024

    /// What a plain text is; nil: a number that JSON has no word for.
    static func value(_ text: String) -> JSON? {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        let bytes = Array(text.utf8)
        guard let first = bytes.first, isDigit(first) || "+-.".utf8.contains(first) else { return .string(text) }
        if let number = based(bytes) { return number }
        let unsigned = bytes.drop { $0 == bytes[0] && !isDigit($0) && $0 != UInt8(ascii: ".") }
        guard unsigned.count >= bytes.count - 1, !unsigned.isEmpty else { return .string(text) }
        if isSpecial(unsigned, isSigned: unsigned.count < bytes.count) { return nil }
        guard isDecimal(unsigned) else { return .string(text) }
        guard bytes.count <= longestNumber else { return nil }
        if unsigned.allSatisfy(isDigit), let whole = Int(text) { return .int(whole) }
        guard let number = Double(text), number.isFinite else { return nil }
        return .double(number)
    }

    /// "0o17" or "0x1F"; nil for anything else. `.some(nil)` for one that is too great.
    private static func based(_ bytes: [UInt8]) -> JSON?? {
        guard bytes.count > 2, bytes[0] == UInt8(ascii: "0") else { return .none }
        let digits = bytes.dropFirst(2)
        let radix: Int
        switch bytes[1] {
        case UInt8(ascii: "o") where digits.allSatisfy({ (0x30...0x37).contains($0) }): radix = 8
        case UInt8(ascii: "x") where digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }): radix = 16
        default: return .none
        }
        return .some(Int(String(decoding: digits, as: UTF8.self), radix: radix).map { .int($0) })
    }

    /// Infinities, which may have a sign, and what is no number, which may not.
    private static func isSpecial(_ bytes: ArraySlice<UInt8>, isSigned: Bool) -> Bool {
        let word = String(decoding: bytes, as: UTF8.self)
        return [".inf", ".Inf", ".INF"].contains(word) || (!isSigned && [".nan", ".NaN", ".NAN"].contains(word))
    }

    /// Digits, a point, digits, an exponent; of the digits around the point only one side may be missing.
    private static func isDecimal(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        let whole = takeDigits(&rest)
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            guard takeDigits(&rest) + whole > 0 else { return false }
        } else if whole == 0 {
            return false
        }
        guard let next = rest.first else { return true }
        guard next == UInt8(ascii: "e") || next == UInt8(ascii: "E") else { return false }
        rest.removeFirst()
        if let sign = rest.first, "+-".utf8.contains(sign) { rest.removeFirst() }
        return takeDigits(&rest) > 0 && rest.isEmpty
    }

    private static func takeDigits(_ bytes: inout ArraySlice<UInt8>) -> Int {
        let digits = bytes.prefix(while: isDigit).count
        bytes.removeFirst(digits)
        return digits
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
