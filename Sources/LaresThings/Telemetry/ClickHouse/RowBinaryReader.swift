internal import NIOCore

/// Reads rows in ClickHouse's format RowBinary.
struct RowBinaryReader {
    private var buffer: ByteBuffer

    init(_ buffer: ByteBuffer) { self.buffer = buffer }

    /// Whether every row was read.
    var isAtEnd: Bool { buffer.readableBytes == 0 }

    /// The next number.
    ///
    /// - Throws: ``TelemetryError`` with code `failed` when the answer ends before.
    mutating func integer<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws -> Number {
        guard let number = buffer.readInteger(endianness: .little, as: Number.self) else { throw Self.cutShort }
        return number
    }

    /// The next number.
    mutating func double() throws -> Double { Double(bitPattern: try integer(UInt64.self)) }

    /// The next number, of which an `Int` holds all that Lares writes.
    mutating func count() throws -> Int { Int(clamping: try integer(UInt64.self)) }

    /// The next text.
    mutating func text() throws -> String {
        var (length, shift) = (UInt64(0), UInt64(0))
        while true {
            let byte = try integer(UInt8.self)
            length |= UInt64(byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 { break }
            guard shift < 35 else { throw Self.cutShort }
        }
        guard let text = buffer.readString(length: Int(length)) else { throw Self.cutShort }
        return text
    }

    /// Every row.
    mutating func all<Row>(_ row: (inout RowBinaryReader) throws -> Row) throws -> [Row] {
        var rows: [Row] = []
        while !isAtEnd { rows.append(try row(&self)) }
        return rows
    }

    private static var cutShort: TelemetryError { TelemetryError(.failed, "an answer of ClickHouse is cut short: ask again") }
}
