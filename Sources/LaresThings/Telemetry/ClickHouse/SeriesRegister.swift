/// What a process knows of the series of a store. A plain value; the store keeps it behind a lock.
///
/// Numbers are this process's names for lines. They are kept beside the lines, so they stay the same when it starts again; only where two
/// processes declare different series at the same moment does one of them number its own differently until then.
struct SeriesRegister: Sendable {
    private(set) var book: SeriesBook
    /// By line, removed ones too.
    private(set) var rows: [UInt64: SeriesRow] = [:]
    /// By number, what is needed for every reading; a line of 0 is none.
    private(set) var lines: [ReadingLine] = [ReadingLine()]
    /// Numbers that were given away and are not known to be stored.
    private var promised: [SeriesKey: SeriesRow] = [:]
    private var batch = 0
    /// The highest version that was read.
    var seen: UInt64 = 0

    init(limits: TelemetryLimits) { book = SeriesBook(limits: limits) }

    /// Takes a row in the place of the one with its line.
    mutating func put(_ row: SeriesRow) {
        var row = row
        if let known = rows[row.line] {
            row = row.numbered(known.id.number)
        } else if isTaken(row) {
            row = row.numbered(lines.count)
        }
        rows[row.line] = row
        promised[row.entry.series.key] = nil
        while lines.count <= row.id.number { lines.append(ReadingLine()) }
        lines[row.id.number].line = row.line
        lines[row.id.number].isGone = row.removal != .none
        lines[row.id.number].from = row.removal == .none && row.entry.series.kind != .state ? row.entry.kept.raw : .max
        if row.removal == .none { book.put(row.entry) } else { book.remove(row.id) }
    }

    /// Whether the number of a row is that of another one here, or too large for a place in an array.
    private func isTaken(_ row: SeriesRow) -> Bool {
        guard row.id.number < lines.count else { return row.id.number > 100_000_000 }
        return lines[row.id.number].line != 0 && lines[row.id.number].line != row.line
    }

    /// The row of a series.
    ///
    /// - Throws: ``TelemetryError`` with code `seriesNotFound`.
    func row(_ id: SeriesID) throws -> SeriesRow {
        let entry = try book.entry(id)
        guard let row = rows[lines[id.number].line] else { return SeriesRow(entry, generation: 0) }
        return row
    }

    /// Rows that make declarations true; none for what is so already.
    ///
    /// - Throws: ``TelemetryError``.
    mutating func plan(_ declarations: [SeriesDeclaration], _ retention: Retention) throws -> [SeriesRow] {
        try book.check(declarations)
        var planned: [SeriesKey: SeriesRow] = [:]
        for declaration in declarations {
            let known = book.id(of: declaration.key).flatMap { rows[lines[$0.number].line] }
            if known?.entry.series.kind == declaration.kind, planned[declaration.key] == nil { continue }
            var row = planned[declaration.key] ?? known ?? promised[declaration.key] ?? new(declaration, retention)
            row.entry.series.kind = declaration.kind
            planned[declaration.key] = row
        }
        return planned.values.sorted { $0.id < $1.id }
    }

    private mutating func new(_ declaration: SeriesDeclaration, _ retention: Retention) -> SeriesRow {
        let series = Series(id: SeriesID(lines.count), key: declaration.key, kind: declaration.kind, retention: retention)
        lines.append(ReadingLine())
        var row = SeriesRow(SeriesBook.Entry(series: series), generation: 0)
        // A line that is taken was removed, or is that of another key with the same hash.
        while rows[row.line] != nil { row = SeriesRow(row.entry, generation: row.generation + 1) }
        lines[series.id.number].line = row.line
        promised[declaration.key] = row
        return row
    }

    /// The readings of a batch that are to be stored.
    ///
    /// - Throws: ``TelemetryError``; nothing of the batch is stored then.
    func accepted(_ readings: [Reading]) throws -> [Reading] {
        // Almost all batches are numbers of which nothing is to be said; looking each of them up in the book takes as long as storing them.
        let areNumbers = readings.count <= book.limits.batch && readings.allSatisfy(isPlain)
        return areNumbers ? readings : try book.accepted(readings)
    }

    private func isPlain(_ reading: Reading) -> Bool {
        guard case .number(let number) = reading.value, number.magnitude <= 1e200, number != 0 || number.sign == .plus else { return false }
        let place = reading.series.number, time = reading.time
        return lines.indices.contains(place) && time.milliseconds >= lines[place].from && time >= .earliest && time < .end
    }

    /// Readings as columns, and the days that begin to change with them. Those of series that were removed meanwhile are left out.
    ///
    /// - Parameters:
    ///   - batches: the readings, earlier batches first.
    ///   - version: theirs.
    ///   - now: the version of now.
    ///   - window: how long a mark holds.
    mutating func columns(of batches: [[Reading]], version: UInt64, now: UInt64, window: UInt64) -> AppendedRows {
        var rows = AppendedRows(version: version)
        batch += 1
        for readings in batches {
            for reading in readings { add(reading, to: &rows, now, window) }
        }
        rows.settle()
        return rows
    }

    private mutating func add(_ reading: Reading, to rows: inout AppendedRows, _ now: UInt64, _ window: UInt64) {
        let number = reading.series.number, time = reading.time.milliseconds
        guard lines.indices.contains(number), !lines[number].isGone else { return }
        if lines[number].batch == batch, lines[number].time >= time { rows.isInOrder = false }
        lines[number].batch = batch
        lines[number].time = time
        rows.add(reading, lines[number].line)
        let day = rows.day
        guard lines[number].day != day || lines[number].until < now else { return }
        lines[number].day = day
        lines[number].until = now + window
        rows.mark(lines[number].line)
    }

    /// Forgets which days are marked: the marks were not stored.
    mutating func forgetMarks() {
        for place in lines.indices { lines[place].day = -1 }
    }
}

/// What is looked at for every reading of a series.
struct ReadingLine: Hashable, Sendable {
    /// What the tables call the series.
    var line: UInt64 = 0
    /// The last day that was marked as changing, and until which version.
    var day: Int64 = -1
    var until: UInt64 = 0
    /// The last batch that had a reading of it, and the latest time in that.
    var batch = 0
    var time: Int64 = -1
    /// Whether the series was removed.
    var isGone = false
    /// From when on it takes numbers.
    var from: Int64 = .max
}
