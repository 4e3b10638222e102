internal import Synchronization

/// A store whose readings somebody else sees as well, once they are stored: whoever sent them, by whatever way.
///
/// ```swift
/// let telemetry = TappedTelemetry(store)
/// try await telemetry.tap { $0.thing.hasPrefix("air,") } tell: { readings in … }
/// ```
///
/// Of a series only readings that are later than those before are told: who watches a stream can do nothing with its past. Nobody is told of what
/// nobody asked for, and that costs a look into an array for each reading. Where other programs write to the store too, what they wrote is asked
/// for with ``news(atMost:)``.
public final class TappedTelemetry: TelemetryStore {
    /// A number of a series, later than those that were told before.
    public struct Told: Hashable, Sendable {
        /// Which series.
        public let series: SeriesKey
        /// When.
        public let time: Timestamp
        /// What it was.
        public let number: Double
    }

    /// Where readings are kept.
    public let store: any TelemetryStore
    private let state = Mutex(State())

    private struct State {
        var wants: (@Sendable (SeriesKey) -> Bool)?
        var tell: (@Sendable ([Told]) -> Void)?
        /// By number of the series: those that are wanted, and the time that was told last.
        var wanted: [Wanted?] = []

        struct Wanted {
            let key: SeriesKey
            var last: Int64
            /// Whether what the store has of it already is to be left out, and it isn't known yet what that is.
            var isBehind: Bool
        }

        mutating func note(_ series: [Series], areBehind: Bool) {
            for one in series { note(one.key, one.id, isText: one.kind == .state, isBehind: areBehind) }
        }

        mutating func note(_ key: SeriesKey, _ id: SeriesID, isText: Bool, isBehind: Bool) {
            guard let wants, (0..<100_000_000).contains(id.number) else { return }
            let isWanted = !isText && wants(key)
            guard isWanted || id.number < wanted.count else { return }
            while wanted.count <= id.number { wanted.append(nil) }
            guard isWanted else { return wanted[id.number] = nil }
            if wanted[id.number]?.key != key { wanted[id.number] = Wanted(key: key, last: .min, isBehind: isBehind) }
        }

        var behind: [SeriesID] { wanted.indices.filter { wanted[$0]?.isBehind == true }.map { SeriesID($0) } }

        mutating func catchUp(_ series: [SeriesID], _ latest: [SeriesID: Reading]) {
            for id in series where wanted.indices.contains(id.number) {
                wanted[id.number]?.isBehind = false
                guard let time = latest[id]?.time.milliseconds, let last = wanted[id.number]?.last else { continue }
                wanted[id.number]?.last = max(last, time)
            }
        }

        /// After when what others store is to be told, of those that were told something since a time.
        func times(since start: Timestamp?) -> [SeriesID: Timestamp] {
            var times: [SeriesID: Timestamp] = [:]
            for place in wanted.indices {
                guard let one = wanted[place], !one.isBehind, one.last >= start?.milliseconds ?? .min else { continue }
                times[SeriesID(place)] = Timestamp(milliseconds: one.last)
            }
            return times
        }

        /// Those that are to be told, which are told from now on.
        mutating func take(_ readings: [Reading]) -> [Told] {
            var told: [Told] = []
            for reading in readings {
                let place = reading.series.number
                guard place < wanted.count, wanted[place] != nil, case .number(let number) = reading.value else { continue }
                let time = reading.time.milliseconds
                guard let one = wanted[place], time > one.last else { continue }
                wanted[place]?.last = time
                told.append(Told(series: one.key, time: reading.time, number: number))
            }
            return told
        }
    }

    /// A store that nobody listens to yet.
    public init(_ store: any TelemetryStore) { self.store = store }

    /// Has somebody told of readings from now on, in the place of who was told before.
    ///
    /// - Parameters:
    ///   - wants: Whether they want a series.
    ///   - tell: Told of readings after they are stored, of one call of `append` together; it may not take long.
    /// - Throws: ``TelemetryError``.
    public func tap(_ wants: @escaping @Sendable (SeriesKey) -> Bool, tell: @escaping @Sendable ([Told]) -> Void) async throws {
        state.withLock { ($0.wants, $0.tell) = (wants, tell) }
        let all = try await store.series(of: nil)
        let behind = state.withLock { state in
            state.note(all, areBehind: store.isShared)
            return state.behind
        }
        guard !behind.isEmpty else { return }
        let latest = try await store.latest(of: behind)
        state.withLock { $0.catchUp(behind, latest) }
    }

    /// Looks for series that other programs declared since; all that these have is told by ``news(atMost:)``.
    ///
    /// - Throws: ``TelemetryError``.
    public func discover() async throws {
        guard store.isShared else { return }
        let all = try await store.series(of: nil)
        state.withLock { $0.note(all, areBehind: false) }
    }

    /// What other programs stored of what is wanted since it was told last, in the order of time. Nothing is told twice, and nothing that is
    /// from before what was told last of its series, however late it came.
    ///
    /// - Parameters:
    ///   - limit: At most so many, 1 to 100,000.
    ///   - start: Only of series of which something was told that is no older; nil: of all.
    /// - Returns: What is to be told, and whether there may be more.
    /// - Throws: ``TelemetryError``.
    public func news(atMost limit: Int, ofThoseSince start: Timestamp? = nil) async throws -> (told: [Told], isMore: Bool) {
        guard store.isShared else { return ([], false) }
        let times = state.withLock { $0.times(since: start) }
        guard !times.isEmpty else { return ([], false) }
        let found = try await store.readings(after: times, limit: limit)
        return (state.withLock { $0.take(found) }, found.count == limit)
    }

    /// As the store does; new series are wanted or not from then on.
    public func declare(_ declarations: [SeriesDeclaration]) async throws -> [SeriesID] {
        let ids = try await store.declare(declarations)
        state.withLock { state in
            guard state.wants != nil else { return }
            for (one, id) in zip(declarations, ids) { state.note(one.key, id, isText: one.kind == .state, isBehind: false) }
        }
        return ids
    }

    /// As the store does, and tells of what is wanted when it is stored.
    public func append(_ readings: [Reading]) async throws {
        try await store.append(readings)
        let (told, tell) = state.withLock { state -> ([Told], (@Sendable ([Told]) -> Void)?) in
            guard state.tell != nil, !state.wanted.isEmpty else { return ([], nil) }
            return (state.take(readings), state.tell)
        }
        if !told.isEmpty { tell?(told) }
    }

    /// As the store has it.
    public func keptFrom(of series: SeriesID) -> Timestamp { store.keptFrom(of: series) }

    /// As the store has it.
    public func series(of thing: String?) async throws -> [Series] { try await store.series(of: thing) }

    /// As the store has it.
    public func readings(of series: SeriesID, in range: Range<Timestamp>, order: ReadingOrder, limit: Int) async throws -> [Reading] {
        try await store.readings(of: series, in: range, order: order, limit: limit)
    }

    /// As the store has it.
    public func readings(after times: [SeriesID: Timestamp], limit: Int) async throws -> [Reading] {
        try await store.readings(after: times, limit: limit)
    }

    /// As the store has it.
    public func buckets(of series: SeriesID, in range: Range<Timestamp>, atMost count: Int) async throws -> BucketedSeries {
        try await store.buckets(of: series, in: range, atMost: count)
    }

    /// As the store has it.
    public func latest(of series: [SeriesID]) async throws -> [SeriesID: Reading] { try await store.latest(of: series) }

    /// As the store has it.
    public func statistics(of series: SeriesID, in range: Range<Timestamp>, every period: StatisticPeriod) async throws -> [Statistic] {
        try await store.statistics(of: series, in: range, every: period)
    }

    /// As the store does.
    public func setRetention(_ retention: Retention, of series: [SeriesID]) async throws {
        try await store.setRetention(retention, of: series)
    }

    /// As the store does; what is gone is wanted no more.
    public func remove(_ series: [SeriesID]) async throws {
        try await store.remove(series)
        state.withLock { state in for one in series where state.wanted.indices.contains(one.number) { state.wanted[one.number] = nil } }
    }

    /// As the store does.
    public func compact(now: Timestamp) async throws -> CompactionResult { try await store.compact(now: now) }
    /// As the store has it.
    public func size() async throws -> TelemetrySize { try await store.size() }
    /// As the store does.
    public func close() async throws { try await store.close() }
    /// That of the store.
    public var trouble: TelemetryError? { store.trouble }
    /// As the store is.
    public var isShared: Bool { store.isShared }
}
