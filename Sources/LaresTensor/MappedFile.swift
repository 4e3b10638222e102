import Glibc

/// A file mapped read-only into memory. The mapping lives as long as the object.
///
/// A file that is cut short by another process while it is mapped ends this one (SIGBUS): map files that nobody rewrites in place,
/// such as the blobs of the model store.
public final class MappedFile: Sendable {
    // Read-only memory that never moves.
    private nonisolated(unsafe) let start: UnsafeRawPointer?
    private let count: Int

    /// Maps the whole file.
    public init(path: String) throws(FileError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError.opening(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileError.opening(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw FileError(.notAFile, "'\(path)' is not a file: give the path of a regular file")
        }
        count = Int(status.st_size)
        guard count > 0 else {
            start = nil
            return
        }
        guard let map = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0), map != MAP_FAILED else {
            throw FileError(.unreadable, "'\(path)' can't be mapped into memory: \(String(cString: strerror(errno)))")
        }
        start = UnsafeRawPointer(map)
    }

    deinit {
        if let start { munmap(UnsafeMutableRawPointer(mutating: start), count) }
    }

    /// The file's bytes; valid while the object is referenced.
    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

    /// Tells the system that the pages read so far aren't needed: they no longer count as this process's memory. Reading them again works.
    public func dropPages() {
        if let start { madvise(UnsafeMutableRawPointer(mutating: start), count, MADV_DONTNEED) }
    }
}

extension FileError {
    fileprivate static func opening(_ path: String, _ number: Int32) -> FileError {
        switch number {
        case ENOENT: FileError(.notFound, "'\(path)' does not exist: check the path")
        case EACCES, EPERM: FileError(.denied, "'\(path)' can't be read by this user: check its permissions")
        default: FileError(.unreadable, "'\(path)' can't be opened: \(String(cString: strerror(number)))")
        }
    }
}
