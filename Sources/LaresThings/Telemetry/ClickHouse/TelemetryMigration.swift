internal import Foundation
internal import LaresJSON
internal import Synchronization

/// Moves telemetry from files to ClickHouse while both are used.
///
/// ```swift
/// let telemetry = try await TelemetryMigration(from: files, to: servers, progress: home.file("telemetry-move.json"))
/// try await telemetry.move()              // beside everything else that is done with it
/// ```
///
/// What is appended goes to both and counts as stored when both have it. Questions are answered from the files until every month is copied, and
/// then from ClickHouse; nothing is deleted meanwhile. It may be interrupted at any time: months that were copied are not copied again.
public final class TelemetryMigration: TelemetryStore {
    private let files: SQLiteTelemetry
    private let servers: ClickHouseTelemetry
    private let path: String
    private let state: Mutex<State>

    private struct State {
        var progress: Progress
        /// The servers' numbers by those of the files.
        var ids: [SeriesID: SeriesID] = [:]
    }

    /// What the files have; they get all that comes until the move is over.
    public var trouble: TelemetryError? { files.trouble }

    /// How far a move is.
    public struct Progress: Hashable, Sendable {
        /// Months that are copied: "2026-11".
        public internal(set) var months: Set<String> = []
        /// Whether all of them are, so that ClickHouse answers.
        public internal(set) var isDone = false
    }

    /// Begins a move, or goes on with one. Nothing may have been appended to `files` since it was opened.
    ///
    /// - Parameters:
    ///   - files: where telemetry was so far.
    ///   - servers: where it is to be; nobody else may compact it meanwhile.
    ///   - progress: the file that says how far it is.
    /// - Throws: ``TelemetryError``.
    public init(from files: SQLiteTelemetry, to servers: ClickHouseTelemetry, progress path: String) async throws {
        (self.files, self.servers, self.path) = (files, servers, path)
        state = Mutex(State(progress: try Progress(file: path)))
        let series = try await files.series(of: nil)
        let ids = try await servers.declare(series.map { SeriesDeclaration($0.key, $0.kind) })
        state.withLock { $0.ids = Dictionary(zip(series.map(\.id), ids)) { $1 } }
        guard !progress.isDone else { return }
        try await servers.adopt(zip(ids, series).map { ($0, $1.retention, files.kept(of: $1.id)) })
    }

    /// How far it is.
    public var progress: Progress { state.withLock(\.progress) }

    /// Copies what is not copied yet, the newest months first, and lets ClickHouse answer when all of it is there.
    ///
    /// - Throws: ``TelemetryError``, after which it may be called again.
    public func move() async throws {
        guard !progress.isDone else { return }
        // What comes after this goes to both.
        try await files.sortEverything()
        for series in try await files.series(of: nil) where series.kind.reach > 0 { try await carryOver(series) }
        for name in try await files.size().months.keys.sorted(by: >) {
            guard let month = Month(name), !progress.months.contains(name) else { continue }
            try await copy(month)
            try note { $0.months.insert(name) }
        }
        try note { $0.isDone = true }
    }

    private func note(_ change: (inout Progress) -> Void) throws {
        var next = progress
        change(&next)
        try next.write(to: path)
        state.withLock { $0.progress = next }
    }

    /// Stores, unseen, the last number before those that are kept: what power held and a meter counted from it on.
    private func carryOver(_ series: Series) async throws {
        let kept = files.kept(of: series.id)
        guard kept.raw > 0, let id = state.withLock({ $0.ids[series.id] }) else { return }
        let range = Timestamp(milliseconds: max(0, kept.raw - series.kind.reach))..<Timestamp(milliseconds: kept.raw)
        for period in StatisticPeriod.allCases {
            let found = try await files.statistics(of: series.id, in: range, every: period)
            guard let last = found.last(where: { $0.count > 0 }) else { continue }
            let time = Timestamp(milliseconds: last.start.milliseconds + period.milliseconds - 1)
            return try await servers.fill([Reading(id, at: time, .number(last.last))])
        }
    }

    private func copy(_ month: Month) async throws {
        let range = Timestamp(milliseconds: month.range.lowerBound)..<Timestamp(milliseconds: month.range.upperBound)
        var waiting: [Reading] = []
        for series in try await files.series(of: nil) {
            guard let id = state.withLock({ $0.ids[series.id] }) else { continue }
            if series.kind != .state { try await copyStatistics(of: series, to: id, month) }
            for try await page in files.pages(of: series.id, in: range) {
                waiting += page.map { Reading(id, at: $0.time, $0.value) }
                guard waiting.count >= 100_000 else { continue }
                try await servers.fill(waiting)
                waiting = []
            }
        }
        try await servers.fill(waiting)
    }

    /// Copies statistics of times whose readings are deleted.
    private func copyStatistics(of series: Series, to id: SeriesID, _ month: Month) async throws {
        let kept = files.kept(of: series.id)
        for period in StatisticPeriod.allCases {
            let range = month.range.clamped(to: kept[period]..<max(kept[period], kept.raw))
            guard !range.isEmpty else { continue }
            let times = Timestamp(milliseconds: range.lowerBound)..<Timestamp(milliseconds: range.upperBound)
            try await servers.fill(try await files.statistics(of: series.id, in: times, every: period), of: id, every: period)
        }
    }
}

extension TelemetryMigration {
    /// Makes series known to both and gives the files' numbers.
    public func declare(_ declarations: [SeriesDeclaration]) async throws -> [SeriesID] {
        let ids = try await files.declare(declarations)
        let theirs = try await servers.declare(declarations)
        state.withLock { $0.ids.merge(zip(ids, theirs)) { $1 } }
        return ids
    }

    /// The series there are.
    public func series(of thing: String?) async throws -> [Series] { try await files.series(of: thing) }

    /// Stores readings in both.
    public func append(_ readings: [Reading]) async throws {
        try await files.append(readings)
        try await servers.append(
            readings.compactMap { reading in
                state.withLock { $0.ids[reading.series] }.map { Reading($0, at: reading.time, reading.value) }
            })
    }

    /// From when on both still take readings of a series.
    public func keptFrom(of series: SeriesID) -> Timestamp {
        let theirs = state.withLock { $0.ids[series] }.map(servers.keptFrom)
        return max(files.keptFrom(of: series), theirs ?? .earliest)
    }

    /// Readings of one series.
    public func readings(of series: SeriesID, in range: Range<Timestamp>, order: ReadingOrder, limit: Int) async throws -> [Reading] {
        guard let id = theirs(series) else { return try await files.readings(of: series, in: range, order: order, limit: limit) }
        return try await servers.readings(of: id, in: range, order: order, limit: limit).map { Reading(series, at: $0.time, $0.value) }
    }

    /// A series of numbers as a chart of so many pixels needs it.
    public func buckets(of series: SeriesID, in range: Range<Timestamp>, atMost count: Int) async throws -> BucketedSeries {
        guard let id = theirs(series) else { return try await files.buckets(of: series, in: range, atMost: count) }
        return try await servers.buckets(of: id, in: range, atMost: count)
    }

    /// The reading with the latest time of each series that has one.
    public func latest(of series: [SeriesID]) async throws -> [SeriesID: Reading] {
        guard progress.isDone else { return try await files.latest(of: series) }
        let ids = Dictionary(series.compactMap { id in theirs(id).map { ($0, id) } }) { $1 }
        let latest = try await servers.latest(of: Array(ids.keys))
        return Dictionary(latest.compactMap { id, one in ids[id].map { ($0, Reading($0, at: one.time, one.value)) } }) { $1 }
    }

    /// Statistics by periods that begin in a range.
    public func statistics(of series: SeriesID, in range: Range<Timestamp>, every period: StatisticPeriod) async throws -> [Statistic] {
        guard let id = theirs(series) else { return try await files.statistics(of: series, in: range, every: period) }
        return try await servers.statistics(of: id, in: range, every: period)
    }

    /// Sets how long series are kept.
    public func setRetention(_ retention: Retention, of series: [SeriesID]) async throws {
        try await files.setRetention(retention, of: series)
        try await servers.setRetention(retention, of: state.withLock { state in series.compactMap { state.ids[$0] } })
    }

    /// Removes series from both.
    public func remove(_ series: [SeriesID]) async throws {
        try await files.remove(series)
        try await servers.remove(state.withLock { state in series.compactMap { state.ids[$0] } })
    }

    /// Compacts ClickHouse once everything is there; before, nothing is deleted.
    public func compact(now: Timestamp) async throws -> CompactionResult {
        guard progress.isDone else { return CompactionResult(deleted: 0, freedBytes: 0, distrustedClock: false) }
        return try await servers.compact(now: now)
    }

    /// How much there is, in the place that answers.
    public func size() async throws -> TelemetrySize { try await progress.isDone ? servers.size() : files.size() }

    /// Closes both.
    public func close() async throws {
        try await files.close()
        try await servers.close()
    }

    /// The servers' number of a series once they answer.
    private func theirs(_ id: SeriesID) -> SeriesID? { state.withLock { $0.progress.isDone ? $0.ids[id] : nil } }
}

extension TelemetryMigration.Progress {
    /// - Throws: ``TelemetryError`` with code `unreadable`.
    init(file path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else { return }
        guard let json = try? JSON(parsing: Array(data)), case .array(let months) = json["months"], case .bool(let isDone) = json["done"]
        else {
            throw TelemetryError(.unreadable, "'\(path)' is damaged: move it away, and telemetry is moved from the beginning")
        }
        self.months = Set(months.compactMap(\.text))
        self.isDone = isDone
    }

    func write(to path: String) throws {
        let json: JSON = ["months": .array(months.sorted().map { .string($0) }), "done": .bool(isDone)]
        do { try Data(json.serialized.utf8).write(to: URL(filePath: path), options: .atomic) } catch {
            throw TelemetryError(.noSpace, "'\(path)' can't be written: \(error.localizedDescription)")
        }
    }
}

extension SQLiteTelemetry {
    /// From when on a series still has what it had.
    fileprivate func kept(of series: SeriesID) -> KeptFrom { book.withLock { $0.entries[series]?.kept ?? KeptFrom() } }
}
