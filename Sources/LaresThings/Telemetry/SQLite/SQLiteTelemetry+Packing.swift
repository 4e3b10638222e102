import Dispatch
import Foundation
import GRDB

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension SQLiteTelemetry {
    /// Gives back the room of deleted rows: a copy without gaps takes the place of the file.
    ///
    /// `VACUUM` in place would keep the file locked while gigabytes are written; the copy is made beside everything else and thrown away when the
    /// month was changed meanwhile.
    func pack(_ month: Month) async throws {
        let path = files.path(month), copy = path + MonthFiles.packing
        let changes = files.changes(month)
        switch try await reading.answer({ [self] in try state(of: month) }) {
        case .fine: return
        case .empty:
            try await exchange(month, if: changes) { try FileManager.default.removeItem(atPath: $0) }
        case .gaps:
            defer { try? FileManager.default.removeItem(atPath: copy) }
            try await reading.answer { try Self.copy(path, to: copy) }
            try await exchange(month, if: changes) {
                guard rename(copy, $0) == 0 else { throw TelemetryError(.failed, "'\(copy)' can't be renamed") }
            }
        }
    }

    private enum FileState: Sendable {
        case fine, gaps, empty
    }

    /// Whether packing pays: a quarter of the pages, and a mebibyte at least, is free.
    private func state(of month: Month) throws -> FileState {
        try files.read(month) { rows in
            guard let database = (rows as? StoredMonth)?.database else { return .fine }
            let isUsed = "SELECT EXISTS (SELECT 1 FROM readings) OR EXISTS (SELECT 1 FROM rollups)"
            guard try Bool.fetchOne(database, sql: isUsed) ?? true else { return .empty }
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            let free = try Int.fetchOne(database, sql: "PRAGMA freelist_count") ?? 0
            return free >= 256 && free * 4 >= pages ? .gaps : .fine
        } ?? .fine
    }

    /// Writes a copy without gaps and brings it to the disk.
    private static func copy(_ path: String, to copy: String) throws {
        try? FileManager.default.removeItem(atPath: copy)
        guard FileManager.default.createFile(atPath: copy, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw TelemetryError(.failed, "'\(copy)' can't be made: check the rights of the data directory, or make room")
        }
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        try queue.writeWithoutTransaction { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
        let file = try FileHandle(forUpdating: URL(filePath: copy))
        defer { try? file.close() }
        try file.synchronize()
    }

    /// Does something to the file of a month while nobody uses it, unless the month was changed.
    private func exchange(_ month: Month, if changes: Int, _ body: @escaping @Sendable (String) throws -> Void) async throws {
        try await sorting.answer { [self] in
            guard files.changes(month) == changes else { return }
            try reading.sync(flags: .barrier) {
                try files.whileClosed(month) { path in
                    // If the log is still there, somebody else has the file open.
                    guard !FileManager.default.fileExists(atPath: path + "-wal") else { return }
                    try body(path)
                    syncDirectory(of: path)
                }
            }
        }
    }
}

/// Brings the names in a file's directory to the disk: readings stored in a file that took another's place must not vanish with its name.
private func syncDirectory(of path: String) {
    let descriptor = open(URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
}
