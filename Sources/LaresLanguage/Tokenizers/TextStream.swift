/// Tokens in, whole characters out: a character whose bytes are spread over several tokens is held back until it is complete.
///
/// The pieces together are always what `Tokenizer.decode` makes of all tokens at once.
public struct TextStream {
    private let tokenizer: any Tokenizer
    private var pending: [UInt8] = []

    /// An empty stream of text.
    public init(_ tokenizer: any Tokenizer) {
        self.tokenizer = tokenizer
    }

    /// The text that became complete with this token; may be empty.
    public mutating func append(_ token: Token) -> String {
        pending += tokenizer.bytes(of: token)
        let held = Self.incompleteTail(pending)
        guard held < pending.count else { return "" }
        let text = String(decoding: pending.dropLast(held), as: UTF8.self)
        pending.removeFirst(pending.count - held)
        return text
    }

    /// What is left at the end: nothing, or U+FFFD for a character that never became complete.
    public mutating func finish() -> String {
        defer { pending.removeAll() }
        return String(decoding: pending, as: UTF8.self)
    }

    /// Length of the longest suffix that is the beginning of a character and not yet all of it (Unicode 16, table 3-7).
    static func incompleteTail(_ bytes: [UInt8]) -> Int {
        for length in 1...3 where length <= bytes.count {
            let lead = bytes[bytes.count - length]
            if lead & 0xC0 == 0x80 { continue }
            guard length < Self.length(ofLead: lead) else { return 0 }
            if length > 1, !Self.seconds(after: lead).contains(bytes[bytes.count - length + 1]) { return 0 }
            return length
        }
        return 0
    }

    private static func length(ofLead lead: UInt8) -> Int {
        switch lead {
        case 0xC2...0xDF: 2
        case 0xE0...0xEF: 3
        case 0xF0...0xF4: 4
        default: 1
        }
    }

    private static func seconds(after lead: UInt8) -> ClosedRange<UInt8> {
        switch lead {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
    }
}
