import Glibc

/// Files that are there whole or not at all, even when the power goes.
package enum WholeFile {
    /// Writes the parts one after another beside the place, and moves the file there once it is on the disk.
    package static func write(_ parts: some Sequence<[UInt8]>, to path: String) throws(FileError) {
        let temporary = path + ".part"
        guard let file = fopen(temporary, "wb") else { throw failure("opened", temporary) }
        let isWritten = parts.allSatisfy { put($0, file) }
        let isDurable = isWritten && fflush(file) == 0 && fsync(fileno(file)) == 0
        let code = errno
        guard fclose(file) == 0, isDurable else {
            errno = code
            let failure = failure("written", temporary)
            unlink(temporary)
            throw failure
        }
        guard rename(temporary, path) == 0 else { throw failure("renamed", temporary) }
    }

    private static func put(_ bytes: [UInt8], _ file: UnsafeMutablePointer<FILE>) -> Bool {
        bytes.withUnsafeBytes { fwrite($0.baseAddress ?? UnsafeRawPointer(file), 1, $0.count, file) == $0.count }
    }

    private static func failure(_ verb: String, _ path: String) -> FileError {
        FileError(.unwritable, "'\(path)' could not be \(verb): \(String(cString: strerror(errno))). Is the disk full?")
    }
}
