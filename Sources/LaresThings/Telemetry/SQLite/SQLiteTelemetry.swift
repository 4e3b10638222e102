import Dispatch
import GRDB
public import LaresStore
import Synchronization

/// Telemetry in SQLite files of the data directory: `telemetry.db` with the series and the newest readings, `telemetry-YYYY-MM.db` with the
/// readings and statistics of each month in UTC.
///
///     let telemetry = try SQLiteTelemetry(home: LaresHome())
///     try await telemetry.append(readings)
///
/// Every reading goes to the disk twice: at once in order of time, which is fast whatever the series, and with a million others in order of
/// series, which makes a month of one a single stretch. Calls of `append` that come together share a transaction.
///
/// A copy of the files is consistent when `telemetry.db` is copied first: readings that move meanwhile are then in both copies, and count once.
public final class SQLiteTelemetry: TelemetryStore {
    let limits: TelemetryLimits
    let files: MonthFiles
    let pool: DatabasePool
    let path: String
    let book: Mutex<SeriesBook>
    let hot: Mutex<HotPair>
    let inbox = Mutex(AppendInbox())
    /// What is appended, declared and removed: one after the other.
    let writing = DispatchQueue(label: "lares.telemetry.write")
    /// What sorts and compacts months: one after the other, beside appending.
    let sorting = DispatchQueue(label: "lares.telemetry.sort", qos: .utility)
    /// Questions; a barrier keeps them out while a file is exchanged.
    let reading = DispatchQueue(label: "lares.telemetry.read", attributes: .concurrent)
    let usualRetention: Retention
    private let lock: StoreLock

    /// Opens the telemetry of a data directory, and makes it when there is none.
    ///
    /// - Parameters:
    ///   - home: the data directory.
    ///   - retention: how long series are kept that are declared from now on.
    ///   - limits: how much it takes.
    /// - Throws: ``TelemetryError``: `inUse` when another process has it open, `unreadable`, `noSpace`, `badRetention`, `failed`.
    public init(home: LaresHome, retention: Retention = .forever, limits: TelemetryLimits = TelemetryLimits()) throws {
        try retention.check()
        usualRetention = retention
        self.limits = limits
        path = home.file("telemetry.db")
        lock = try StoreLock(home.file("telemetry.lock"))
        do {
            files = try MonthFiles(home: home)
            let pool = try HotTables.schema.open(at: path)
            try pool.boundLog()
            self.pool = pool
            let (book, hot) = try pool.read { (try Self.book($0, limits), try Self.hot($0)) }
            self.book = Mutex(book)
            self.hot = Mutex(hot)
        } catch { throw TelemetryError(error) }
    }

    private static func book(_ database: Database, _ limits: TelemetryLimits) throws -> SeriesBook {
        var book = SeriesBook(limits: limits)
        for entry in try SeriesRows.load(database) { book.put(entry) }
        return book
    }

    private static func hot(_ database: Database) throws -> HotPair {
        let table = try StoreState.filling.value(database) == 1 ? 1 : 0
        var pair = HotPair(table: table, filling: try HotTables.load(table: table, database))
        let other = try HotTables.load(table: 1 - table, database)
        if other.count > 0 { pair.drain(other) }
        return pair
    }

    /// Ends what is under way and closes the files; calls after that throw `closed`.
    public func close() async throws {
        guard inbox.withLock({ $0.close() }) else { return }
        // What waits is stored in several transactions.
        while inbox.withLock(\.isBusy) { try await writing.answer {} }
        try await sorting.answer {}
        try await reading.answer(flags: .barrier) { [self] in
            try pool.close()
            try files.close()
            try lock.release()
        }
    }

    /// Why readings could not be sorted into their months the last time; nil when all is well. They are safe and can be asked for, and the
    /// next ones try again, until twice ``TelemetryLimits/unsorted`` wait: then `append` throws this error.
    public var trouble: TelemetryError? { hot.withLock(\.trouble) }

    /// - Throws: ``TelemetryError`` with code `closed`.
    func checkOpen() throws {
        guard !inbox.withLock(\.isClosed) else { throw TelemetryError.closed }
    }
}
