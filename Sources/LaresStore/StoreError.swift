public import GRDB

/// Why the data directory or a database in it can't be used.
public struct StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure; the set may grow.
    public struct Code: Hashable, Sendable {
        private let name: String

        private init(_ name: String) { self.name = name }

        /// A newer Lares wrote the database.
        public static let newerSchema = Code("newerSchema")
        /// The directory or file can't be created or written.
        public static let notWritable = Code("notWritable")
        /// The disk is full.
        public static let noSpace = Code("noSpace")
        /// The file is no database, or is damaged.
        public static let unreadable = Code("unreadable")
        /// A step from one schema to the next failed; nothing was changed.
        public static let migrationFailed = Code("migrationFailed")
        /// The name of a file in the data directory leads out of it.
        public static let badName = Code("badName")
    }

    /// The kind of failure.
    public let code: Code
    /// What went wrong, where, and what to do.
    public let message: String

    /// A failure.
    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The message.
    public var description: String { message }
}

extension StoreError {
    /// Whether a database failed because the disk is full. The log's index can't be made larger then either (`SQLITE_IOERR_SHMSIZE`).
    public static func isFullDisk(_ error: DatabaseError) -> Bool {
        error.resultCode == .SQLITE_FULL || error.extendedResultCode == .SQLITE_IOERR_SHMSIZE
    }

    /// The error of a database that can't be opened or brought to its schema.
    init(_ error: any Error, at path: String, _ otherwise: Code, _ message: String) {
        if let error = error as? DatabaseError, Self.isFullDisk(error) {
            self.init(.noSpace, "'\(path)' can't be opened, because the disk is full: make room and try again")
        } else {
            self.init(otherwise, message)
        }
    }
}
