/// Rows of text in columns; columns of numbers stand to the right.
struct TextTable {
    private var rows: [[String]]
    private let numbers: Set<Int>

    /// - Parameters:
    ///   - heads: The heads of the columns.
    ///   - numbers: Which columns stand to the right.
    init(_ heads: [String], numbers: Set<Int> = []) {
        rows = [heads]
        self.numbers = numbers
    }

    mutating func add(_ row: [String]) { rows.append(row) }

    /// The table, a line for each row.
    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].columns : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.columns)
                return numbers.contains(column) ? space + cell : cell + space
            }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}

extension String {
    /// How many columns of a terminal the text takes: Chinese characters take two.
    var columns: Int { unicodeScalars.reduce(0) { $0 + $1.columns } }
}

extension Unicode.Scalar {
    /// How many columns of a terminal it takes: two for Chinese characters and pictures, none for accents (Unicode annex 11).
    var columns: Int {
        let wide: [ClosedRange<UInt32>] = [
            0x1100...0x115F, 0x2E80...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60, 0x1F300...0x1F64F,
            0x1F680...0x1F6FF, 0x1F900...0x1FAFF, 0x20000...0x3FFFD,
        ]
        if value < 0x300 { return 1 }
        if [.nonspacingMark, .enclosingMark, .format].contains(properties.generalCategory) { return 0 }
        return wide.contains { $0.contains(value) } ? 2 : 1
    }
}
