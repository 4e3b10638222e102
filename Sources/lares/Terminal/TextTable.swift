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
    var columns: Int {
        unicodeScalars.reduce(0) { sum, scalar in
            let isWide =
                (0x1100...0x115F).contains(scalar.value) || (0x2E80...0xA4CF).contains(scalar.value)
                || (0xAC00...0xD7A3).contains(scalar.value) || (0xF900...0xFAFF).contains(scalar.value)
                || (0xFE30...0xFE4F).contains(scalar.value) || (0xFF00...0xFF60).contains(scalar.value)
                || (0x20000...0x3FFFD).contains(scalar.value)
            return sum + (isWide ? 2 : 1)
        }
    }
}
