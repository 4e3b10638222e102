import Foundation
import GRDB
import LaresStore
import Synchronization

/// The files of the months in a data directory. Those used last stay open.
final class MonthFiles: Sendable, MonthReading {
    private struct State {
        var months: Set<Month>
        var open: [(month: Month, pool: DatabasePool)] = []
        var changes: [Month: Int] = [:]
    }

    private let home: LaresHome
    private let state: Mutex<State>
    private static let openAtOnce = 40
    /// What a file's copy without gaps has after its name until it takes the file's place.
    static let packing = ".packing"

    init(home: LaresHome) throws {
        self.home = home
        let names = try FileManager.default.contentsOfDirectory(atPath: home.path)
        for name in names where name.hasSuffix(Self.packing) { try? FileManager.default.removeItem(atPath: home.file(name)) }
        state = Mutex(State(months: Set(names.compactMap(MonthTables.month))))
    }

    /// The months there are, earliest first.
    var months: [Month] { state.withLock { $0.months.sorted() } }

    func path(_ month: Month) -> String { home.file(MonthTables.name(of: month)) }

    func read<R>(_ month: Month, _ body: (any MonthRows) throws -> R) throws -> R? {
        try pool(month, make: false)?.read { try body(StoredMonth(database: $0)) }
    }

    /// Changes a month in one transaction; makes its file when it is missing.
    func write<R>(_ month: Month, _ body: (Database) throws -> R) throws -> R {
        guard let pool = try pool(month, make: true) else { throw TelemetryError(.failed, "'\(path(month))' can't be made") }
        // Counted before and after: a copy of the file made meanwhile is no copy of either state.
        count(month)
        defer { count(month) }
        return try pool.write(body)
    }

    private func count(_ month: Month) { state.withLock { $0.changes[month, default: 0] += 1 } }

    /// How often a month was changed since the store was opened.
    func changes(_ month: Month) -> Int { state.withLock { $0.changes[month] ?? 0 } }

    private func pool(_ month: Month, make: Bool) throws -> DatabasePool? {
        try state.withLock { state in
            guard make || state.months.contains(month) else { return nil }
            if let place = state.open.firstIndex(where: { $0.month == month }) {
                let found = state.open.remove(at: place)
                state.open.append(found)
                return found.pool
            }
            let pool = try MonthTables.schema.open(at: path(month))
            try pool.boundLog()
            state.months.insert(month)
            state.open.append((month, pool))
            if state.open.count > Self.openAtOnce { state.open.removeFirst() }
            return pool
        }
    }
}

extension MonthFiles {
    /// Closes a month, does something to its file, and forgets the month if the file is then gone. Nobody may be using it.
    func whileClosed(_ month: Month, _ body: (String) throws -> Void) throws {
        try state.withLock { state in
            if let place = state.open.firstIndex(where: { $0.month == month }) { try state.open.remove(at: place).pool.close() }
            try takeLogAway(path(month))
            try body(path(month))
            if !FileManager.default.fileExists(atPath: path(month)) { state.months.remove(month) }
        }
    }

    /// The connections that a pool closes last may only read, and leave the log where it is.
    private func takeLogAway(_ path: String) throws {
        let queue = try DatabaseQueue(path: path)
        _ = try queue.writeWithoutTransaction { try $0.checkpoint(.truncate) }
        try queue.close()
    }

    /// Closes every file.
    func close() throws {
        try state.withLock { state in
            for (_, pool) in state.open { try pool.close() }
            state.open = []
        }
    }

    /// Bytes on the disk, of the file and its log.
    func bytes(_ month: Month) -> Int { Self.bytes(path(month)) }

    static func bytes(_ path: String) -> Int {
        [path, path + "-wal"].reduce(0) { sum, path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return sum + (attributes?[.size] as? Int ?? 0)
        }
    }
}

/// One month inside its transaction, and the others beside it.
struct WritingMonth: MonthReading {
    let month: Month
    let database: Database
    let files: MonthFiles

    func read<R>(_ month: Month, _ body: (any MonthRows) throws -> R) throws -> R? {
        month == self.month ? try body(StoredMonth(database: database)) : try files.read(month, body)
    }
}

extension DatabasePool {
    /// Gives the room of a large transaction's log back with the next one: by itself a log never becomes smaller.
    func boundLog() throws {
        try writeWithoutTransaction { _ = try Int.fetchOne($0, sql: "PRAGMA journal_size_limit = 4194304") }
    }
}
