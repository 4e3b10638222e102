#if canImport(Glibc)
    import Glibc
#else
    import Foundation
#endif

extension Lexer {
    // MARK: Numbers

    mutating func readNumber() throws -> Token.Kind {
        if byte(position) == UInt8(ascii: "0"), let radix = [0x78: 16, 0x6f: 8, 0x62: 2][Int(byte(position + 1) | 0x20)] {
            let digits = readDigits(from: position + 2, radix: radix)
            if !digits.text.isEmpty { return .int(try whole(digits.text, radix: radix, end: digits.end)) }
        }
        let start = position
        let integer = readDigits(from: position, radix: 10)
        var end = integer.end
        var number = integer.text
        let followsDot = start > 0 && source[start - 1] == UInt8(ascii: ".")
        if !followsDot, byte(end) == UInt8(ascii: "."), isDigit(byte(end + 1)) {
            let fraction = readDigits(from: end + 1, radix: 10)
            number += "." + fraction.text
            end = fraction.end
        }
        if !followsDot, let exponent = readExponent(from: end) {
            number += "e" + exponent.text
            end = exponent.end
        }
        if end == integer.end { return .int(try whole(integer.text, radix: 10, end: end)) }
        position = end
        return .double(strtod(number, nil))
    }

    private mutating func whole(_ digits: String, radix: Int, end: Int) throws -> Int {
        guard let number = Int(digits, radix: radix) else { throw error("a number has more than 64 bits: use a smaller one") }
        position = end
        return number
    }

    private func readDigits(from start: Int, radix: Int) -> (text: String, end: Int) {
        var at = start
        var digits: [UInt8] = []
        while at < source.count {
            let next = source[at] == UInt8(ascii: "_") ? at + 1 : at
            guard Character(Unicode.Scalar(byte(next))).hexDigitValue.map({ $0 < radix }) ?? false else { break }
            digits.append(byte(next))
            at = next + 1
        }
        return (String(decoding: digits, as: UTF8.self), at)
    }

    private func readExponent(from start: Int) -> (text: String, end: Int)? {
        guard byte(start) | 0x20 == UInt8(ascii: "e") else { return nil }
        let signed = byte(start + 1) == UInt8(ascii: "+") || byte(start + 1) == UInt8(ascii: "-")
        let digits = readDigits(from: start + (signed ? 2 : 1), radix: 10)
        guard let first = digits.text.first, first.isASCII else { return nil }
        return ((signed ? text(start + 1, start + 2) : "") + digits.text, digits.end)
    }

    // MARK: Texts in quotes

    mutating func readString(quote: UInt8) throws -> String {
        position += 1
        var scalars = String.UnicodeScalarView()
        var plainStart = position
        while position < source.count {
            let next = source[position]
            if next == quote {
                scalars.append(contentsOf: text(plainStart, position).unicodeScalars)
                position += 1
                return String(scalars)
            }
            guard next == UInt8(ascii: "\\") else {
                position += 1
                continue
            }
            scalars.append(contentsOf: text(plainStart, position).unicodeScalars)
            try readEscape(into: &scalars)
            plainStart = position
        }
        throw error("a text in quotes is not closed: add the closing quote")
    }

    private static let simpleEscapes: [UInt8: Unicode.Scalar] = [
        UInt8(ascii: "n"): "\n", UInt8(ascii: "t"): "\t", UInt8(ascii: "r"): "\r", UInt8(ascii: "\\"): "\\", UInt8(ascii: "'"): "'",
        UInt8(ascii: "\""): "\"", UInt8(ascii: "a"): "\u{7}", UInt8(ascii: "b"): "\u{8}", UInt8(ascii: "f"): "\u{c}",
        UInt8(ascii: "v"): "\u{b}",
    ]

    /// Reads one escape as Python does; an unknown one stays as it is written.
    private mutating func readEscape(into scalars: inout String.UnicodeScalarView) throws {
        let mark = byte(position + 1)
        if let simple = Self.simpleEscapes[mark] {
            scalars.append(simple)
            return position += 2
        }
        switch mark {
        case 0x0a: position += 2
        case UInt8(ascii: "x"): try readHex(digits: 2, into: &scalars)
        case UInt8(ascii: "u"): try readHex(digits: 4, into: &scalars)
        case UInt8(ascii: "U"): try readHex(digits: 8, into: &scalars)
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            var code: UInt32 = 0
            position += 1
            for _ in 0..<3 {
                guard case UInt8(ascii: "0")...UInt8(ascii: "7") = byte(position) else { break }
                code = code * 8 + UInt32(byte(position) - UInt8(ascii: "0"))
                position += 1
            }
            scalars.append(Unicode.Scalar(code) ?? "\u{fffd}")
        default:
            scalars.append("\\")
            position += 1
        }
    }

    private mutating func readHex(digits: Int, into scalars: inout String.UnicodeScalarView) throws {
        let end = position + 2 + digits
        guard end <= source.count, source[(position + 2)..<end].allSatisfy({ Unicode.Scalar($0).properties.isASCIIHexDigit }),
            let code = UInt32(text(position + 2, end), radix: 16)
        else { throw error("an escape in a text in quotes needs \(digits) hexadecimal digits") }
        scalars.append(Unicode.Scalar(code) ?? "\u{fffd}")
        position = end
    }
}
