import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file of this machine that is read or written in pieces; every failure says the path and why.
final class OpenFile: Sendable {
    let path: String
    private let descriptor: Int32

    private init(_ path: String, _ flags: Int32) throws {
        self.path = path
        descriptor = open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("opened", path) }
    }

    // The descriptor is this object's own and never leaves it.
    deinit { close(descriptor) }

    /// Opens a regular file for reading.
    static func reading(_ path: String) throws -> OpenFile {
        let file = try OpenFile(path, O_RDONLY | O_NONBLOCK)
        guard try file.status().st_mode & S_IFMT == S_IFREG else { throw PullError(.file, "'\(path)' is not a regular file") }
        return file
    }

    /// Opens a directory, whose entries can then be synchronised.
    static func directory(_ path: String) throws -> OpenFile { try OpenFile(path, O_RDONLY | O_DIRECTORY) }

    /// Opens a file for reading and writing; creates it for its owner alone when it is missing.
    static func writing(_ path: String) throws -> OpenFile { try OpenFile(path, O_RDWR | O_CREAT | O_NOFOLLOW) }

    /// Takes the file for this process; false when another has it, or has moved it away since it was opened.
    func lock() throws -> Bool {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { return false }
        var there = stat()
        return try stat(path, &there) == 0 && there.st_ino == status().st_ino
    }

    /// Holds the file beside others who do the same, and waits while one has it for itself. A file system without locks lets everybody pass.
    func share() {
        while flock(descriptor, LOCK_SH) != 0, errno == EINTR {}
    }

    func size() throws -> Int { Int(try status().st_size) }

    private func status() throws -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Self.failure("examined", path) }
        return status
    }

    /// Up to `count` bytes from `offset`; fewer only at the end of the file.
    func read(at offset: Int, count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress?.advanced(by: filled), count - filled, off_t(offset + filled))
            }
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw Self.failure("read", path) }
            if got == 0 { break }
            filled += got
        }
        if filled < count { bytes.removeLast(count - filled) }
        return bytes
    }

    func write(_ bytes: [UInt8], at offset: Int) throws {
        var written = 0
        while written < bytes.count {
            let put = bytes.withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written, off_t(offset + written))
            }
            if put < 0 && errno == EINTR { continue }
            guard put >= 0 else { throw Self.failure("written", path) }
            written += put
        }
    }

    func truncate(to size: Int) throws {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw Self.failure("shortened", path) }
    }

    /// Waits until the bytes are on the disk.
    func synchronise() throws {
        guard fsync(descriptor) == 0 else { throw Self.failure("saved", path) }
    }

    /// Calls `body` with pieces of up to a mebibyte, from the start to the end.
    func forEachPiece(_ body: ([UInt8]) throws -> Void) throws {
        var offset = 0
        while true {
            let piece = try read(at: offset, count: 1 << 20)
            if piece.isEmpty { return }
            try body(piece)
            offset += piece.count
        }
    }

    private static func failure(_ verb: String, _ path: String) -> PullError {
        let reason = errno
        guard reason != ENOSPC, reason != EDQUOT else {
            return PullError(
                .noSpace, "'\(path)' can't be \(verb): the disk is full; make room, or set LARES_HOME to a larger one, and try again")
        }
        return PullError(.file, "'\(path)' can't be \(verb): \(String(cString: strerror(reason)))")
    }
}

/// Bytes that may still be written where `path` is; nil when the system doesn't tell.
func freeBytes(at path: String) -> Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    let (bytes, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    return overflow ? Int.max : Int(clamping: bytes)
}

/// Refuses when the disk of `folder` has not `bytes` and 64 MiB to spare.
func needSpace(_ bytes: Int, at folder: String, for what: String) throws {
    let reserve = 64 << 20
    guard let free = freeBytes(at: folder) else { return }
    let (needed, overflow) = bytes.addingReportingOverflow(reserve)
    guard !overflow, free >= needed else {
        throw PullError(
            .noSpace, "\(what) needs \(bytes) bytes and '\(folder)' has \(free) free (64 MiB stay free): make room, or set LARES_HOME")
    }
}

/// Moves a file onto its final name in one step, on the same file system.
func moveIntoPlace(_ from: String, _ to: String) throws {
    guard rename(from, to) == 0 else {
        throw PullError(.file, "'\(from)' can't be moved to '\(to)': \(String(cString: strerror(errno)))")
    }
}
