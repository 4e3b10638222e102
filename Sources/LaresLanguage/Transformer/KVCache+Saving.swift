import Foundation
import LaresTensor

extension KVCache {
    /// Writes the prefixes used last to a file that only its owner can read, at most `bytes` of them; tells how many tokens it holds.
    ///
    /// The file holds the tokens of what was said. `modelDigest` is the SHA-256 of the model's file. Throws what writing a file throws.
    public func savePrefixes(to path: String, bytes: Int, modelDigest: [UInt8]) throws -> Int {
        let file = PrefixFile(
            modelDigest: modelDigest, pageBytes: pageBytes, pages: table.saved(limit: bytes / (pageBytes + PrefixFile.recordBytes)))
        let temporary = path + ".new"
        guard FileManager.default.createFile(atPath: temporary, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: temporary)
        else { throw PrefixFileError(message: "'\(temporary)' can't be written") }
        do {
            try write(file, to: handle)
            try handle.close()
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else { throw PrefixFileError(message: "'\(path)' can't be replaced") }
        return file.pages.count * Self.pageTokens
    }

    private func write(_ file: PrefixFile, to handle: FileHandle) throws {
        var checksum = Checksum()
        func put(_ bytes: UnsafeRawBufferPointer) throws {
            checksum.add(bytes)
            try handle.write(contentsOf: Data(bytes))
        }
        try file.head.withUnsafeBytes(put)
        for saved in file.pages {
            for part in parts(of: saved.page) { try put(UnsafeRawBufferPointer(part)) }
        }
        try withUnsafeBytes(of: checksum.sum.littleEndian) { try handle.write(contentsOf: Data($0)) }
    }

    /// Takes the prefixes of a file into pages that were never used; tells how many tokens. Throws ``PrefixFileError``, and nothing is taken.
    public func restorePrefixes(from path: String, modelDigest: [UInt8], vocabularySize: Int) throws -> Int {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return 0 }
        let file = try PrefixFile(data, modelDigest: modelDigest, pageBytes: pageBytes, vocabularySize: vocabularySize)
        var count = 0
        for (index, place) in adopt(file.pages).enumerated() {
            guard let place else { continue }
            var offset = file.payload(of: index)
            for part in parts(of: place) {
                data.copyBytes(to: part, from: offset..<(offset + part.count))
                offset += part.count
            }
            count += Self.pageTokens
        }
        return count
    }
}
