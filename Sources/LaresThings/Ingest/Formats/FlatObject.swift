/// Where the members that a point has stand in a line of JSON, found without making anything of them.
///
/// It takes what nearly every line is, and nothing of doubtful meaning: no backslashes, no unknown members, no member twice, no nesting but the
/// values. For anything else there is none, and the JSON parser has the word.
struct FlatObject {
    private(set) var thing = 0..<0
    private(set) var property = 0..<0
    private(set) var unit = 0..<0
    private(set) var quality = 0..<0
    /// A number or text.
    private(set) var time: Range<Int>?
    /// A plain value, texts with their quotes.
    private(set) var value: Range<Int>?
    /// What stands between the braces of `values`.
    private(set) var values: Range<Int>?

    init?(_ bytes: Span<UInt8>, _ line: Range<Int>) {
        var at = line.lowerBound
        let end = line.upperBound
        Self.skipSpaces(bytes, &at, upTo: end)
        guard at < end, bytes[at] == UInt8(ascii: "{") else { return nil }
        at += 1
        while true {
            guard let key = Self.key(bytes, &at, upTo: end), take(key, bytes, &at, upTo: end) else { return nil }
            Self.skipSpaces(bytes, &at, upTo: end)
            guard at < end else { return nil }
            at += 1
            if bytes[at - 1] == UInt8(ascii: "}") { break }
            guard bytes[at - 1] == UInt8(ascii: ",") else { return nil }
        }
        Self.skipSpaces(bytes, &at, upTo: end)
        // Two ways of saying it in one line: which one counts says the parser.
        guard at == end, value == nil || values == nil else { return nil }
    }

    private mutating func take(_ key: Range<Int>, _ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) -> Bool {
        switch key.count {
        case 4 where bytes.isEqual(key, "time") && time == nil:
            guard let found = Self.plain(bytes, &at, upTo: end) else { return false }
            time = Self.withoutQuotes(bytes, found)
            return time?.isEmpty == false && !bytes.isEqual(found, "null")
        case 4 where bytes.isEqual(key, "unit") && unit.isEmpty: return text(&unit, bytes, &at, upTo: end)
        case 5 where bytes.isEqual(key, "thing") && thing.isEmpty: return text(&thing, bytes, &at, upTo: end)
        case 5 where bytes.isEqual(key, "value") && value == nil:
            value = Self.plain(bytes, &at, upTo: end)
            return value != nil
        case 6 where (bytes.isEqual(key, "values") || bytes.isEqual(key, "fields")) && values == nil:
            values = Self.members(bytes, &at, upTo: end)
            return values != nil
        case 7 where bytes.isEqual(key, "quality") && quality.isEmpty: return text(&quality, bytes, &at, upTo: end)
        case 8 where bytes.isEqual(key, "property") && property.isEmpty: return text(&property, bytes, &at, upTo: end)
        default: return false
        }
    }

    private func text(_ part: inout Range<Int>, _ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) -> Bool {
        guard let found = Self.plain(bytes, &at, upTo: end), bytes[found.lowerBound] == UInt8(ascii: "\"") else { return false }
        part = found.lowerBound + 1..<found.upperBound - 1
        return !part.isEmpty
    }

    private static func withoutQuotes(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Range<Int> {
        bytes[range.lowerBound] == UInt8(ascii: "\"") ? range.lowerBound + 1..<range.upperBound - 1 : range
    }

    /// Goes over an object of plain values, each name once as far as neighbours tell, and gives what stands between its braces.
    private static func members(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) -> Range<Int>? {
        skipSpaces(bytes, &at, upTo: end)
        guard at < end, bytes[at] == UInt8(ascii: "{") else { return nil }
        at += 1
        let start = at
        while true {
            guard key(bytes, &at, upTo: end) != nil, plain(bytes, &at, upTo: end) != nil else { return nil }
            skipSpaces(bytes, &at, upTo: end)
            guard at < end else { return nil }
            at += 1
            if bytes[at - 1] == UInt8(ascii: "}") { return start..<at - 1 }
            guard bytes[at - 1] == UInt8(ascii: ",") else { return nil }
        }
    }
}

extension FlatObject {
    static func skipSpaces(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) {
        while at < end, bytes[at] == 0x20 || bytes[at] == 0x09 || bytes[at] == 0x0D { at += 1 }
    }

    /// A name and its colon.
    static func key(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) -> Range<Int>? {
        skipSpaces(bytes, &at, upTo: end)
        guard let name = quoted(bytes, &at, upTo: end) else { return nil }
        skipSpaces(bytes, &at, upTo: end)
        guard at < end, bytes[at] == UInt8(ascii: ":") else { return nil }
        at += 1
        return name.lowerBound + 1..<name.upperBound - 1
    }

    /// A text with its quotes and without backslashes.
    private static func quoted(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) -> Range<Int>? {
        guard at < end, bytes[at] == UInt8(ascii: "\"") else { return nil }
        let start = at
        at += 1
        while at < end, bytes[at] != UInt8(ascii: "\"") {
            guard bytes[at] >= 0x20, bytes[at] != UInt8(ascii: "\\") else { return nil }
            at += 1
        }
        guard at < end else { return nil }
        at += 1
        return start..<at
    }

    /// A text with its quotes, a number as JSON writes it, true, false or null.
    static func plain(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) -> Range<Int>? {
        skipSpaces(bytes, &at, upTo: end)
        guard at < end else { return nil }
        let start = at
        if bytes[at] == UInt8(ascii: "\"") { return quoted(bytes, &at, upTo: end) }
        while at < end, isPlain(bytes[at]) { at += 1 }
        let range = start..<at
        guard !range.isEmpty else { return nil }
        switch bytes[start] {
        case UInt8(ascii: "t"): return bytes.isEqual(range, "true") ? range : nil
        case UInt8(ascii: "f"): return bytes.isEqual(range, "false") ? range : nil
        case UInt8(ascii: "n"): return bytes.isEqual(range, "null") ? range : nil
        default: return isNumber(bytes, range) ? range : nil
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || byte &- 0x61 < 26 || byte == 0x2E || byte == 0x2D || byte == 0x2B || byte == 0x45
    }

    /// JSON has no "+1", "01", ".5" and "5.".
    private static func isNumber(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var at = range.lowerBound
        let end = range.upperBound
        if bytes[at] == UInt8(ascii: "-") { at += 1 }
        let whole = digits(bytes, &at, upTo: end)
        guard whole > 0, whole == 1 || bytes[at - whole] != UInt8(ascii: "0") else { return false }
        if at < end, bytes[at] == UInt8(ascii: ".") {
            at += 1
            guard digits(bytes, &at, upTo: end) > 0 else { return false }
        }
        if at < end, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < end, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
            guard digits(bytes, &at, upTo: end) > 0 else { return false }
        }
        return at == end
    }

    private static func digits(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) -> Int {
        let start = at
        while at < end, bytes[at] &- 0x30 < 10 { at += 1 }
        return at - start
    }
}
