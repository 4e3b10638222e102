/// Why a text is not JSON that Lares takes.
public struct JSONError: Error, Hashable, Sendable {
    /// What is wrong and where, for people.
    public let message: String

    /// An error with a message that says what, where, and what to do.
    public init(message: String) { self.message = message }
}

extension JSONError: CustomStringConvertible {
    /// The message.
    public var description: String { message }
}

extension JSON {
    /// How deep values may be nested.
    public static let maximumDepth = 64

    /// How many values a text may have, those in arrays and objects counted: enough for 2,048 inputs of 512 token ids.
    public static let maximumValues = 1_500_000

    /// How many members an object may have.
    public static let maximumMembers = 10_000

    /// Parses one JSON text (RFC 8259), which must be UTF-8 without a byte order mark.
    ///
    /// - Parameters:
    ///   - bytes: The text; the caller has bounded its size.
    ///   - maximumDepth: How deep arrays and objects may be nested.
    /// - Throws: ``JSONError`` for anything that is not one JSON value, for numbers outside a double's range, for deeper nesting, and for
    ///   more than ``maximumValues`` or ``maximumMembers``.
    public init(parsing bytes: [UInt8], maximumDepth: Int = JSON.maximumDepth) throws(JSONError) {
        var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth)
        self = try parser.parse()
    }
}

/// A recursive-descent parser; the depth is bounded, so its stack is too.
private struct JSONParser {
    let bytes: [UInt8]
    let maximumDepth: Int
    var at = 0
    var depth = 0
    var values = 0

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func parse() throws(JSONError) -> JSON {
        let value = try value()
        skipSpace()
        if at < bytes.count { throw error("there is more after the end of the JSON value") }
        return value
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private func error(_ what: String) -> JSONError { JSONError(message: "\(what) (byte \(at))") }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        at += 1
        return true
    }

    private mutating func value() throws(JSONError) -> JSON {
        skipSpace()
        values += 1
        if values > JSON.maximumValues { throw error("the JSON has more than \(JSON.maximumValues) values") }
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw error("the JSON text ends where a value was expected")
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
        let length = word.utf8CodeUnitCount
        let matches =
            bytes.count - at >= length
            && word.withUTF8Buffer { expected in bytes[at..<(at + length)].elementsEqual(expected) }
        if !matches { throw error("a JSON value was expected") }
        at += length
        return value
    }

    private mutating func enter() throws(JSONError) {
        at += 1
        depth += 1
        if depth > maximumDepth { throw error("the JSON is nested more than \(maximumDepth) levels deep") }
    }

    private mutating func array() throws(JSONError) -> JSON {
        try enter()
        var elements: [JSON] = []
        if !take(UInt8(ascii: "]")) {
            repeat { elements.append(try value()) } while take(UInt8(ascii: ","))
            if !take(UInt8(ascii: "]")) { throw error("',' or ']' was expected in an array") }
        }
        depth -= 1
        return .array(elements)
    }

    private mutating func object() throws(JSONError) -> JSON {
        try enter()
        var members = JSON.Members()
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                if next != UInt8(ascii: "\"") { throw error("a name in quotes was expected in an object") }
                let key = try string()
                if !take(UInt8(ascii: ":")) { throw error("':' was expected after a name") }
                members.append(key, try value())
                if members.count > JSON.maximumMembers { throw error("an object has more than \(JSON.maximumMembers) members") }
            } while take(UInt8(ascii: ","))
            if !take(UInt8(ascii: "}")) { throw error("',' or '}' was expected in an object") }
        }
        depth -= 1
        return .object(members)
    }
}

// Strings.
extension JSONParser {
    private mutating func string() throws(JSONError) -> String {
        at += 1
        let start = at
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
            if byte < 0x20 { throw error("a control character stands unescaped in a string") }
            at += 1
        }
        guard next == UInt8(ascii: "\"") else { return try escapedString(from: start) }
        let text = try text(bytes[start..<at])
        at += 1
        return text
    }

    private func text(_ bytes: some Collection<UInt8>) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw error("a string is not valid UTF-8") }
        return text
    }

    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var plain = Array(bytes[start..<at])
        while let byte = next {
            at += 1
            switch byte {
            case UInt8(ascii: "\""): return try text(plain)
            case UInt8(ascii: "\\"): try escape(into: &plain)
            case ..<0x20: throw error("a control character stands unescaped in a string")
            default: plain.append(byte)
            }
        }
        throw error("a string is not closed")
    }

    private mutating func escape(into plain: inout [UInt8]) throws(JSONError) {
        guard let byte = next else { throw error("a string is not closed") }
        at += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): plain.append(byte)
        case UInt8(ascii: "b"): plain.append(0x08)
        case UInt8(ascii: "f"): plain.append(0x0C)
        case UInt8(ascii: "n"): plain.append(0x0A)
        case UInt8(ascii: "r"): plain.append(0x0D)
        case UInt8(ascii: "t"): plain.append(0x09)
        case UInt8(ascii: "u"): plain.append(contentsOf: Character(try scalar()).utf8)
        default: throw error("'\\' is followed by a character that can't be escaped")
        }
    }

    private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
        let first = try hexadecimal()
        if let scalar = Unicode.Scalar(UInt32(first)) { return scalar }
        guard UTF16.isLeadSurrogate(first), at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
            throw error("half of a surrogate pair stands alone")
        }
        at += 2
        let second = try hexadecimal()
        guard UTF16.isTrailSurrogate(second) else { throw error("half of a surrogate pair stands alone") }
        return UTF16.scalar(lead: first, trail: second)
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt16 {
        guard bytes.count - at >= 4 else { throw error("four hexadecimal digits were expected after '\\u'") }
        var value: UInt16 = 0
        for byte in bytes[at..<(at + 4)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else {
                throw error("four hexadecimal digits were expected after '\\u'")
            }
            value = value << 4 | UInt16(digit)
        }
        at += 4
        return value
    }
}

// Numbers.
extension JSONParser {
    private mutating func digits() -> Int {
        let start = at
        while let byte = next, byte >= 0x30, byte <= 0x39 { at += 1 }
        return at - start
    }

    private mutating func number() throws(JSONError) -> JSON {
        let start = at
        if next == UInt8(ascii: "-") { at += 1 }
        let leadingZero = next == UInt8(ascii: "0")
        let whole = digits()
        if whole == 0 { throw error("a JSON value was expected") }
        if leadingZero, whole > 1 { throw error("a number begins with 0") }
        var isWhole = true
        if next == UInt8(ascii: ".") {
            at += 1
            isWhole = false
            if digits() == 0 { throw error("a digit was expected after '.'") }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            at += 1
            isWhole = false
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
            if digits() == 0 { throw error("a digit was expected in an exponent") }
        }
        if at - start > 1_024 { throw error("a number has more than 1,024 characters") }
        if let short = ShortDecimal(bytes[start..<at]) { return isWhole ? .int(short.whole) : .double(short.value) }
        let text = String(decoding: bytes[start..<at], as: UTF8.self)
        if isWhole, let value = Int(text) { return .int(value) }
        guard let value = Double(text), value.isFinite else { throw error("a number is out of range") }
        return .double(value)
    }
}

/// A number of up to 15 digits without an exponent: its digits and the power of ten below them are exact in a double, so that one division
/// rounds once, as the long way does (Clinger 1990, "How to read floating point numbers accurately"). Most numbers are such.
private struct ShortDecimal {
    /// All digits as a whole number, with their sign.
    let whole: Int
    /// The number.
    let value: Double

    private static let powers: [Double] = (0...15).reduce(into: [1]) { powers, _ in powers.append(powers[powers.count - 1] * 10) }

    /// - Parameter text: A number as JSON writes it; nil when it is longer, or has an exponent.
    init?(_ text: ArraySlice<UInt8>) {
        guard text.count <= 17 else { return nil }
        var (digits, count, places, isFraction) = (0, 0, 0, false)
        for byte in text {
            switch byte {
            case 0x30...0x39:
                digits = digits * 10 + Int(byte - 0x30)
                count += 1
                places += isFraction ? 1 : 0
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "-"): break
            default: return nil
            }
        }
        guard count <= 15 else { return nil }
        let isNegative = text.first == UInt8(ascii: "-"), magnitude = Double(digits) / Self.powers[places]
        (whole, value) = (isNegative ? -digits : digits, isNegative ? -magnitude : magnitude)
    }
}

extension UTF16 {
    fileprivate static func scalar(lead: UInt16, trail: UInt16) -> Unicode.Scalar {
        let value = 0x10000 + (UInt32(lead & 0x3FF) << 10 | UInt32(trail & 0x3FF))
        return Unicode.Scalar(value) ?? "\u{FFFD}"
    }
}
