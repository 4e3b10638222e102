/// Reads a table of comma-separated values (RFC 4180) whose first line names the columns.
///
/// A long table has a point in each row: `time,thing,property,value` and, if wanted, `unit` and `quality`, in any order; it is what
/// ``TelemetryStore/csv(of:in:)`` writes. A wide one has columns of values: `time,thing,temperature [°C],humidity`, or without things
/// `time,hall/temperature [°C],hall/humidity`. A cell without anything is no reading. A quoted cell may not go over the end of a line.
struct CSVPoints: Sendable {
    let precision: TimePrecision
    private var columns: CSVColumns?
    private var cells: [Range<Int>] = []
    /// Why no row can be read: the first line doesn't say what they are.
    private(set) var trouble: PointFault?

    init(precision: TimePrecision, heading: [UInt8]? = nil) throws(PointFault) {
        self.precision = precision
        if let heading { columns = try CSVColumns(heading) }
    }

    /// The line that names the columns, once it was read.
    var heading: [UInt8]? { columns?.line }

    /// Adds the points of a row; the first names the columns.
    ///
    /// - Throws: ``PointFault``; points before it on the line are then in the batch, and are to be taken back.
    mutating func read(
        _ line: Range<Int>, of bytes: Span<UInt8>, into batch: inout PointBatch, since mark: PointBatch.Mark, _ vocabulary: inout Vocabulary
    ) throws(PointFault) {
        guard let columns else { return try begin(Array(copying: bytes, line)) }
        if let plain = CSVCells.plain(bytes, line, &cells) {
            guard plain else { throw PointFault(.badLine, "a row has more than \(CSVCells.most) cells") }
            return try row(bytes, columns, &batch, since: mark, &vocabulary)
        }
        let text = try CSVCells.unquoted(bytes, line, &cells)
        try row(text.span, columns, &batch, since: mark, &vocabulary)
    }

    private mutating func begin(_ heading: [UInt8]) throws(PointFault) {
        if let trouble { throw trouble }
        do throws(PointFault) { columns = try CSVColumns(heading) } catch {
            trouble = error
            throw error
        }
    }

    private mutating func row(
        _ text: Span<UInt8>, _ columns: CSVColumns, _ batch: inout PointBatch, since mark: PointBatch.Mark, _ vocabulary: inout Vocabulary
    ) throws(PointFault) {
        guard cells.count == columns.count else {
            throw PointFault(.badLine, "a row has \(cells.count) cells, the first line names \(columns.count)")
        }
        for column in columns.values where !cells[column.place].isEmpty {
            let parts = Vocabulary.Parts(
                head: columns.thing.map { cells[$0] } ?? 0..<0, property: columns.property.map { cells[$0] } ?? column.name,
                unit: columns.unit.map { cells[$0] } ?? column.unit, quality: columns.quality.map { cells[$0] } ?? 0..<0)
            let word = try word(text, columns, column, parts, &vocabulary)
            add(text, cells[column.place], word, &batch)
        }
        guard let place = columns.time, !cells[place].isEmpty else { return }
        guard let time = TimeText.milliseconds(text, cells[place], precision) else {
            throw PointFault(.badTime, "the time is neither a number of \(precision.rawValue) nor a text such as 2026-11-30T07:00:00Z")
        }
        batch.set(time: time, since: mark)
    }

    private func word(
        _ text: Span<UInt8>, _ columns: CSVColumns, _ column: CSVColumns.Values, _ parts: Vocabulary.Parts, _ vocabulary: inout Vocabulary
    ) throws(PointFault) -> Int32 {
        var parts = parts, hash = vocabulary.hash
        let names = columns.line.span
        if columns.thing == nil {
            // Thing and property stand in the heading both.
            parts.head = column.thing
            for part in [parts.head, parts.property, parts.unit] { hash.add(names, part) }
            return try vocabulary.word(names, names, parts, hash: hash.state)
        }
        hash.add(text, parts.head)
        if columns.property == nil {
            for part in [parts.property, parts.unit] { hash.add(names, part) }
            return try vocabulary.word(text, names, parts, hash: hash.state)
        }
        for part in [parts.property, parts.unit, parts.quality] { hash.add(text, part) }
        return try vocabulary.word(text, text, parts, hash: hash.state)
    }

    /// A number, true or false; anything else is a text.
    private func add(_ text: Span<UInt8>, _ cell: Range<Int>, _ word: Int32, _ batch: inout PointBatch) {
        var at = cell.lowerBound
        if let number = Decimal.number(text, &at, upTo: cell.upperBound), at == cell.upperBound {
            batch.add(word, number.value)
        } else if text.isEqual(cell, "true") {
            batch.add(word, 1)
        } else if text.isEqual(cell, "false") {
            batch.add(word, 0)
        } else {
            batch.add(word, String(decoding: Array(copying: text, cell), as: UTF8.self))
        }
    }
}

/// What the first line of a table says.
struct CSVColumns: Sendable {
    /// A column of values.
    struct Values: Sendable {
        let place: Int
        /// Where its thing stands in ``CSVColumns/line``, in a wide table without a column of things.
        let thing: Range<Int>
        /// Where its property stands there, in a wide table.
        let name: Range<Int>
        /// Where its unit stands there.
        let unit: Range<Int>
    }

    let line: [UInt8]
    let count: Int
    private(set) var time: Int?
    private(set) var thing: Int?
    private(set) var property: Int?
    private(set) var unit: Int?
    private(set) var quality: Int?
    private(set) var values: [Values] = []

    /// - Throws: ``PointFault`` for a first line that names no time or no values, or one column twice.
    init(_ heading: [UInt8]) throws(PointFault) {
        var cells: [Range<Int>] = []
        // Names in quotes are written without them, so that ranges are of one text.
        let isPlain = CSVCells.plain(heading.span, 0..<heading.count, &cells)
        guard isPlain != false else { throw PointFault(.badLine, "the first line names more than \(CSVCells.most) columns") }
        line = isPlain == true ? heading : try CSVCells.unquoted(heading.span, 0..<heading.count, &cells)
        count = cells.count
        var names: [String] = []
        for cell in cells { names.append(String(decoding: line[cell], as: UTF8.self)) }
        guard Set(names).count == names.count else { throw PointFault(.badLine, "the first line names a column twice") }
        time = names.firstIndex(of: "time") ?? names.firstIndex(of: "timestamp")
        thing = names.firstIndex(of: "thing")
        guard time != nil else { throw PointFault(.badLine, "the first line names no column 'time': send one that names all columns") }
        if let value = names.firstIndex(of: "value"), let property = names.firstIndex(of: "property"), thing != nil {
            (self.property, unit, quality) = (property, names.firstIndex(of: "unit"), names.firstIndex(of: "quality"))
            values = [Values(place: value, thing: 0..<0, name: 0..<0, unit: 0..<0)]
            return
        }
        for (place, cell) in cells.enumerated() where place != time && place != thing {
            values.append(try wide(place, cell))
        }
        guard !values.isEmpty else { throw PointFault(.badLine, "the first line names no column of values") }
    }

    /// "hall/temperature [°C]"
    private func wide(_ place: Int, _ cell: Range<Int>) throws(PointFault) -> Values {
        var (name, unit) = (cell, 0..<0)
        if line[cell].last == UInt8(ascii: "]"), let open = line[cell].lastIndex(of: UInt8(ascii: "[")) {
            unit = open + 1..<cell.upperBound - 1
            let end = open > cell.lowerBound && line[open - 1] == UInt8(ascii: " ") ? open - 1 : open
            name = cell.lowerBound..<end
        }
        guard thing == nil else { return Values(place: place, thing: 0..<0, name: name, unit: unit) }
        guard let slash = line[name].lastIndex(of: UInt8(ascii: "/")) else {
            throw PointFault(
                .badLine, "the column '\(String(decoding: line[cell].prefix(60), as: UTF8.self))' names no thing: write THING/PROPERTY")
        }
        return Values(place: place, thing: name.lowerBound..<slash, name: slash + 1..<name.upperBound, unit: unit)
    }
}

/// Divides rows into cells.
enum CSVCells {
    /// So many columns a table may have.
    static let most = 4_096

    /// The cells of a row without quotes; nil when it has some, false when there are too many.
    static func plain(_ bytes: Span<UInt8>, _ line: Range<Int>, _ cells: inout [Range<Int>]) -> Bool? {
        cells.removeAll(keepingCapacity: true)
        var start = line.lowerBound
        for at in line {
            if bytes[at] == UInt8(ascii: "\"") { return nil }
            guard bytes[at] == UInt8(ascii: ",") else { continue }
            cells.append(start..<at)
            start = at + 1
        }
        cells.append(start..<line.upperBound)
        return cells.count <= most
    }

    /// The cells of a row with quotes, in a text of their own.
    static func unquoted(_ bytes: Span<UInt8>, _ line: Range<Int>, _ cells: inout [Range<Int>]) throws(PointFault) -> [UInt8] {
        cells.removeAll(keepingCapacity: true)
        var (text, at, start, isQuoted): ([UInt8], Int, Int, Bool) = ([], line.lowerBound, 0, false)
        while at < line.upperBound {
            let byte = bytes[at]
            at += 1
            if isQuoted, byte == UInt8(ascii: "\""), at < line.upperBound, bytes[at] == UInt8(ascii: "\"") {
                text.append(byte)
                at += 1
            } else if byte == UInt8(ascii: "\"") {
                isQuoted.toggle()
            } else if byte == UInt8(ascii: ","), !isQuoted {
                cells.append(start..<text.count)
                start = text.count
            } else {
                text.append(byte)
            }
        }
        cells.append(start..<text.count)
        guard !isQuoted else { throw PointFault(.badLine, "a quoted cell doesn't end on its line") }
        guard cells.count <= most else { throw PointFault(.badLine, "a row has more than \(most) cells") }
        return text
    }
}
