/// The series of a store, and the rules that readings of them keep. A plain value; stores keep it behind a lock.
struct SeriesBook: Sendable {
    /// A series, and what of it was deleted.
    struct Entry: Hashable, Sendable {
        var series: Series
        var kept = KeptFrom()
    }

    let limits: TelemetryLimits
    private(set) var entries: [SeriesID: Entry] = [:]
    private var ids: [SeriesKey: SeriesID] = [:]

    init(limits: TelemetryLimits) { self.limits = limits }

    /// Adds a series, or puts it in the place of the one with its number.
    mutating func put(_ entry: Entry) {
        entries[entry.series.id] = entry
        ids[entry.series.key] = entry.series.id
    }

    mutating func remove(_ id: SeriesID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        ids[entry.series.key] = nil
    }

    func id(of key: SeriesKey) -> SeriesID? { ids[key] }

    /// - Throws: ``TelemetryError`` with code `seriesNotFound`.
    func entry(_ id: SeriesID) throws -> Entry {
        guard let entry = entries[id] else {
            throw TelemetryError(.seriesNotFound, "there is no series \(id): it was removed or is another store's; declare it again")
        }
        return entry
    }

    /// The entry of a series of numbers.
    ///
    /// - Throws: ``TelemetryError`` with code `seriesNotFound` or `wrongKind`.
    func numbers(_ id: SeriesID) throws -> Entry {
        let entry = try entry(id)
        guard entry.series.kind != .state else {
            throw TelemetryError(.wrongKind, "'\(entry.series.key)' has texts, which have no statistics: ask for its readings")
        }
        return entry
    }

    func keptFrom(of id: SeriesID) -> Timestamp { Timestamp(milliseconds: entries[id]?.kept.raw ?? 0) }

    func list(of thing: String?) -> [Series] {
        entries.values.map(\.series).filter { thing == nil || $0.key.thing == thing }.sorted { $0.id < $1.id }
    }
}

extension SeriesBook {
    /// Refuses declarations that break a rule.
    ///
    /// - Throws: ``TelemetryError`` with code `badName`, `wrongKind` or `tooManySeries`.
    func check(_ declarations: [SeriesDeclaration]) throws {
        var kinds: [SeriesKey: SeriesKind] = [:]
        for declaration in declarations {
            try check(name: declaration.key.thing, "thing")
            try check(name: declaration.key.property, "property")
            let known = kinds[declaration.key] ?? ids[declaration.key].flatMap { entries[$0]?.series.kind }
            guard known == nil || (known == .state) == (declaration.kind == .state) else {
                throw TelemetryError(
                    .wrongKind, "'\(declaration.key)' can't change between numbers and texts: remove its history, or use another name")
            }
            kinds[declaration.key] = declaration.kind
        }
        guard entries.count + kinds.keys.count(where: { ids[$0] == nil }) <= limits.series else {
            throw TelemetryError(.tooManySeries, "a store keeps up to \(limits.series) series: remove some, or raise the limit")
        }
    }

    private func check(name: String, _ what: String) throws {
        guard (1...limits.nameBytes).contains(name.utf8.count) else {
            throw TelemetryError(.badName, "the name of a \(what) has \(name.utf8.count) bytes, it may have 1 to \(limits.nameBytes)")
        }
    }

    /// The readings of a batch that are to be stored: those of days that were deleted fall out, and −0 becomes 0.
    ///
    /// - Throws: ``TelemetryError``; nothing of the batch is stored then.
    func accepted(_ readings: [Reading]) throws -> [Reading] {
        guard readings.count <= limits.batch else {
            throw TelemetryError(.tooMuch, "\(readings.count) readings were sent at once, \(limits.batch) may be: send smaller batches")
        }
        var accepted: [Reading] = []
        accepted.reserveCapacity(readings.count)
        for var reading in readings {
            let entry = try entry(reading.series)
            reading.value = try checked(reading.value, entry.series)
            guard reading.time >= .earliest, reading.time < .end else {
                throw TelemetryError(
                    .badTime, "a reading of '\(entry.series.key)' is from \(reading.time), times are 1970 to 2199: set the device's clock")
            }
            if reading.time.milliseconds >= entry.kept.raw { accepted.append(reading) }
        }
        return accepted
    }

    private func checked(_ value: ReadingValue, _ series: Series) throws -> ReadingValue {
        switch value {
        case .number(let number):
            // A sum of as many readings as a disk holds stays finite.
            guard number.isFinite, abs(number) <= 1e200 else {
                throw TelemetryError(.badValue, "a reading of '\(series.key)' is \(number): only numbers from −1e200 to 1e200 are stored")
            }
            guard series.kind != .state else { throw wrongKind(series, "a number", "texts") }
            return number == 0 ? .number(0) : value
        case .state(let text):
            guard text.utf8.count <= limits.textBytes else {
                throw TelemetryError(
                    .badValue, "a reading of '\(series.key)' is a text of \(text.utf8.count) bytes, it may have \(limits.textBytes)")
            }
            guard series.kind == .state else { throw wrongKind(series, "a text", "numbers") }
            return value
        }
    }

    private func wrongKind(_ series: Series, _ given: String, _ wanted: String) -> TelemetryError {
        TelemetryError(.wrongKind, "\(given) was sent for '\(series.key)', which has \(wanted): declare it as what it is")
    }
}
