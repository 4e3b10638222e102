/// A JSON value as it stands in a file; objects keep their order and their duplicates.
enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    /// The first value under a key of an object; nil when it is absent or null.
    subscript(_ key: String) -> JSONValue? {
        guard case .object(let members) = self, let found = members.first(where: { $0.key == key }), found.value != .null else {
            return nil
        }
        return found.value
    }

    var string: String? { if case .string(let value) = self { value } else { nil } }
    var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    var members: [JSONMember]? { if case .object(let value) = self { value } else { nil } }

    /// A whole number that fits.
    var int: Int? { if case .number(let value) = self { Int(exactly: value) } else { nil } }
}

/// One `"key": value` of an object.
struct JSONMember: Equatable {
    var key: String
    var value: JSONValue
}

/// Reads JSON (RFC 8259) of bounded depth.
///
/// Our own because a tokenizer must not depend on how deep a library recurses, and vocabularies with one key twice must be found.
struct JSONText {
    /// Deeper than any tokenizer.json; each level costs a stack frame.
    static let deepest = 64

    private let bytes: [UInt8]
    private var position = 0

    /// The value of a whole text. Throws `badJSON`.
    static func parse(_ bytes: [UInt8]) throws -> JSONValue {
        var text = JSONText(bytes: bytes)
        let value = try text.value(depth: 0)
        text.skipSpace()
        guard text.position == bytes.count else { throw text.error("something follows the end") }
        return value
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private func error(_ what: String) -> TokenizerError {
        TokenizerError(.badJSON, "not JSON at byte \(position): \(what); is the file complete?")
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws -> JSONValue {
        guard depth < Self.deepest else { throw error("nested deeper than \(Self.deepest)") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private mutating func word(_ text: String, _ value: JSONValue) throws -> JSONValue {
        guard bytes[position...].starts(with: text.utf8) else { throw error("expected a value") }
        position += text.utf8.count
        return value
    }

    private mutating func object(depth: Int) throws -> JSONValue {
        position += 1
        var members: [JSONMember] = []
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw error("expected a key") }
            let key = try string()
            guard take(UInt8(ascii: ":")) else { throw error("expected ':'") }
            members.append(JSONMember(key: key, value: try value(depth: depth)))
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw error("expected ',' or '}'") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        position += 1
        var items: [JSONValue] = []
        if take(UInt8(ascii: "]")) { return .array(items) }
        repeat { items.append(try value(depth: depth)) } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw error("expected ',' or ']'") }
        return .array(items)
    }

    private mutating func number() throws -> JSONValue {
        let start = position
        while let byte = next, (0x30...0x39).contains(byte) || "+-.eE".utf8.contains(byte) { position += 1 }
        guard position > start, let value = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw error("expected a value")
        }
        return .number(value)
    }

    private mutating func string() throws -> String {
        position += 1
        var units: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(into: &units)
            case 0..<0x20: throw error("a control character in a string")
            default: units.append(byte)
            }
        }
        throw error("a string without an end")
    }

    private mutating func escape(into units: inout [UInt8]) throws {
        guard let byte = next else { throw error("a string without an end") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): units.append(0x0A)
        case UInt8(ascii: "t"): units.append(0x09)
        case UInt8(ascii: "r"): units.append(0x0D)
        case UInt8(ascii: "b"): units.append(0x08)
        case UInt8(ascii: "f"): units.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(byte)
        case UInt8(ascii: "u"): units += String(try scalar()).utf8
        default: throw error("an escape that is not of JSON")
        }
    }

    /// `XXXX` after `\u`, with the second half of a surrogate pair; a lone surrogate is U+FFFD.
    private mutating func scalar() throws -> Unicode.Scalar {
        let high = try hex()
        guard (0xD800..<0xDC00).contains(high) else { return Unicode.Scalar(high) ?? "\u{FFFD}" }
        guard bytes[position...].starts(with: "\\u".utf8) else { return "\u{FFFD}" }
        let before = position
        position += 2
        let low = try hex()
        guard (0xDC00..<0xE000).contains(low) else {
            position = before
            return "\u{FFFD}"
        }
        return Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) ?? "\u{FFFD}"
    }

    private mutating func hex() throws -> UInt32 {
        guard position + 4 <= bytes.count, let value = UInt32(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16),
            bytes[position] != UInt8(ascii: "+"), bytes[position] != UInt8(ascii: "-")
        else { throw error("an escape that is not of JSON") }
        position += 4
        return value
    }
}
