/// Reads JSON (RFC 8259) of bounded depth into a ``SchemaText``.
struct SchemaTextParser {
    private let bytes: [UInt8]
    private let limits: GrammarLimits
    private var at = 0
    private var text = SchemaText()

    /// The table of a text; the whole value is entry 0. Throws `badSyntax`, `tooLarge`.
    static func parse(_ source: String, limits: GrammarLimits) throws(GrammarError) -> SchemaText {
        var parser = SchemaTextParser(bytes: Array(source.utf8), limits: limits)
        _ = try parser.value(parent: -1, step: "", depth: 0)
        parser.skipSpace()
        if parser.at < parser.bytes.count { throw parser.error("something follows the end") }
        return parser.text
    }

    private init(bytes: [UInt8], limits: GrammarLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    private func error(_ what: String) -> GrammarError {
        GrammarError(.badSyntax, place: "byte \(at)", "the schema is not JSON: \(what)")
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { at += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        at += 1
        return true
    }

    private mutating func value(parent: Int, step: String, depth: Int) throws(GrammarError) -> Int {
        guard depth < limits.textDepth else {
            throw GrammarError(.tooLarge, place: "byte \(at)", "the schema is nested deeper than \(limits.textDepth)")
        }
        skipSpace()
        let index = text.append(.null, parent: parent, step: step)
        switch next {
        case 0x7B: text.set(index, try object(index, depth + 1))
        case 0x5B: text.set(index, try array(index, depth + 1))
        case 0x22: text.set(index, .string(try string()))
        case 0x74: text.set(index, try word("true", .bool(true)))
        case 0x66: text.set(index, try word("false", .bool(false)))
        case 0x6E: text.set(index, try word("null", .null))
        default: text.set(index, .number(try number()))
        }
        return index
    }

    private mutating func word(_ word: String, _ value: SchemaText.Value) throws(GrammarError) -> SchemaText.Value {
        guard bytes[at...].starts(with: word.utf8) else { throw error("a value was expected") }
        at += word.utf8.count
        return value
    }

    private mutating func object(_ index: Int, _ depth: Int) throws(GrammarError) -> SchemaText.Value {
        at += 1
        var members: [(key: String, value: Int)] = []
        var keys: Set<Name> = []
        if take(0x7D) { return .object(members) }
        repeat {
            skipSpace()
            guard next == 0x22 else { throw error("a key in quotes was expected") }
            let key = try string()
            guard keys.insert(Name(key)).inserted else { throw error("the key '\(key)' stands twice in an object") }
            guard take(0x3A) else { throw error("':' was expected") }
            members.append((key, try value(parent: index, step: key, depth: depth)))
        } while take(0x2C)
        guard take(0x7D) else { throw error("',' or '}' was expected") }
        return .object(members)
    }

    private mutating func array(_ index: Int, _ depth: Int) throws(GrammarError) -> SchemaText.Value {
        at += 1
        var items: [Int] = []
        if take(0x5D) { return .array(items) }
        repeat { items.append(try value(parent: index, step: String(items.count), depth: depth)) } while take(0x2C)
        guard take(0x5D) else { throw error("',' or ']' was expected") }
        return .array(items)
    }

    private mutating func digits() -> Int {
        let start = at
        while let byte = next, (0x30...0x39).contains(byte) { at += 1 }
        return at - start
    }

    private mutating func number() throws(GrammarError) -> Decimal {
        let start = at
        if next == 0x2D { at += 1 }
        let startsWithZero = next == 0x30
        let whole = digits()
        guard whole > 0, !startsWithZero || whole == 1 else { throw error("a value was expected") }
        if next == 0x2E {
            at += 1
            if digits() == 0 { throw error("a digit was expected after '.'") }
        }
        if next == 0x65 || next == 0x45 {
            at += 1
            if next == 0x2B || next == 0x2D { at += 1 }
            if digits() == 0 { throw error("a digit was expected in an exponent") }
        }
        guard at - start <= 400, let value = Decimal(String(decoding: bytes[start..<at], as: UTF8.self)) else {
            throw error("a number is too long")
        }
        return value
    }
}

// Strings.
extension SchemaTextParser {
    private mutating func string() throws(GrammarError) -> String {
        at += 1
        var plain: [UInt8] = []
        while let byte = next {
            at += 1
            switch byte {
            case 0x22:
                guard let text = String(validating: plain, as: UTF8.self) else { throw error("a string is not UTF-8") }
                return text
            case 0x5C: try escape(into: &plain)
            case 0..<0x20: throw error("a control character in a string")
            default: plain.append(byte)
            }
        }
        throw error("a string is not closed")
    }

    private mutating func escape(into plain: inout [UInt8]) throws(GrammarError) {
        guard let byte = next else { throw error("a string is not closed") }
        at += 1
        switch byte {
        case 0x22, 0x5C, 0x2F: plain.append(byte)
        case 0x62: plain.append(0x08)
        case 0x66: plain.append(0x0C)
        case 0x6E: plain.append(0x0A)
        case 0x72: plain.append(0x0D)
        case 0x74: plain.append(0x09)
        case 0x75: plain += Array(String(Character(try scalar())).utf8)
        default: throw error("an escape that is not of JSON")
        }
    }

    private mutating func scalar() throws(GrammarError) -> Unicode.Scalar {
        let high = try hexadecimal()
        if let scalar = Unicode.Scalar(high) { return scalar }
        guard high < 0xDC00, at + 1 < bytes.count, bytes[at] == 0x5C, bytes[at + 1] == 0x75 else {
            throw error("half of a surrogate pair stands alone")
        }
        at += 2
        let low = try hexadecimal()
        guard (0xDC00...0xDFFF).contains(low), let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)) else {
            throw error("half of a surrogate pair stands alone")
        }
        return scalar
    }

    private mutating func hexadecimal() throws(GrammarError) -> UInt32 {
        guard bytes.count - at >= 4 else { throw error("an escape is cut short") }
        var value: UInt32 = 0
        for byte in bytes[at..<(at + 4)] {
            guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw error("an escape that is not of JSON")
            }
            value = value << 4 | UInt32(digit)
        }
        at += 4
        return value
    }
}
