internal import LaresJSON

/// Reads lines that are JSON objects: `{"thing":"hall","property":"temperature","value":21.5,"time":"2026-11-29T07:00:00Z"}`.
///
/// `values` (or `fields`) with an object takes the place of `property` and `value`, `measurement` with `tags` that of `thing`; `unit` and
/// `quality` may be said. Times are texts or numbers in a precision. Values are numbers, texts, true and false; null is none.
/// The usual line is read from its bytes as it is; one with backslashes, tags or anything unexpected is read by the JSON parser, slowly.
struct JSONLines: Sendable {
    let precision: TimePrecision

    /// Adds the points of a line.
    ///
    /// - Throws: ``PointFault``; points before it on the line are then in the batch, and are to be taken back.
    func read(
        _ line: Range<Int>, of bytes: Span<UInt8>, into batch: inout PointBatch, since mark: PointBatch.Mark, _ vocabulary: inout Vocabulary
    ) throws(PointFault) {
        guard let fields = FlatObject(bytes, line) else { return try readWhole(line, bytes, &batch, since: mark, &vocabulary) }
        guard !fields.thing.isEmpty, let value = fields.value ?? fields.values else { throw Self.missing }
        if fields.values != nil {
            var at = value.lowerBound
            while let (property, number) = try Self.member(bytes, &at, upTo: value.upperBound) {
                try add(number, fields, property, bytes, &batch, &vocabulary)
            }
        } else {
            try add(value, fields, fields.property, bytes, &batch, &vocabulary)
        }
        guard let time = fields.time else { return }
        guard let time = TimeText.milliseconds(bytes, time, precision) else { throw Self.badTime }
        batch.set(time: time, since: mark)
    }

    private func add(
        _ value: Range<Int>, _ fields: FlatObject, _ property: Range<Int>, _ bytes: Span<UInt8>, _ batch: inout PointBatch,
        _ vocabulary: inout Vocabulary
    ) throws(PointFault) {
        guard !property.isEmpty else { throw Self.missing }
        var hash = vocabulary.hash
        for part in [fields.thing, property, fields.unit, fields.quality] { hash.add(bytes, part) }
        let parts = Vocabulary.Parts(head: fields.thing, property: property, unit: fields.unit, quality: fields.quality)
        let word = try vocabulary.word(bytes, bytes, parts, hash: hash.state)
        switch bytes[value.lowerBound] {
        case UInt8(ascii: "\""):
            guard let text = String(validating: Array(copying: bytes, value.lowerBound + 1..<value.upperBound - 1), as: UTF8.self) else {
                throw PointFault(.badValue, "a text is not valid UTF-8")
            }
            batch.add(word, text)
        case UInt8(ascii: "t"): batch.add(word, 1)
        case UInt8(ascii: "f"): batch.add(word, 0)
        case UInt8(ascii: "n"): break
        default:
            var at = value.lowerBound
            guard let number = Decimal.number(bytes, &at, upTo: value.upperBound), at == value.upperBound else {
                throw PointFault(.badValue, "'value' is no number that a double holds")
            }
            batch.add(word, number.value)
        }
    }

    /// The next member of an object of plain values.
    private static func member(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) throws(PointFault) -> (Range<Int>, Range<Int>)? {
        guard let key = FlatObject.key(bytes, &at, upTo: end), let value = FlatObject.plain(bytes, &at, upTo: end) else { return nil }
        FlatObject.skipSpaces(bytes, &at, upTo: end)
        if at < end, bytes[at] == UInt8(ascii: ",") { at += 1 }
        return (key, value)
    }

    static let missing = PointFault(
        .badLine, #"the line has no thing with a value: write {"thing": …, "property": …, "value": …, "time": …}"#)
    static let badTime = PointFault(.badTime, "'time' is neither a number of the precision nor a text such as 2026-11-30T07:00:00Z")
}

extension JSONLines {
    /// Reads any line by the JSON parser.
    private func readWhole(
        _ line: Range<Int>, _ bytes: Span<UInt8>, _ batch: inout PointBatch, since mark: PointBatch.Mark, _ vocabulary: inout Vocabulary
    ) throws(PointFault) {
        let object: JSON
        do { object = try JSON(parsing: Array(copying: bytes, line), maximumDepth: 4) } catch {
            throw PointFault(.badLine, "the line is no JSON: \(error.message)")
        }
        if case .array = object {
            throw PointFault(.badLine, "the line is a list: write one object on each line, without brackets around them")
        }
        let head = try Self.head(object)
        let (unit, quality) = (try Self.text(object, "unit"), try Self.text(object, "quality"))
        var values: [(String, JSON)] = []
        if case .object(let members)? = object["values"] ?? object["fields"] {
            values = members.map { ($0.key, $0.value) }
        } else if let property = object["property"]?.text, let value = object["value"] {
            values = [(property, value)]
        }
        guard !values.isEmpty else { throw Self.missing }
        for (property, value) in values {
            try add(value, head, property, unit, quality, &batch, &vocabulary)
        }
        if let time = try time(object["time"] ?? .null) { batch.set(time: time, since: mark) }
    }

    private static func head(_ object: JSON) throws(PointFault) -> [UInt8] {
        if let thing = object["thing"]?.text { return Array(thing.utf8) }
        guard let measurement = object["measurement"]?.text else { throw missing }
        var tags: [TaggedName.Tag] = []
        if case .object(let members)? = object["tags"] {
            for (key, value) in members {
                guard let text = value.text else { throw PointFault(.badLine, "the tag '\(key)' is \(value.kind): write it as a text") }
                tags.append(TaggedName.Tag(key, text))
            }
        }
        return Array(try TaggedName(measurement, tags: tags).description.utf8)
    }

    private static func text(_ object: JSON, _ key: String) throws(PointFault) -> [UInt8] {
        guard let value = object[key], value != .null else { return [] }
        guard let text = value.text else { throw PointFault(.badLine, "'\(key)' is \(value.kind): write it as a text") }
        return Array(text.utf8)
    }

    private func time(_ value: JSON) throws(PointFault) -> Int64? {
        let time: Int64? =
            switch value {
            case .null: PointBatch.untimed
            case .int(let count): precision.milliseconds(Int64(count))
            case .double(let count): precision.milliseconds(count)
            case .string(let text):
                { bytes in TimeText.milliseconds(bytes.span, 0..<bytes.count, precision) }(Array(text.utf8))
            default: nil
            }
        guard let time else { throw Self.badTime }
        return time == PointBatch.untimed ? nil : time
    }

    private func add(
        _ value: JSON, _ head: [UInt8], _ property: String, _ unit: [UInt8], _ quality: [UInt8], _ batch: inout PointBatch,
        _ vocabulary: inout Vocabulary
    ) throws(PointFault) {
        guard value != .null else { return }
        var text: [UInt8] = []
        func part(_ bytes: some Sequence<UInt8>) -> Range<Int> {
            let start = text.count
            text.append(contentsOf: bytes)
            return start..<text.count
        }
        let parts = Vocabulary.Parts(head: part(head), property: part(property.utf8), unit: part(unit), quality: part(quality))
        var hash = vocabulary.hash
        for range in [parts.head, parts.property, parts.unit, parts.quality] { hash.add(text.span, range) }
        let word = try vocabulary.word(text.span, text.span, parts, hash: hash.state)
        switch value {
        case .bool(let flag): batch.add(word, flag ? 1 : 0)
        case .string(let text): batch.add(word, text)
        case .int, .double: batch.add(word, value.number ?? 0)
        default: throw PointFault(.badValue, "'\(property.prefix(60))' is \(value.kind): a value is a number, a text, true or false")
        }
    }
}
