import Foundation
import LaresStore
import LaresThings
import Synchronization
import Testing

/// An ingest into a store in memory, at a fixed time.
struct IngestWorld {
    let ingest: Ingest
    let store: TroubledTelemetry
    let clock: FixedClock
    let home: LaresHome

    /// Sends text and gives what became of it.
    @discardableResult
    func send(_ text: String, _ format: PointFormat = .line, _ precision: TimePrecision? = nil, for tenant: String = "") async throws
        -> IngestAnswer
    {
        var stream = try ingest.stream(format, precision: precision, for: try await ingest.tenant(tenant), source: "test")
        try await stream.take(Array(text.utf8))
        return try await stream.finish()
    }

    /// The same with an ingest that was started again: what one knew by heart is gone.
    func restarted() async throws -> IngestWorld {
        IngestWorld(ingest: try await Ingest(into: store, home: home, clock: clock), store: store, clock: clock, home: home)
    }

    /// "air/no2 1000=12.5 2000=13": every reading of a series, or nil where there is none.
    func readings(_ thing: String, _ property: String) async throws -> String? {
        guard let series = try await store.series(of: thing).first(where: { $0.key.property == property }) else { return nil }
        let all = try await store.readings(of: series.id, in: Timestamp.earliest..<Timestamp.end, order: .oldestFirst, limit: 1_000)
        return all.map { reading in
            switch reading.value {
            case .number(let number): "\(reading.time.milliseconds)=\(Int(exactly: number).map(String.init) ?? "\(number)")"
            case .state(let text): "\(reading.time.milliseconds)='\(text)'"
            }
        }.joined(separator: " ")
    }
}

/// The error of something that is refused; nil when it isn't.
func refusal(_ body: () async throws -> Void) async -> IngestError? {
    do {
        try await body()
        return nil
    } catch { return error as? IngestError }
}

/// The moment of every test: 2026-11-29T00:00:00Z.
let ingestNow = Date(timeIntervalSince1970: 1_795_910_400)

/// Gives an ingest, and removes what it wrote afterwards.
func withIngest(
    settings: IngestSettings = IngestSettings(), letters: DeadLetters.Limits = DeadLetters.Limits(),
    limits: TelemetryLimits = TelemetryLimits(),
    unit: @escaping @Sendable (SeriesKey) -> LaresThings.Unit? = { _ in nil }, _ body: (IngestWorld) async throws -> Void
) async throws {
    try await withTelemetryHome { home in
        let (store, clock) = (TroubledTelemetry(MemoryTelemetry(limits: limits)), FixedClock(ingestNow))
        let ingest = try await Ingest(into: store, home: home, settings: settings, letters: letters, clock: clock, unit: unit)
        try await body(IngestWorld(ingest: ingest, store: store, clock: clock, home: home))
    }
}

/// A store that fails when it is told to, and can be made to wait.
final class TroubledTelemetry: TelemetryStore {
    private let store: MemoryTelemetry
    private let state = Mutex(State())

    private struct State {
        var trouble: TelemetryError?
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var calls = 0
    }

    init(_ store: MemoryTelemetry) { self.store = store }

    var trouble: TelemetryError? {
        get { state.withLock(\.trouble) }
        set { state.withLock { $0.trouble = newValue } }
    }

    /// How often something was stored.
    var calls: Int { state.withLock(\.calls) }
    /// How many calls wait.
    var waiting: Int { state.withLock(\.held.count) }

    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let held = state.withLock { state in
            defer { (state.held, state.isHeld) = ([], false) }
            return state.held
        }
        for one in held { one.resume() }
    }

    func append(_ readings: [Reading]) async throws {
        state.withLock { $0.calls += 1 }
        await withCheckedContinuation { continuation in
            let goesOn = state.withLock { state in
                if state.isHeld { state.held.append(continuation) }
                return !state.isHeld
            }
            if goesOn { continuation.resume() }
        }
        if let trouble { throw trouble }
        try await store.append(readings)
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
    func setRetention(_ retention: Retention, of series: [SeriesID]) async throws { try await store.setRetention(retention, of: series) }
    func remove(_ series: [SeriesID]) async throws { try await store.remove(series) }
    func compact(now: Timestamp) async throws -> CompactionResult { try await store.compact(now: now) }
    func size() async throws -> TelemetrySize { try await store.size() }
}
