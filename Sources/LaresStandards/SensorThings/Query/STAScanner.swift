/// Reads the text of one query option, byte by byte, and says where it is wrong.
struct STAScanner {
    /// How long an option may be.
    static let maximumBytes = 16_384
    /// How deep expressions and options may be nested.
    static let maximumDepth = 32
    /// How many parts an option may have.
    static let maximumParts = 1_000

    let option: String
    let bytes: [UInt8]
    var at = 0
    private var depth = 0
    private var parts = 0

    /// - Parameter option: The option's name, for messages: "$filter".
    init(_ option: String, _ text: String) throws {
        self.option = option
        bytes = Array(text.utf8)
        guard bytes.count <= Self.maximumBytes else {
            throw SensorThingsError(
                400, "'\(option)' has \(bytes.count) bytes, it may have \(Self.maximumBytes): ask in several requests")
        }
    }

    /// An error at a place: "$filter, character 12 ('eqq 5'): …".
    func error(_ what: String, at place: Int? = nil) -> SensorThingsError {
        let place = min(place ?? at, bytes.count)
        let before = String(decoding: bytes[..<place], as: UTF8.self).count
        let rest = String(String(decoding: bytes[place...], as: UTF8.self).prefix(24))
        return .bad("'\(option)', character \(before + 1)\(rest.isEmpty ? " (the end)" : " ('\(rest)')"): \(what)")
    }

    var isAtEnd: Bool { at == bytes.count }
    var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    mutating func skipSpace() { while let byte = next, byte == 0x20 || byte == 0x09 { at += 1 } }

    mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard next == byte else { return false }
        at += 1
        return true
    }

    mutating func expect(_ character: Unicode.Scalar) throws {
        guard take(UInt8(ascii: character)) else { throw error("'\(character)' was expected") }
    }

    /// Counts a part, and holds its depth until `leave`.
    mutating func enter() throws {
        (depth, parts) = (depth + 1, parts + 1)
        guard depth <= Self.maximumDepth else { throw error("it is nested more than \(Self.maximumDepth) levels deep") }
        guard parts <= Self.maximumParts else { throw error("it has more than \(Self.maximumParts) parts") }
    }

    mutating func leave() { depth -= 1 }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func isWord(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
            || byte == UInt8(ascii: "@") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "$") || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: ":")
    }

    /// A name: letters, digits and `_ @ . $ - :`, not beginning with a digit or "-"; nil where none begins.
    mutating func name() -> String? {
        skipSpace()
        guard let first = next, Self.isWord(first), !Self.isDigit(first), first != UInt8(ascii: "-") else { return nil }
        return run()
    }

    /// Letters, digits and the like, as many as there are; nil for none.
    mutating func run() -> String? {
        let start = at
        while let byte = next, Self.isWord(byte) { at += 1 }
        return at > start ? String(decoding: bytes[start..<at], as: UTF8.self) : nil
    }

    /// A whole number, 0 or more.
    mutating func whole(upTo limit: Int) throws -> Int {
        skipSpace()
        let start = at
        while let byte = next, Self.isDigit(byte) { at += 1 }
        guard at > start, let number = Int(String(decoding: bytes[start..<at], as: UTF8.self)), number <= limit else {
            throw error("a whole number from 0 to \(limit) was expected", at: start)
        }
        return number
    }

    /// A text in single quotes, two of which inside stand for one.
    mutating func quoted() throws -> String {
        let start = at
        at += 1
        var text: [UInt8] = []
        while let byte = next {
            at += 1
            if byte != 0x27 {
                text.append(byte)
            } else if next == 0x27 {
                text.append(0x27)
                at += 1
            } else {
                return String(decoding: text, as: UTF8.self)
            }
        }
        throw error("the text that begins here isn't closed with '", at: start)
    }
}
