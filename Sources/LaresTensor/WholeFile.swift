import Glibc

/// Files that are there whole or not at all, even when the power goes.
package enum WholeFile {
    /// Writes the parts one after another beside the place, and moves the file there once it is on the disk.
    ///
    /// Throws `FileError`: `noSpace` when the disk is full, `overLimit` when the parts have more bytes than `limit`, else `unwritable`. What was
    /// there before is then still there.
    package static func write(_ parts: some Sequence<[UInt8]>, to path: String, atMost limit: Int = .max) throws(FileError) {
        // A name of its own: two who write the same file don't write into each other's, and the last one there is whole.
        let temporary = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36))\(unfinished)"
        guard let file = fopen(temporary, "wbx") else { throw failure("opened", path) }
        var count = 0
        let isWritten = parts.allSatisfy {
            count += $0.count
            return count <= limit && put($0, file)
        }
        let isDurable = isWritten && fflush(file) == 0 && fsync(fileno(file)) == 0
        let code = errno
        guard fclose(file) == 0, isDurable, rename(temporary, path) == 0 else {
            if !isDurable { errno = code }
            let failure = failure("written", path)
            unlink(temporary)
            throw count > limit ? FileError(.overLimit, "'\(path)' would have more than the \(limit) bytes that it may have") : failure
        }
    }

    /// Throws at once what `write` would throw for the place: before hours of work whose result is to be there.
    package static func check(_ path: String) throws(FileError) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw FileError(.notAFile, "'\(path)' is a folder: name a file in it")
        }
        let temporary = "\(path).\(String(UInt64.random(in: .min ... .max), radix: 36))\(unfinished)"
        guard let file = fopen(temporary, "wbx") else { throw failure("opened", path) }
        fclose(file)
        unlink(temporary)
    }

    /// How the names of files end that aren't whole yet; what was killed while it wrote leaves them.
    package static let unfinished = ".part"

    private static func put(_ bytes: [UInt8], _ file: UnsafeMutablePointer<FILE>) -> Bool {
        bytes.withUnsafeBytes { fwrite($0.baseAddress ?? UnsafeRawPointer(file), 1, $0.count, file) == $0.count }
    }

    private static func failure(_ verb: String, _ path: String) -> FileError {
        let code = errno
        guard code != ENOSPC, code != EDQUOT else {
            return FileError(.noSpace, "'\(path)' could not be \(verb): the disk is full; make room and try again, nothing was changed")
        }
        return FileError(
            .unwritable,
            "'\(path)' could not be \(verb): \(String(cString: strerror(code))); check that its folder is there and may be written")
    }
}
