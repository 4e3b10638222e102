import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Keeps other processes out of a store: two writers would empty each other's tables. The system lets go of it when the process ends.
final class StoreLock: Sendable {
    private let file: FileHandle

    /// - Throws: ``TelemetryError`` with code `inUse`, or `failed`.
    init(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            let reason = errno
            throw TelemetryError(
                reason == ENOSPC || reason == EDQUOT ? .noSpace : .failed,
                "'\(path)' can't be opened: \(String(cString: strerror(reason))); make room, or check its rights")
        }
        file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            throw TelemetryError(.inUse, "another process has the telemetry of '\(path)' open: ask that one, or stop it first")
        }
    }

    func release() throws { try file.close() }
}
