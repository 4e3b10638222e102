/// The readings of one hot table, in memory by series: questions about the last minutes never search the table, which is in order of time.
struct HotReadings: Sendable {
    private(set) var runs: [SeriesID: SeriesRun] = [:]
    /// How many were added.
    private(set) var count = 0

    mutating func append(_ series: SeriesID, _ time: Int64, _ value: ReadingValue) {
        runs[series, default: SeriesRun()].append(time, value)
        count += 1
    }

    mutating func remove(_ series: SeriesID) { runs[series] = nil }

    /// Settled readings of a series.
    mutating func run(_ series: SeriesID) -> SeriesRun {
        guard let run = runs[series] else { return SeriesRun() }
        // Changed only when it must be: a table that is being sorted is shared, and would be copied.
        guard !run.isSettled else { return run }
        runs[series]?.settle()
        return runs[series] ?? run
    }

    mutating func settle() {
        for (series, run) in runs where !run.isSettled { runs[series]?.settle() }
    }
}

/// Both hot tables in memory.
struct HotPair: Sendable {
    /// The table that takes new readings, 0 or 1.
    var table: Int
    var filling: HotReadings
    /// Since when it has had readings; nil: it has none.
    private var began: ContinuousClock.Instant?
    /// The other table, while it is sorted into months.
    var draining: HotReadings?
    /// What of it is still to be sorted, last first.
    var slices: [Slice] = []
    /// Whether sorting is under way or about to be.
    var isSorting = false
    /// The latest reading of series that were asked for: it may be years old, in any of the files.
    private var latest: [SeriesID: Reading?] = [:]
    /// How often tables took turns.
    var turns = 0
    /// Whether readings wait until sorting is done.
    var isPaused = false
    /// Whether a compaction is under way.
    var isCompacting = false
    /// Why sorting failed last.
    var trouble: TelemetryError?

    var count: Int { filling.count + (draining?.count ?? 0) }

    /// Settled readings of a series in a range.
    mutating func run(_ series: SeriesID, _ range: Range<Int64>) -> SeriesRun {
        let newer = filling.run(series)
        let older = draining?.run(series) ?? SeriesRun()
        // Slices are copies: a shared array would be copied whole by the next reading.
        return newer.slice(newer.indices(range)).over(older.slice(older.indices(range)))
    }

    init(table: Int, filling: HotReadings) {
        self.table = table
        self.filling = filling
        began = filling.count > 0 ? .now : nil
    }

    /// Whether the table that is filled is to be sorted: it is full, or has had a part of that for long.
    func isDue(_ limits: TelemetryLimits) -> Bool {
        if filling.count >= limits.unsorted { return true }
        guard filling.count >= max(1, limits.unsorted / 16), let began else { return false }
        return began.duration(to: .now) >= limits.sortAfter
    }

    /// The table that is filled is an empty one now.
    mutating func refill() { (filling, began) = (HotReadings(), nil) }

    /// Takes readings that are on the disk.
    mutating func append(_ readings: [Reading]) {
        if began == nil { began = .now }
        for reading in readings {
            filling.append(reading.series, reading.time.milliseconds, reading.value)
            if let known = latest[reading.series], known.map({ $0.time <= reading.time }) ?? true {
                latest[reading.series] = .some(reading)
            }
        }
    }

    /// The latest reading of a series as far as it was asked for; nil inside when it has none.
    func known(_ series: SeriesID) -> Reading?? { latest[series] }

    /// The latest reading of a series in memory.
    mutating func newest(_ series: SeriesID) -> Reading? {
        let runs = [filling.run(series), draining?.run(series) ?? SeriesRun()]
        return Reading.latest(of: runs.map { $0.reading(series, at: $0.count - 1) })
    }

    /// Notes the latest reading of a series, unless some may have left memory since it was looked for.
    mutating func note(_ reading: Reading?, of series: SeriesID, turns: Int) {
        let newest = Reading.latest(of: [newest(series), reading])
        if turns == self.turns { latest[series] = .some(newest) }
    }

    /// Whether it has twice the readings that it should begin to sort at.
    func isOverfull(_ unsorted: Int) -> Bool { filling.count >= 2 * unsorted }

    /// Says whether new readings have to wait; whoever ends sorting then sees to them.
    mutating func pauses(_ unsorted: Int, isClosed: Bool) -> Bool {
        isPaused = isOverfull(unsorted) && isSorting && trouble == nil && !isClosed
        return isPaused
    }

    /// Notes that sorting ended, and says whether readings waited for it.
    mutating func endSorting(_ trouble: TelemetryError?) -> Bool {
        self.trouble = trouble
        isSorting = false
        defer { isPaused = false }
        return isPaused
    }

    /// Says whether nobody else compacts.
    mutating func beginCompacting() -> Bool {
        defer { isCompacting = true }
        return !isCompacting
    }

    mutating func remove(_ series: SeriesID) {
        latest[series] = nil
        filling.remove(series)
        draining?.remove(series)
    }
}

/// A part of a hot table that is sorted into one month in one transaction.
struct Slice: Hashable, Sendable {
    /// A series, and the places of its readings.
    struct Part: Hashable, Sendable {
        let series: SeriesID
        let places: Range<Int>
    }

    let month: Month
    var parts: [Part] = []
    var count = 0

    /// Divides settled readings: month by month, in order of series, each slice at most so large. The last comes first.
    static func slices(of hot: HotReadings, atMost size: Int) -> [Slice] {
        var months: [Month: [Slice]] = [:]
        for (series, run) in hot.runs.sorted(by: { $0.key < $1.key }) where !run.isEmpty {
            for month in Month.spanning(run.times[0]..<run.times[run.count - 1] + 1) {
                add(run.indices(month.range), of: series, to: &months[month, default: []], month, size)
            }
        }
        return months.sorted { $0.key > $1.key }.flatMap { $0.value.reversed() }
    }

    private static func add(_ places: Range<Int>, of series: SeriesID, to slices: inout [Slice], _ month: Month, _ size: Int) {
        for start in stride(from: places.lowerBound, to: places.upperBound, by: size) {
            let part = Part(series: series, places: start..<min(start + size, places.upperBound))
            if slices.isEmpty || slices[slices.count - 1].count + part.places.count > size { slices.append(Slice(month: month)) }
            slices[slices.count - 1].parts.append(part)
            slices[slices.count - 1].count += part.places.count
        }
    }
}

extension SeriesRun {
    /// The reading at a place, if there is one.
    func reading(_ series: SeriesID, at place: Int) -> Reading? {
        times.indices.contains(place) ? Reading(series, at: Timestamp(milliseconds: times[place]), value(at: place)) : nil
    }
}

extension Reading {
    /// The latest of some; the first of those with the same time.
    static func latest(of readings: [Reading?]) -> Reading? {
        readings.compactMap { $0 }.reduce(nil) { latest, reading in latest.map { $0.time >= reading.time ? $0 : reading } ?? reading }
    }
}
