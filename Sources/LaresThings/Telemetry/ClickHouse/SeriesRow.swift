import LaresCrypto

/// A series as the register of a store has it.
struct SeriesRow: Hashable, Sendable {
    /// What it is called in the other tables: a hash of its key, so that servers and workers agree about it without asking each other.
    let line: UInt64
    var entry: SeriesBook.Entry
    /// How often the key was removed before.
    let generation: UInt32
    var removal = Removal.none

    /// How far the removal of a series is.
    enum Removal: UInt8 {
        case none = 0
        /// It is no longer seen.
        case hidden = 1
        /// Its rows are gone as well.
        case done = 2
    }

    var id: SeriesID { entry.series.id }

    init(_ entry: SeriesBook.Entry, generation: UInt32) {
        self.entry = entry
        self.generation = generation
        line = Self.line(entry.series.key, generation)
    }

    /// The first 63 bits of a SHA-256: among ten million series two are the same once in 200,000 stores.
    static func line(_ key: SeriesKey, _ generation: UInt32) -> UInt64 {
        let digest = SHA256.hash(Array("\(generation):\(key.thing.utf8.count):\(key.thing)\(key.property)".utf8))
        return digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } >> 1
    }
}

extension SeriesRow {
    static let columns = """
        line, number, thing, property, kind, generation, removed, raw_days, fine_days, hour_days, kept_raw, kept_fine, kept_hours
        """

    /// Reads ``columns``.
    init(_ row: inout RowBinaryReader) throws {
        line = try row.integer()
        let number = try row.count()
        let key = SeriesKey(thing: try row.text(), property: try row.text())
        let place = Int(try row.integer(UInt8.self))
        generation = try row.integer()
        removal = Removal(rawValue: try row.integer()) ?? .done
        let days = try (0..<3).map { _ in try row.integer(Int64.self) }.map { $0 < 0 ? nil : Int(clamping: $0) }
        let kept = try (0..<3).map { _ in try row.integer(Int64.self) }
        guard SeriesKind.allCases.indices.contains(place), number > 0 else {
            throw TelemetryError(.unreadable, "the register of series has a row of a newer Lares: update this one")
        }
        let retention = Retention(rawDays: days[0], fiveMinuteDays: days[1], hourDays: days[2])
        let series = Series(id: SeriesID(number), key: key, kind: SeriesKind.allCases[place], retention: retention)
        entry = SeriesBook.Entry(series: series, kept: KeptFrom(raw: kept[0], fiveMinutes: kept[1], hours: kept[2]))
    }

    /// The same under another number.
    func numbered(_ number: Int) -> SeriesRow {
        var other = self
        let old = entry.series
        other.entry.series = Series(id: SeriesID(number), key: old.key, kind: old.kind, retention: old.retention)
        return other
    }

    /// Rows as they are inserted.
    static func block(_ rows: [SeriesRow], version: UInt64) -> NativeBlock {
        var block = NativeBlock(rows: rows.count)
        block.add("line", rows.map(\.line))
        block.add("number", rows.map { UInt64($0.id.number) })
        block.add("thing", rows.map(\.entry.series.key.thing))
        block.add("property", rows.map(\.entry.series.key.property))
        block.add("kind", rows.map(\.entry.series.kind.place))
        block.add("generation", rows.map(\.generation))
        block.add("removed", rows.map(\.removal.rawValue))
        block.add("raw_days", rows.map { Int64($0.entry.series.retention.rawDays ?? -1) })
        block.add("fine_days", rows.map { Int64($0.entry.series.retention.fiveMinuteDays ?? -1) })
        block.add("hour_days", rows.map { Int64($0.entry.series.retention.hourDays ?? -1) })
        block.add("kept_raw", rows.map(\.entry.kept.raw))
        block.add("kept_fine", rows.map(\.entry.kept.fiveMinutes))
        block.add("kept_hours", rows.map(\.entry.kept.hours))
        block.add("version", repeatElement(version, count: rows.count))
        return block
    }
}

extension SeriesKind {
    /// Its number in the register. The order of the cases is part of the format.
    var place: UInt8 { UInt8(Self.allCases.firstIndex(of: self) ?? 0) }
}
