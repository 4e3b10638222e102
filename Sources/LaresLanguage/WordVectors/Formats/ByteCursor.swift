/// Reads little-endian values from a file's bytes; never past their end.
struct ByteCursor {
    let bytes: UnsafeRawBufferPointer
    let path: String
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer, path: String) {
        self.bytes = bytes
        self.path = path
    }

    /// Bytes that are left.
    var left: Int { bytes.count - offset }

    /// The next number of a type.
    mutating func number<T: FixedWidthInteger>(_ type: T.Type = T.self) throws(WordVectorError) -> T {
        T(littleEndian: try take(MemoryLayout<T>.size).loadUnaligned(as: T.self))
    }

    /// The next `count` floats; not-a-number and infinity throw.
    mutating func floats(_ count: Int, of what: String) throws(WordVectorError) -> [Float] {
        let (size, overflow) = count.multipliedReportingOverflow(by: 4)
        guard count >= 0, !overflow else { throw malformed("\(count) numbers of \(what)") }
        let values = try take(size)
        let floats = (0..<count).map {
            Float(bitPattern: UInt32(littleEndian: values.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
        }
        guard floats.allSatisfy(\.isFinite) else { throw malformed("\(what) has numbers that aren't finite") }
        return floats
    }

    /// The text up to a byte, which is skipped; longer than `most` bytes throws.
    mutating func text(upTo end: UInt8, most: Int) throws(WordVectorError) -> String {
        let seen = bytes[offset...].prefix(most + 1)
        guard let stop = seen.firstIndex(of: end) else {
            throw left <= most ? truncated() : malformed("a word of more than \(most) bytes at byte \(offset)")
        }
        let text = String(decoding: bytes[offset..<stop], as: UTF8.self)
        offset = stop + 1
        return text
    }

    /// Skips a byte when it comes next.
    mutating func skip(_ byte: UInt8) { if offset < bytes.count, bytes[offset] == byte { offset += 1 } }

    /// The next `count` bytes.
    mutating func take(_ count: Int) throws(WordVectorError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= left else { throw truncated() }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + count)])
    }

    func truncated() -> WordVectorError {
        WordVectorError(
            .truncated, "'\(path)' ends at byte \(bytes.count), in the midst of what it announces: it is cut short, make it or get it again"
        )
    }

    func malformed(_ what: String) -> WordVectorError { WordVectorError(.malformed, "'\(path)': \(what): the file is damaged") }
}
