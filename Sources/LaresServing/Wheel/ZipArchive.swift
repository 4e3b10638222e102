import CZlib
import Foundation

/// Bytes that are read by position, so that an archive need not fit into memory.
package struct ByteSource {
    let count: Int
    let read: (_ offset: Int, _ count: Int) throws -> [UInt8]

    init(_ file: OpenFile) throws {
        count = try file.size()
        read = file.read(at:count:)
    }

    package init(_ bytes: [UInt8]) {
        count = bytes.count
        read = { offset, count in Array(bytes[min(offset, bytes.count)..<min(offset + count, bytes.count)]) }
    }

    /// Exactly `count` bytes from `offset`.
    func bytes(_ offset: Int, _ count: Int) throws -> [UInt8] {
        guard offset >= 0, count >= 0, offset <= self.count, count <= self.count - offset else {
            throw PullError(.badArchive, "the archive points to byte \(offset) and has \(self.count): it is cut short")
        }
        let bytes = try read(offset, count)
        guard bytes.count == count else { throw PullError(.badArchive, "the archive became shorter while it was read") }
        return bytes
    }
}

/// A file in a zip archive.
package struct ZipEntry: Sendable, Hashable {
    /// Its path: plain components separated by "/", never leading out.
    package let path: String
    /// Size when unpacked.
    package let bytes: Int
    let packedBytes: Int
    let isDeflated: Bool
    let checksum: UInt32
    let headerOffset: Int
}

/// A zip archive, read one entry at a time (APPNOTE 6.3: stored and deflated entries; no encryption, no parts, no ZIP64).
///
/// Everything is bounded before it is read: the directory to 16 MiB and 65,534 entries, an entry to the size it declares.
package struct ZipArchive {
    private let source: ByteSource
    /// The files, in the order of the directory; folders are left out.
    package let entries: [ZipEntry]

    /// Reads the directory.
    ///
    /// - Throws: ``PullError`` with code `badArchive`.
    package init(_ source: ByteSource) throws {
        self.source = source
        let directory = try Self.directory(source)
        var reader = ZipReader(try source.bytes(directory.offset, directory.bytes))
        var entries: [ZipEntry] = []
        var paths: Set<String> = []
        for _ in 0..<directory.count {
            guard let entry = try Self.entry(&reader) else { continue }
            guard paths.insert(entry.path).inserted else { throw PullError(.badArchive, "the archive has '\(entry.path)' twice") }
            entries.append(entry)
        }
        self.entries = entries
    }

    private static func directory(_ source: ByteSource) throws -> (offset: Int, bytes: Int, count: Int) {
        let tail = min(source.count, 65_557)
        let bytes = try source.bytes(source.count - tail, tail)
        let signature: [UInt8] = [0x50, 0x4b, 0x05, 0x06]
        guard tail >= 22, let start = (0...(tail - 22)).last(where: { Array(bytes[$0..<$0 + 4]) == signature }) else {
            throw PullError(.badArchive, "the file is no zip archive: it has no directory at its end")
        }
        var reader = ZipReader(Array(bytes[(start + 4)...]))
        let disks = [try reader.number(2), try reader.number(2)]
        let counts = [try reader.number(2), try reader.number(2)]
        let size = try reader.number(4)
        let offset = try reader.number(4)
        guard disks == [0, 0], counts[0] == counts[1], counts[0] < 0xffff, offset < 0xffff_ffff else {
            throw PullError(.badArchive, "the archive is split or in the ZIP64 form, which is not supported")
        }
        guard size <= 16 << 20, offset + size <= source.count - tail + start else {
            throw PullError(.badArchive, "the archive's directory of \(size) bytes at \(offset) is not inside the file")
        }
        return (offset, size, counts[0])
    }

    /// The next entry of the directory; nil for a folder.
    private static func entry(_ reader: inout ZipReader) throws -> ZipEntry? {
        guard try reader.number(4) == 0x0201_4b50 else { throw PullError(.badArchive, "the archive's directory is damaged") }
        _ = try reader.bytes(4)
        let flags = try reader.number(2)
        let method = try reader.number(2)
        _ = try reader.bytes(4)
        let checksum = try reader.number(4)
        let packed = try reader.number(4)
        let unpacked = try reader.number(4)
        let lengths = [try reader.number(2), try reader.number(2), try reader.number(2)]
        _ = try reader.bytes(8)
        let offset = try reader.number(4)
        guard let path = String(validating: try reader.bytes(lengths[0]), as: UTF8.self) else {
            throw PullError(.badArchive, "a name in the archive is not UTF-8")
        }
        _ = try reader.bytes(lengths[1] + lengths[2])
        if path.hasSuffix("/") { return nil }
        try checkPath(path)
        guard flags & 1 == 0, method == 0 || method == 8 else {
            throw PullError(.badArchive, "'\(path)' is encrypted or packed with method \(method); stored and deflated files are supported")
        }
        guard packed < 0xffff_ffff, unpacked < 0xffff_ffff, offset < 0xffff_ffff, method == 8 || packed == unpacked else {
            throw PullError(.badArchive, "'\(path)' is in the ZIP64 form or has contradicting sizes")
        }
        return ZipEntry(
            path: path, bytes: unpacked, packedBytes: packed, isDeflated: method == 8, checksum: UInt32(checksum), headerOffset: offset)
    }

    /// Refuses names that lead out of a folder: "../x", "/x", "a\..\b", "C:x".
    static func checkPath(_ path: String) throws {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
        let hasOddity = path.unicodeScalars.contains { $0.value < 32 || $0.value == 127 || $0 == "\\" || $0 == ":" }
        guard isPlain, !hasOddity, path.utf8.count <= 1_024 else {
            throw PullError(.badArchive, "the archive has a file named '\(path.prefix(100))', which would lead out of its folder")
        }
    }

    /// Unpacks one file in pieces, and checks its size and checksum.
    ///
    /// - Throws: ``PullError`` with code `badArchive`, or what `body` throws.
    package func unpack(_ entry: ZipEntry, _ body: ([UInt8]) throws -> Void) throws {
        var checksum = crc32(0, nil, 0)
        var count = 0
        try forEachPiece(of: entry) { piece in
            count += piece.count
            guard count <= entry.bytes else {
                throw PullError(.badArchive, "'\(entry.path)' unpacks to more than the \(entry.bytes) bytes it declares")
            }
            checksum = piece.withUnsafeBufferPointer { crc32(checksum, $0.baseAddress, uInt(piece.count)) }
            try body(piece)
        }
        guard count == entry.bytes, UInt32(truncatingIfNeeded: checksum) == entry.checksum else {
            throw PullError(.badArchive, "'\(entry.path)' is damaged: its size or checksum is wrong")
        }
    }

    /// One small file.
    ///
    /// - Throws: ``PullError`` when it is larger than `limit` or damaged.
    package func contents(of entry: ZipEntry, limit: Int = 1 << 20) throws -> [UInt8] {
        guard entry.bytes <= limit else {
            throw PullError(.badArchive, "'\(entry.path)' has \(entry.bytes) bytes; \(limit) are allowed here")
        }
        var all: [UInt8] = []
        try unpack(entry) { all += $0 }
        return all
    }

    private func forEachPiece(of entry: ZipEntry, _ body: ([UInt8]) throws -> Void) throws {
        var header = ZipReader(try source.bytes(entry.headerOffset, 30))
        guard try header.number(4) == 0x0403_4b50 else { throw PullError(.badArchive, "'\(entry.path)' is not where the directory says") }
        _ = try header.bytes(22)
        let start = entry.headerOffset + 30 + (try header.number(2)) + (try header.number(2))
        let end = start + entry.packedBytes
        guard end <= source.count else { throw PullError(.badArchive, "'\(entry.path)' ends after the archive: it is cut short") }
        let inflater = entry.isDeflated ? try Inflater() : nil
        var offset = start
        while offset < end {
            let piece = try source.bytes(offset, min(1 << 20, end - offset))
            offset += piece.count
            if let inflater { try inflater.inflate(piece, body) } else { try body(piece) }
        }
        if let inflater, !inflater.isFinished { throw PullError(.badArchive, "'\(entry.path)' is cut short") }
    }
}

/// Little-endian numbers from a bounded piece of the archive.
private struct ZipReader {
    private let all: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { all = bytes }

    mutating func bytes(_ count: Int) throws -> ArraySlice<UInt8> {
        guard count <= all.count - position else { throw PullError(.badArchive, "the archive's directory is cut short") }
        defer { position += count }
        return all[position..<position + count]
    }

    mutating func number(_ count: Int) throws -> Int { try bytes(count).reversed().reduce(0) { $0 << 8 | Int($1) } }
}
