import GRDB
import GRDBSQLite

/// A prepared statement driven through SQLite's own functions.
///
/// GRDB makes an object of every row and argument; loops over millions of readings take a third less time without. It is used on the queue of
/// its database, as the database itself is.
struct RawStatement {
    // Kept, so that the handle stays valid.
    private let statement: Statement
    private let connection: OpaquePointer?
    private var handle: OpaquePointer { statement.sqliteStatement }
    // SQLITE_TRANSIENT: SQLite makes its own copy of a text.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// The statement, from the database's cache.
    init(_ database: Database, _ sql: String) throws {
        statement = try database.cachedStatement(sql: sql)
        connection = database.sqliteConnection
        sqlite3_reset(handle)
    }

    func bind(_ value: Int64, _ place: Int32) { sqlite3_bind_int64(handle, place, value) }

    func bind(_ series: SeriesID, _ place: Int32) { sqlite3_bind_int64(handle, place, Int64(series.number)) }

    func bind(_ number: Double, _ place: Int32) { sqlite3_bind_double(handle, place, number) }

    /// Binds what was read. Whole numbers of up to six bytes are stored as such: 1 takes no byte then, and 1.0 eight.
    func bind(_ value: ReadingValue, _ place: Int32) throws {
        switch value {
        case .number(let number):
            let isShort = number == number.rounded(.towardZero) && abs(number) < 0x8000_0000_0000
            if isShort { bind(Int64(number), place) } else { bind(number, place) }
        case .state(let text):
            var text = text
            let code = text.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { sqlite3_bind_text(handle, place, $0.baseAddress, Int32($0.count), Self.copied) }
            }
            guard code == SQLITE_OK else { throw failure(code) }
        }
    }

    /// Runs a statement without rows.
    func run() throws {
        defer { sqlite3_reset(handle) }
        let code = sqlite3_step(handle)
        guard code == SQLITE_DONE || code == SQLITE_ROW else { throw failure(code) }
    }

    /// Gives every row.
    func rows(_ body: (RawStatement) -> Void) throws {
        defer { sqlite3_reset(handle) }
        while true {
            let code = sqlite3_step(handle)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw failure(code) }
            body(self)
        }
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func number(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    func value(_ column: Int32) -> ReadingValue {
        guard sqlite3_column_type(handle, column) == SQLITE_TEXT, let text = sqlite3_column_text(handle, column) else {
            return .number(number(column))
        }
        let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(handle, column)))
        return .state(String(decoding: bytes, as: UTF8.self))
    }

    private func failure(_ code: Int32) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: connection.map { String(cString: sqlite3_errmsg($0)) })
    }
}
