import LaresTemplates

/// Reads golden files, which are known to be well formed, keeping the order of keys and the difference between 1 and 1.0.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0

    static func value(_ bytes: [UInt8]) throws -> TemplateValue {
        var reader = JSONReader(bytes: bytes)
        return try reader.value()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private struct Malformed: Error { let position: Int }

    private mutating func value() throws -> TemplateValue {
        skipSpace()
        switch try peek() {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .array(try array())
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    private func peek() throws -> UInt8 {
        guard position < bytes.count else { throw Malformed(position: position) }
        return bytes[position]
    }

    private mutating func skipSpace() {
        while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) throws -> Bool {
        skipSpace()
        guard try peek() == byte else { return false }
        position += 1
        return true
    }

    private mutating func word(_ word: String, _ value: TemplateValue) throws -> TemplateValue {
        guard bytes[position...].starts(with: word.utf8) else { throw Malformed(position: position) }
        position += word.utf8.count
        return value
    }

    private mutating func object() throws -> TemplateObject {
        var object = TemplateObject()
        position += 1
        if try take(UInt8(ascii: "}")) { return object }
        repeat {
            skipSpace()
            let key = try string()
            guard try take(UInt8(ascii: ":")) else { throw Malformed(position: position) }
            object[key] = try value()
        } while try take(UInt8(ascii: ","))
        guard try take(UInt8(ascii: "}")) else { throw Malformed(position: position) }
        return object
    }

    private mutating func array() throws -> [TemplateValue] {
        var elements: [TemplateValue] = []
        position += 1
        if try take(UInt8(ascii: "]")) { return elements }
        repeat { elements.append(try value()) } while try take(UInt8(ascii: ","))
        guard try take(UInt8(ascii: "]")) else { throw Malformed(position: position) }
        return elements
    }

    private mutating func string() throws -> String {
        position += 1
        var out: [UInt8] = []
        while try peek() != UInt8(ascii: "\"") {
            if bytes[position] != UInt8(ascii: "\\") {
                out.append(bytes[position])
                position += 1
                continue
            }
            position += 2
            switch bytes[position - 1] {
            case UInt8(ascii: "n"): out.append(0x0a)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "r"): out.append(0x0d)
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0c)
            case UInt8(ascii: "u"):
                let code = UInt32(String(decoding: bytes[position..<(position + 4)], as: UTF8.self), radix: 16) ?? 0
                out += Array(String(Unicode.Scalar(code) ?? "\u{fffd}").utf8)
                position += 4
            case let other: out.append(other)
            }
        }
        position += 1
        return String(decoding: out, as: UTF8.self)
    }

    private mutating func number() throws -> TemplateValue {
        let start = position
        while position < bytes.count, "+-.0123456789eE".utf8.contains(bytes[position]) { position += 1 }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let whole = Int(text) { return .int(whole) }
        guard let number = Double(text) else { throw Malformed(position: start) }
        return .double(number)
    }
}

extension TemplateValue {
    subscript(_ key: String) -> TemplateValue? {
        if case .object(let object) = self { object[key] } else { nil }
    }

    var elements: [TemplateValue] {
        if case .array(let elements) = self { elements } else { [] }
    }

    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var seconds: Double? {
        if case .double(let number) = self { number } else { nil }
    }

    /// An object as the context of a render.
    var context: [String: TemplateValue] {
        guard case .object(let object) = self else { return [:] }
        return Dictionary(uniqueKeysWithValues: zip(object.keys, object.values))
    }
}
