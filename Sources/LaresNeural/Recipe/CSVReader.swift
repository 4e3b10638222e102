/// Splits the bytes of a CSV file into rows, strictly as RFC 4180 says; LF alone may end a line, and a byte order mark may begin the file.
///
/// A pure state machine, fed piece by piece; fields, columns and lines are bounded.
struct CSVReader {
    static let longestField = 1 << 20
    static let mostColumns = 4096

    private enum State { case start, plain, quoted, quoteInQuoted, carriageReturn }
    private let path: String
    private let separator: UInt8
    private var state = State.start
    private var field: [UInt8] = []
    private var row: [String] = []
    private var bytes = 0
    /// The line that is being read, from 1.
    private(set) var line = 1
    private var rowLine = 1

    init(path: String, separator: UInt8) {
        self.path = path
        self.separator = separator
    }

    /// Takes a piece, and hands on each row that ends in it with the line it begins at.
    mutating func feed(_ piece: some Sequence<UInt8>, _ body: ([String], Int) throws -> Void) throws {
        for byte in piece {
            bytes += 1
            if bytes <= 3, state == .start || state == .plain, byte == [0xEF, 0xBB, 0xBF][bytes - 1], field.count == 0 { continue }
            try take(byte, body)
        }
    }

    /// The end of the file: the last line needn't be ended.
    mutating func finish(_ body: ([String], Int) throws -> Void) throws {
        switch state {
        case .quoted: throw error("ends inside quotes, which began at line \(rowLine) or later")
        case .carriageReturn: throw error("ends with a carriage return alone")
        case .start where row.isEmpty: return
        case .start, .plain, .quoteInQuoted: try endRow(body)
        }
    }

    private mutating func take(_ byte: UInt8, _ body: ([String], Int) throws -> Void) throws {
        switch (state, byte) {
        case (.quoted, UInt8(ascii: "\"")): state = .quoteInQuoted
        case (.quoted, _):
            if byte == 0x0A { line += 1 }
            try append(byte)
        case (.quoteInQuoted, UInt8(ascii: "\"")):
            state = .quoted
            try append(byte)
        case (.carriageReturn, 0x0A), (.start, 0x0A), (.plain, 0x0A), (.quoteInQuoted, 0x0A): try endLine(body)
        case (.carriageReturn, _): throw error("has a carriage return that no line feed follows")
        case (_, separator): try endField()
        case (_, 0x0D): state = .carriageReturn
        case (.start, UInt8(ascii: "\"")): state = .quoted
        case (.quoteInQuoted, _): throw error("has text behind closing quotes: write a quote inside quotes twice")
        case (_, UInt8(ascii: "\"")):
            throw error("has a quote inside a field without quotes: put the field in quotes and write the quote twice")
        case (_, 0): throw error("has a zero byte: it is no text")
        default:
            state = .plain
            try append(byte)
        }
    }

    private mutating func append(_ byte: UInt8) throws {
        guard field.count < CSVReader.longestField else { throw error("has a field of more than \(CSVReader.longestField) bytes") }
        field.append(byte)
    }

    private mutating func endField() throws {
        guard let text = String(validating: field, as: UTF8.self) else { throw error("is not UTF-8: save it as UTF-8") }
        guard row.count < CSVReader.mostColumns else { throw error("has more than \(CSVReader.mostColumns) columns") }
        row.append(text)
        field.removeAll(keepingCapacity: true)
        state = .start
    }

    private mutating func endRow(_ body: ([String], Int) throws -> Void) throws {
        try endField()
        try body(row, rowLine)
        row.removeAll(keepingCapacity: true)
    }

    private mutating func endLine(_ body: ([String], Int) throws -> Void) throws {
        try endRow(body)
        line += 1
        rowLine = line
    }

    private func error(_ what: String) -> RecipeError {
        RecipeError(.data, "'\(path)' line \(line), column \(row.count + 1): it \(what)")
    }
}
