import Glibc

/// The lines of a file, read as a stream: the file may be larger than memory.
struct LineReader {
    /// Longer lines come in pieces, so that a file without line ends needs no more memory.
    static let longest = 1 << 20

    let path: String

    /// Calls `body` with each line, or piece of one, and whether the line ends there.
    func forEachLine(_ body: (ArraySlice<UInt8>, _ isEnd: Bool) throws -> Void) throws {
        guard let file = fopen(path, "rb") else { throw failure() }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 2 * LineReader.longest)
        var held = 0
        while true {
            let count = buffer.withUnsafeMutableBytes { fread($0.baseAddress.map { $0 + held }, 1, LineReader.longest, file) }
            if count == 0 { break }
            try Task.checkCancellation()
            held += count
            let rest = try lines(buffer[..<held], body)
            let left = held - rest
            buffer.replaceSubrange(0..<left, with: Array(buffer[rest..<held]))
            held = left
        }
        guard ferror(file) == 0 else { throw failure() }
        if held > 0 { try body(buffer[..<held], true) }
    }

    /// Hands out the whole lines; returns where the rest begins, fewer than `longest` bytes.
    private func lines(_ bytes: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>, Bool) throws -> Void) rethrows -> Int {
        var rest = bytes.startIndex
        while let end = bytes[rest...].firstIndex(of: 10) {
            try body(bytes[rest..<end], true)
            rest = end + 1
        }
        guard bytes.endIndex - rest >= LineReader.longest else { return rest }
        let cut = bytes[rest...].lastIndex(where: WordSplitter.isSpace) ?? bytes.lastIndex { $0 & 0xC0 != 0x80 } ?? rest
        let end = cut > rest ? cut : bytes.endIndex
        try body(bytes[rest..<end], false)
        return end
    }

    private func failure() -> WordVectorError {
        WordVectorError(.unreadable, "'\(path)' can't be read: \(String(cString: strerror(errno))). Check the path and its permissions")
    }
}
