import Foundation
import LaresStore
import LaresThings
import Synchronization
import Testing

/// The stores that every test of the promises runs against.
enum TestedStore: String, CaseIterable, Sendable {
    /// The twin in memory.
    case memory
    /// SQLite, with all readings still in order of time.
    case unsorted
    /// SQLite, where every batch is sorted into its month at once.
    case sorted
    /// SQLite, with tables that take turns after three readings.
    case turning
    /// SQLite, closed and opened again after every batch.
    case reopened
    /// ClickHouse, with statistics made from readings.
    case clickhouse
    /// ClickHouse, where statistics are stored after every batch.
    case rolled

    /// Those there are here; `ClickHouseTelemetryTests` says when ClickHouse isn't among them.
    static var allCases: [TestedStore] {
        [.memory, .unsorted, .sorted, .turning, .reopened] + (ClickHouseServer.isThere ? [.clickhouse, .rolled] : [])
    }

    static var clickHouse: [TestedStore] { allCases.filter { [.clickhouse, .rolled].contains($0) } }
}

/// Gives a fresh store, and removes what it wrote afterwards.
func withTelemetry(
    _ kind: TestedStore, retention: Retention = .forever, limits: TelemetryLimits = TelemetryLimits(),
    _ body: (any TelemetryStore) async throws -> Void
) async throws {
    if kind == .memory { return try await body(MemoryTelemetry(retention: retention, limits: limits)) }
    if TestedStore.clickHouse.contains(kind) { return try await withClickHouse(kind, retention, limits, body) }
    try await withTelemetryHome { home in
        var limits = limits
        if kind == .turning { limits.unsorted = 3 }
        let disturbed = try DisturbedTelemetry(home, retention, limits, kind)
        try await body(disturbed)
        try await disturbed.current.close()
    }
}

private func withClickHouse(
    _ kind: TestedStore, _ retention: Retention, _ limits: TelemetryLimits, _ body: (any TelemetryStore) async throws -> Void
) async throws {
    let address = try #require(try ClickHouseServer.shared?.database())
    var settings = ClickHouseSettings()
    if kind == .rolled { (settings.window, settings.settling) = (.zero, .zero) }
    let store = try await ClickHouseTelemetry(address, retention: retention, limits: limits, settings: settings)
    try await body(kind == .rolled ? RolledTelemetry(store: store) : store)
    try await store.close()
}

/// Gives a fresh data directory, and removes it afterwards.
func withTelemetryHome(_ body: (LaresHome) async throws -> Void) async throws {
    let path = NSTemporaryDirectory() + "lares-test-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(LaresHome(path: path))
}

/// SQLite that is sorted, or closed and opened again, after every batch.
final class DisturbedTelemetry: TelemetryStore {
    private let home: LaresHome
    private let retention: Retention
    private let limits: TelemetryLimits
    private let kind: TestedStore
    private let store: Mutex<SQLiteTelemetry>

    init(_ home: LaresHome, _ retention: Retention, _ limits: TelemetryLimits, _ kind: TestedStore) throws {
        self.home = home
        self.retention = retention
        self.limits = limits
        self.kind = kind
        store = Mutex(try SQLiteTelemetry(home: home, retention: retention, limits: limits))
    }

    var current: SQLiteTelemetry { store.withLock { $0 } }

    func append(_ readings: [Reading]) async throws {
        try await current.append(readings)
        if kind == .sorted { try await current.sortEverything() }
        if kind == .reopened {
            try await current.close()
            let next = try SQLiteTelemetry(home: home, retention: retention, limits: limits)
            store.withLock { $0 = next }
        }
    }

    func declare(_ declarations: [SeriesDeclaration]) async throws -> [SeriesID] { try await current.declare(declarations) }
    func keptFrom(of series: SeriesID) -> Timestamp { current.keptFrom(of: series) }
    func series(of thing: String?) async throws -> [Series] { try await current.series(of: thing) }
    func readings(of series: SeriesID, in range: Range<Timestamp>, order: ReadingOrder, limit: Int) async throws -> [Reading] {
        try await current.readings(of: series, in: range, order: order, limit: limit)
    }
    func buckets(of series: SeriesID, in range: Range<Timestamp>, atMost count: Int) async throws -> BucketedSeries {
        try await current.buckets(of: series, in: range, atMost: count)
    }
    func latest(of series: [SeriesID]) async throws -> [SeriesID: Reading] { try await current.latest(of: series) }
    func statistics(of series: SeriesID, in range: Range<Timestamp>, every period: StatisticPeriod) async throws -> [Statistic] {
        try await current.statistics(of: series, in: range, every: period)
    }
    func setRetention(_ retention: Retention, of series: [SeriesID]) async throws {
        try await current.setRetention(retention, of: series)
    }
    func remove(_ series: [SeriesID]) async throws { try await current.remove(series) }
    func compact(now: Timestamp) async throws -> CompactionResult { try await current.compact(now: now) }
    func size() async throws -> TelemetrySize { try await current.size() }
}

/// ClickHouse that stores statistics after every batch.
struct RolledTelemetry: TelemetryStore {
    let store: ClickHouseTelemetry

    func append(_ readings: [Reading]) async throws {
        try await store.append(readings)
        try await store.rollUp()
    }
    func declare(_ declarations: [SeriesDeclaration]) async throws -> [SeriesID] { try await store.declare(declarations) }
    func keptFrom(of series: SeriesID) -> Timestamp { store.keptFrom(of: series) }
    func series(of thing: String?) async throws -> [Series] { try await store.series(of: thing) }
    func readings(of series: SeriesID, in range: Range<Timestamp>, order: ReadingOrder, limit: Int) async throws -> [Reading] {
        try await store.readings(of: series, in: range, order: order, limit: limit)
    }
    func buckets(of series: SeriesID, in range: Range<Timestamp>, atMost count: Int) async throws -> BucketedSeries {
        try await store.buckets(of: series, in: range, atMost: count)
    }
    func latest(of series: [SeriesID]) async throws -> [SeriesID: Reading] { try await store.latest(of: series) }
    func statistics(of series: SeriesID, in range: Range<Timestamp>, every period: StatisticPeriod) async throws -> [Statistic] {
        try await store.statistics(of: series, in: range, every: period)
    }
    func setRetention(_ retention: Retention, of series: [SeriesID]) async throws {
        try await store.setRetention(retention, of: series)
    }
    func remove(_ series: [SeriesID]) async throws { try await store.remove(series) }
    func compact(now: Timestamp) async throws -> CompactionResult { try await store.compact(now: now) }
    func size() async throws -> TelemetrySize { try await store.size() }
}

/// A time of November 2026, or of the days after it: `at(30, 23, 59)`.
func at(_ day: Int64, _ hour: Int64 = 0, _ minute: Int64 = 0, _ second: Int64 = 0) -> Timestamp {
    Timestamp(milliseconds: 1_793_491_200_000 + ((((day - 1) * 24 + hour) * 60 + minute) * 60 + second) * 1_000)
}

let allTimes = Timestamp.earliest ..< .end

extension TelemetryStore {
    func declare(_ kind: SeriesKind, _ property: String = "value") async throws -> SeriesID {
        try #require(try await declare([SeriesDeclaration(SeriesKey(thing: "thing", property: property), kind)]).first)
    }

    func append(_ series: SeriesID, _ numbers: [(Timestamp, Double)]) async throws {
        for (time, number) in numbers { try await append([Reading(series, at: time, .number(number))]) }
    }

    func all(_ series: SeriesID) async throws -> [Reading] {
        try await readings(of: series, in: allTimes, order: .oldestFirst, limit: 100_000)
    }
}

/// The code of the error that something throws.
func code(_ body: () async throws -> Void) async -> TelemetryError.Code? {
    do {
        try await body()
        return nil
    } catch { return (error as? TelemetryError)?.code }
}
