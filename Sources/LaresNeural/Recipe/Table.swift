/// The rows of a file as a recipe sees them: one array for each of its columns, and the target.
struct Table: Sendable {
    /// For each column of the recipe.
    enum Cells: Sendable {
        /// Row-major; NaN where a number is missing.
        case numbers([Float], width: Int)
        /// Texts, each kept once.
        case texts([String])
    }
    var columns: [Cells] = []
    /// Labels of a target of classes.
    var labels: [String] = []
    /// Numbers of a target of numbers.
    var numbers: [Float] = []
    /// Where each row begins in the file.
    var lines: [Int32] = []
    /// Rows that were left out because something was missing.
    private(set) var dropped = 0

    var count: Int { lines.count }

    private static let mostCells = 1 << 28

    /// Reads a file. Throws ``RecipeError``, which names line and column.
    init(_ path: String, _ recipe: Recipe) throws {
        var reading = TableReading(path: path, recipe: recipe)
        columns = recipe.columns.map { $0.kind == .number ? .numbers([], width: $0.from.count) : .texts([]) }
        let reader = TableReader(path: path, source: recipe.source, columns: reading.names)
        try reader.read { cells, line in
            switch reading.verdict(of: cells, line) {
            case .taken: try append(cells, line, &reading)
            case .dropped: dropped += 1
            case .refused: break
            }
        }
        if let empty = reading.emptyColumn { throw reader.emptiness(of: empty) }
        if let refusal = reading.refusal { throw refusal }
        guard count > 0 else {
            throw RecipeError(.data, "'\(path)' has no rows\(dropped > 0 ? " without missing values" : ""): there is nothing to learn from")
        }
    }

    /// Takes in the rows of another file.
    mutating func append(_ other: Table) {
        for place in columns.indices {
            switch (columns[place], other.columns[place]) {
            case (.numbers(let own, let width), .numbers(let more, _)): columns[place] = .numbers(own + more, width: width)
            case (.texts(let own), .texts(let more)): columns[place] = .texts(own + more)
            default: preconditionFailure("tables of two recipes")
            }
        }
        (labels, numbers, lines) = (labels + other.labels, numbers + other.numbers, lines + other.lines)
        dropped += other.dropped
    }

    private mutating func append(_ cells: [String?], _ line: Int, _ reading: inout TableReading) throws {
        guard (count + 1) * cells.count <= Table.mostCells else {
            throw RecipeError(.data, "'\(reading.path)' has too many cells for memory")
        }
        var at = 0
        for (i, column) in reading.recipe.columns.enumerated() {
            let part = cells[at..<(at + column.from.count)]
            switch columns[i] {
            case .numbers(var numbers, let width):
                columns[i] = .texts([])  // so that the array is changed in place
                for (name, cell) in zip(column.from, part) { numbers.append(try reading.number(cell, name, line)) }
                columns[i] = .numbers(numbers, width: width)
            case .texts(var texts):
                columns[i] = .texts([])
                texts.append(try reading.text(part.first ?? nil, i, column.from[0], line))
                columns[i] = .texts(texts)
            }
            at += column.from.count
        }
        let target = reading.recipe.target
        let cell = cells[at] ?? ""
        if target.kind == .class {
            labels.append(try reading.label(cell, line))
        } else {
            numbers.append(try reading.number(cell, target.name, line))
        }
        lines.append(Int32(clamping: line))
    }
}

/// What is remembered while a file is read.
private struct TableReading {
    let path: String
    let recipe: Recipe
    private var pools: [Int: Set<String>] = [:]
    private static let mostTexts = 100_000
    /// The columns of the file that are read, the target last.
    let names: [String]
    /// Places of `names` without a value so far.
    private var empty: [Int]
    private var hasRows = false
    /// The first value that is missing and must not; what else is wrong with its column is known when all is read.
    private(set) var refusal: RecipeError?

    enum Verdict { case taken, dropped, refused }

    init(path: String, recipe: Recipe) {
        (self.path, self.recipe) = (path, recipe)
        names = recipe.columns.flatMap(\.from) + [recipe.target.name]
        empty = Array(names.indices)
    }

    /// A column that had no value in any row.
    var emptyColumn: String? { hasRows ? empty.first.map { names[$0] } : nil }

    private func missing(_ column: String, _ line: Int) -> RecipeError {
        error(line, column, "has no value: fill it in, or set 'data.on_missing' to \"drop\" or \"fill\" (a target is never filled)")
    }

    private func error(_ line: Int, _ column: String, _ what: String) -> RecipeError {
        RecipeError(.data, "'\(path)' line \(line), column '\(column)' \(what)")
    }

    private func isMissing(_ cell: String?) -> Bool { cell.map(recipe.source.missing.contains) ?? true }

    /// Whether a row is taken.
    mutating func verdict(of cells: [String?], _ line: Int) -> Verdict {
        hasRows = true
        if !empty.isEmpty { empty = empty.filter { isMissing(cells[$0]) } }
        let policy = recipe.source.onMissing, target = names.count - 1
        // A target is never filled.
        let gap = policy == .fill ? (isMissing(cells[target]) ? target : nil) : cells.firstIndex(where: isMissing)
        if let gap {
            if policy == .drop { return .dropped }
            refusal = refusal ?? missing(names[gap], line)
        }
        return refusal == nil ? .taken : .refused
    }

    func number(_ cell: String?, _ column: String, _ line: Int) throws -> Float {
        guard let cell, !isMissing(cell) else { return .nan }
        guard let number = Float(cell) else {
            throw error(line, column, "is \"\(cell.prefix(40))\", which is no number: correct it, or make the column a category")
        }
        guard number.isFinite else { throw error(line, column, "is \"\(cell.prefix(40))\": every number must be finite") }
        return number
    }

    mutating func text(_ cell: String?, _ place: Int, _ column: String, _ line: Int) throws -> String {
        let text = isMissing(cell) ? "" : cell ?? ""
        // One copy of each text.
        let (isNew, kept) = pools[place, default: []].insert(text)
        if isNew, pools[place, default: []].count > TableReading.mostTexts {
            throw error(line, column, "has more than \(TableReading.mostTexts) different texts: it is no category")
        }
        return kept
    }

    mutating func label(_ cell: String, _ line: Int) throws -> String {
        if let labels = recipe.target.labels, !labels.contains(cell) {
            throw error(line, recipe.target.name, "is \"\(cell.prefix(40))\", which is none of the \(labels.count) labels of the recipe")
        }
        return try text(cell, -1, recipe.target.name, line)
    }
}
