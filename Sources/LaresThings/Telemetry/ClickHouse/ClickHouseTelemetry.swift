internal import Foundation
internal import Synchronization

/// Telemetry in ClickHouse, for more readings than one machine's files should hold: on one server, or on a cluster whose shards share the series.
///
/// ```swift
/// let telemetry = try await ClickHouseTelemetry(ClickHouseAddress(url: "clickhouse://lares:secret@db.example/city"))
/// try await telemetry.append(readings)
/// ```
///
/// Calls of `append` that come together share an insertion. Statistics by hour and day are stored by compactions; what changed since is made
/// from readings whenever it is asked for, so they are right however late or often readings come. Where servers are missing it asks others, for a
/// while, and then throws `unreachable`: it never gives half an answer.
///
/// Several processes may use the same tables: what one of them declares, the others see the next time they are asked for series or
/// declare them too. Of readings with the same series and time from different processes, that of the later clock counts.
public final class ClickHouseTelemetry: TelemetryStore {
    let limits: TelemetryLimits
    let usualRetention: Retention
    let settings: ClickHouseSettings
    let connection: ClickHouseConnection
    let register: Mutex<SeriesRegister>
    let inbox = Mutex(AppendInbox())
    let versions = Mutex(VersionClock())
    /// The version up to which all changes are in stored statistics.
    let rolled = Mutex<UInt64>(0)
    let isCompacting = Mutex(false)
    let charts = Gathering<ChartQuestion, [Rollup]>()
    let changes = Gathering<Range<Int64>, [Int64]>()

    /// Opens the telemetry of a database, and makes its tables when there are none.
    ///
    /// - Parameters:
    ///   - address: where it is.
    ///   - retention: how long series are kept that are declared from now on.
    ///   - limits: how much it takes.
    ///   - settings: how patient it is.
    /// - Throws: ``TelemetryError``: `unreachable`, `badRetention`, `unreadable`, `failed`.
    public init(
        _ address: ClickHouseAddress, retention: Retention = .forever, limits: TelemetryLimits = TelemetryLimits(),
        settings: ClickHouseSettings = ClickHouseSettings()
    ) async throws {
        try retention.check()
        (self.limits, self.settings, usualRetention) = (limits, settings, retention)
        connection = ClickHouseConnection(address, patience: settings.patience)
        register = Mutex(SeriesRegister(limits: limits))
        do { try await open(address) } catch {
            try? await connection.close()
            throw error
        }
    }

    private func open(_ address: ClickHouseAddress) async throws {
        if try await !hasTables(address) {
            // Only then, because it needs rights that whoever uses the tables may lack.
            try await connection.order("CREATE DATABASE IF NOT EXISTS \(address.database)\(address.everywhere)", inDatabase: false)
            for statement in ClickHouseTable.allCases.flatMap({ $0.creation(address) }) { try await connection.order(statement) }
        }
        try await refresh()
        let state = try await state()
        rolled.withLock { $0 = UInt64(clamping: state[.rolled] ?? 0) }
        // A clock that was set back must not make new readings older than those they replace.
        var newest = try await connection.rows("SELECT max(version) FROM \(ClickHouseTable.changes.rawValue)")
        let marked = newest.isAtEnd ? 0 : try newest.integer(UInt64.self)
        versions.withLock { $0.advance(to: max(register.withLock(\.seen), marked - min(marked, settings.window.versions))) }
    }

    private func hasTables(_ address: ClickHouseAddress) async throws -> Bool {
        let names = ClickHouseTable.allCases.flatMap { [$0.rawValue, $0.local(address)] }.map { "'\($0)'" }.joined(separator: ", ")
        var rows = try await connection.rows(
            "SELECT count() FROM system.tables WHERE database = '\(address.database)' AND name IN (\(names))", inDatabase: false)
        return try rows.count() == ClickHouseTable.allCases.count * (address.cluster == nil ? 1 : 2)
    }

    /// Ends what it began, and takes nothing more.
    public func close() async throws {
        guard inbox.withLock({ $0.close() }) else { return }
        while inbox.withLock(\.isBusy) { try await Task.sleep(for: .milliseconds(5)) }
        try await connection.close()
    }

    /// - Throws: ``TelemetryError`` with code `closed`.
    func checkOpen() throws {
        if inbox.withLock(\.isClosed) { throw TelemetryError.closed }
    }

    /// The single numbers that the store keeps.
    func state() async throws -> [ClickHouseState: Int64] {
        var rows = try await connection.rows(
            "SELECT name, value FROM \(ClickHouseTable.state.rawValue) ORDER BY name, version DESC LIMIT 1 BY name")
        var state: [ClickHouseState: Int64] = [:]
        while !rows.isAtEnd {
            let (name, value) = (try rows.text(), try rows.integer(Int64.self))
            if let name = ClickHouseState(rawValue: name) { state[name] = value }
        }
        return state
    }

    /// Keeps single numbers.
    func set(_ state: [ClickHouseState: Int64]) async throws {
        let sorted = state.sorted { $0.key.rawValue < $1.key.rawValue }
        var block = NativeBlock(rows: sorted.count)
        block.add("name", sorted.map(\.key.rawValue))
        block.add("value", sorted.map(\.value))
        block.add("version", repeatElement(nextVersion(), count: sorted.count))
        try await connection.insert(block, into: ClickHouseTable.state.rawValue)
    }

    /// A version higher than those before.
    func nextVersion() -> UInt64 { versions.withLock { $0.next() } }
}

/// How a store in ClickHouse goes about its work.
public struct ClickHouseSettings: Hashable, Sendable {
    /// How long servers are waited for.
    public var patience = ClickHousePatience()
    /// How long a day that has new readings is expected to get more: it is marked once in that time.
    public var window = Duration.seconds(3_600)
    /// How long after its last mark a day is still made from readings: longer than any insertion takes.
    public var settling = Duration.seconds(3_600)

    /// The usual ones.
    public init() {}
}

extension Duration {
    /// In microseconds, as versions are.
    var versions: UInt64 {
        let (seconds, rest) = components
        return UInt64(clamping: min(max(0, seconds), 1_000_000_000)) * 1_000_000 + UInt64(clamping: rest / 1_000_000_000_000)
    }
}

/// Gives rising versions: microseconds since 1970 where the clock allows it.
struct VersionClock {
    private var last: UInt64 = 0

    mutating func next() -> UInt64 {
        last = max(last + 1, Self.now)
        return last
    }

    mutating func advance(to version: UInt64) { last = max(last, version) }

    private static var now: UInt64 { UInt64(clamping: Timestamp(.now).milliseconds) * 1_000 }
}
