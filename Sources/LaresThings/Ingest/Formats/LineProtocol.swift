/// Reads lines of InfluxDB's line protocol: `air,station=7 no2=12.5,ok=t 1764370800000000000`.
///
/// Tags and fields are divided by commas, times counted in a precision. A backslash makes "," "=" and " " part of a name, and `"` and `\` part of
/// a text. A text may not go over the end of a line, so that what is broken ends with its line. Whole numbers (`3i`, `3u`) are kept as
/// doubles, exact up to 2⁵³; true and false as 1 and 0.
struct LineProtocol: Sendable {
    let precision: TimePrecision

    /// Adds the points of a line.
    ///
    /// - Throws: ``PointFault``; points before it on the line are then in the batch, and are to be taken back.
    func read(
        _ line: Range<Int>, of bytes: Span<UInt8>, into batch: inout PointBatch, since mark: PointBatch.Mark, _ vocabulary: inout Vocabulary
    ) throws(PointFault) {
        var at = line.lowerBound
        let hash = try head(bytes, &at, upTo: line.upperBound, vocabulary.hash)
        let head = line.lowerBound..<at
        Self.skipSpaces(bytes, &at, upTo: line.upperBound)
        repeat {
            try field(bytes, &at, upTo: line.upperBound, head, hash, &batch, &vocabulary)
            guard at < line.upperBound, bytes[at] == UInt8(ascii: ",") else { break }
            at += 1
        } while true
        Self.skipSpaces(bytes, &at, upTo: line.upperBound)
        guard at < line.upperBound else { return }
        var end = line.upperBound
        while bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
        guard let count = Decimal.whole(bytes, at..<end), let time = precision.milliseconds(count) else {
            throw PointFault(.badTime, "the time at the end of the line is no whole number of \(precision.rawValue)")
        }
        batch.set(time: time, since: mark)
    }

    private static func skipSpaces(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) {
        while at < end, bytes[at] == UInt8(ascii: " ") { at += 1 }
    }

    /// Goes to the space behind measurement and tags.
    private func head(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int, _ hash: ByteHash) throws(PointFault) -> ByteHash {
        var hash = hash
        while at < end {
            let byte = bytes[at]
            if byte == UInt8(ascii: " ") { break }
            hash.add(byte)
            at += 1
            if byte == UInt8(ascii: "\\"), at < end {
                hash.add(bytes[at])
                at += 1
            }
        }
        guard at < end else { throw PointFault(.badLine, "the line has no fields: write MEASUREMENT,TAG=VALUE FIELD=NUMBER TIME") }
        hash.add(0xFF)
        return hash
    }

    private func field(
        _ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int, _ head: Range<Int>, _ hash: ByteHash, _ batch: inout PointBatch,
        _ vocabulary: inout Vocabulary
    ) throws(PointFault) {
        var (hash, start) = (hash, at)
        while at < end, bytes[at] != UInt8(ascii: "=") {
            let byte = bytes[at]
            guard byte != UInt8(ascii: " "), byte != UInt8(ascii: ",") else { throw Self.missingValue }
            hash.add(byte)
            at += 1
            if byte == UInt8(ascii: "\\"), at < end {
                hash.add(bytes[at])
                at += 1
            }
        }
        guard at + 1 < end else { throw Self.missingValue }
        hash.add(0xFF)
        let parts = Vocabulary.Parts(head: head, property: start..<at, isEscaped: true)
        let word = try vocabulary.word(bytes, bytes, parts, hash: hash.state)
        at += 1
        start = at
        if bytes[at] == UInt8(ascii: "\"") {
            batch.add(word, try text(bytes, &at, upTo: end))
        } else {
            batch.add(word, try number(bytes, &at, upTo: end))
        }
        guard at == end || bytes[at] == UInt8(ascii: ",") || bytes[at] == UInt8(ascii: " ") else {
            throw PointFault(
                .badValue, "a value goes on where ',', a space or the end of the line was expected: '\(Self.shown(bytes, start, end))'")
        }
    }

    private static let missingValue = PointFault(.badLine, "a field has no value: write FIELD=NUMBER, and commas without spaces")

    private func number(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) throws(PointFault) -> Double {
        let start = at
        if bytes[at] >= UInt8(ascii: "A") { return try boolean(bytes, &at, upTo: end) }
        guard let number = Decimal.number(bytes, &at, upTo: end) else {
            throw PointFault(.badValue, "'\(Self.shown(bytes, start, end))' is no number")
        }
        guard at < end, bytes[at] == UInt8(ascii: "i") || bytes[at] == UInt8(ascii: "u") else { return number.value }
        let isUnsigned = bytes[at] == UInt8(ascii: "u")
        let isInRange = isUnsigned ? number.value >= 0 && number.value < 0x1p64 : number.value >= -0x1p63 && number.value < 0x1p63
        guard number.isWhole, !number.isLong, isInRange else {
            throw PointFault(.badValue, "'\(Self.shown(bytes, start, end))' is no whole number of 64 bits")
        }
        at += 1
        return number.value
    }

    private static let words: [(StaticString, Double)] = [
        ("t", 1), ("T", 1), ("true", 1), ("True", 1), ("TRUE", 1), ("f", 0), ("F", 0), ("false", 0), ("False", 0), ("FALSE", 0),
    ]

    private func boolean(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) throws(PointFault) -> Double {
        let start = at
        while at < end, bytes[at] != UInt8(ascii: ","), bytes[at] != UInt8(ascii: " ") { at += 1 }
        for (word, value) in Self.words where bytes.isEqual(start..<at, word) { return value }
        throw PointFault(.badValue, "'\(Self.shown(bytes, start, end))' is no number, text in quotes, true or false")
    }

    private func text(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) throws(PointFault) -> String {
        var plain: [UInt8] = []
        at += 1
        while at < end, bytes[at] != UInt8(ascii: "\"") {
            if bytes[at] == UInt8(ascii: "\\"), at + 1 < end, bytes[at + 1] == UInt8(ascii: "\"") || bytes[at + 1] == UInt8(ascii: "\\") {
                at += 1
            }
            plain.append(bytes[at])
            at += 1
        }
        guard at < end else { throw PointFault(.badValue, "a text in quotes doesn't end on its line: write its line breaks as \\n") }
        at += 1
        guard let text = String(validating: plain, as: UTF8.self) else { throw PointFault(.badValue, "a text is not valid UTF-8") }
        return text
    }

    /// The beginning of what a fault is about.
    private static func shown(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> String {
        String(decoding: Array(copying: bytes, start..<min(end, start + 40)), as: UTF8.self)
    }
}

extension Span<UInt8> {
    /// Whether a word stands there.
    func isEqual(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { expected in
            for place in expected.indices where self[range.lowerBound + place] != expected[place] { return false }
            return true
        }
    }
}
