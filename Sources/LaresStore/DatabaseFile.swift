import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Creates an empty database file that only its owner may read; SQLite gives its log the same rights.
func makeFile(_ path: String) throws {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
        let reason = errno
        throw StoreError(
            reason == ENOSPC || reason == EDQUOT ? .noSpace : .notWritable,
            "'\(path)' can't be written: \(String(cString: strerror(reason))); make room, or check its rights")
    }
    close(descriptor)
}
