import LaresJSON

/// What is counted while a file of rows is read.
struct TableTallies {
    private(set) var rows = 0
    /// Texts that stood for a missing value.
    private(set) var missing: Set<String> = []
    private var tallies: [ColumnTally] = []
    private var places: [String: Int] = [:]
    private let texts = Set(TableSummary.missingTexts)

    var columns: [TableSummary.Column] { tallies.map { $0.column(of: rows) } }

    /// Reads a file; false when it has more bytes than the limit.
    mutating func read(_ path: String, _ name: String, _ beginning: TableBeginning, limit: Int) throws -> Bool {
        do {
            switch beginning.format {
            case .csv: try readCSV(path, name, beginning.separator, limit)
            case .jsonl: try readJSONL(path, name, limit)
            }
            return true
        } catch is Enough {
            return false
        }
    }

    private mutating func readCSV(_ path: String, _ name: String, _ separator: String, _ limit: Int) throws {
        var bytes = 0
        let byte = separator.utf8.first ?? UInt8(ascii: ",")
        var tallies = self
        defer { self = tallies }
        try CSVRows(path: path, name: name, separator: byte).read {
            for column in $0 { try tallies.addColumn(column, in: name) }
        } row: { fields, _ in
            for (place, field) in fields.enumerated() { tallies.take(field, at: place) }
            tallies.rows += 1
            bytes += fields.reduce(fields.count) { $0 + $1.utf8.count }
            if bytes > limit { throw Enough() }
        }
    }

    private mutating func readJSONL(_ path: String, _ name: String, _ limit: Int) throws {
        var bytes = 0
        let lines = JSONLines(path: path, name: name)
        var tallies = self
        defer { self = tallies }
        try lines.read { members, line in
            for (key, value) in members {
                let cell = try lines.cell(value, key, line)
                tallies.take(cell, at: try tallies.place(of: key, in: name))
                bytes += key.utf8.count + (cell?.utf8.count ?? 0) + 6
            }
            tallies.rows += 1
            if bytes > limit { throw Enough() }
        }
    }

    private mutating func place(of key: String, in name: String) throws -> Int {
        if let place = places[key] { return place }
        try addColumn(key, in: name)
        return tallies.count - 1
    }

    private mutating func addColumn(_ key: String, in name: String) throws {
        guard tallies.count < CSVReader.mostColumns else {
            throw RecipeError(.data, "'\(name)' has more than \(CSVReader.mostColumns) columns")
        }
        places[key] = tallies.count
        tallies.append(ColumnTally(name: key))
    }

    private mutating func take(_ cell: String?, at place: Int) {
        guard let cell, !texts.contains(cell) else {
            missing.insert(cell ?? "")
            return
        }
        tallies[place].take(cell)
    }
}

/// What is counted of one column.
private struct ColumnTally {
    let name: String
    private var values = 0
    private var isNumeric = true
    private var isWhole = true
    private var (least, greatest) = (Float.infinity, -Float.infinity)
    private var different: Set<String> = []
    private var examples: [String] = []
    private var isOverfull = false

    init(name: String) { self.name = name }

    mutating func take(_ cell: String) {
        values += 1
        if isNumeric { takeNumber(cell) }
        guard !isOverfull, different.insert(cell).inserted else { return }
        if examples.count < 5 { examples.append(String(cell.prefix(40))) }
        isOverfull = different.count > TableSummary.mostDistinct
    }

    private mutating func takeNumber(_ cell: String) {
        guard let number = Float(cell), number.isFinite else {
            isNumeric = false
            return
        }
        isWhole = isWhole && number == number.rounded()
        (least, greatest) = (min(least, number), max(greatest, number))
    }

    func column(of rows: Int) -> TableSummary.Column {
        let isNumeric = isNumeric && values > 0
        return TableSummary.Column(
            name: name, missing: rows - values, isNumeric: isNumeric, isWhole: isNumeric && isWhole,
            distinct: isOverfull ? nil : different.count, examples: examples, range: isNumeric ? least...greatest : nil)
    }
}
