import GRDB
import LaresStore

extension TelemetryError {
    /// What a failure below means to a caller.
    init(_ error: any Error) {
        switch error {
        case let error as TelemetryError: self = error
        case let error as StoreError where error.code == .noSpace: self.init(.noSpace, error.message)
        case let error as StoreError where [.unreadable, .newerSchema].contains(error.code): self.init(.unreadable, error.message)
        case let error as DatabaseError where StoreError.isFullDisk(error):
            self.init(.noSpace, "the disk with the telemetry is full: make room; what was stored is safe, what was not can be sent again")
        case let error as DatabaseError where [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode):
            self.init(.unreadable, "a telemetry file is damaged (\(error)): restore it from a backup, or move it away")
        default: self.init(.failed, "telemetry could not be stored or read: \(error)")
        }
    }
}
