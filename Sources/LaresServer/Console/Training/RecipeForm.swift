package import LaresNeural

/// A training as a form describes it, and the recipe that it becomes.
package struct RecipeForm: Sendable {
    /// What is to be told.
    package enum Task: String, Sendable, CaseIterable {
        /// As the target's values suggest.
        case auto
        /// One of some names.
        case `class`
        /// A number.
        case number
    }

    /// What a column is to the network.
    package enum Use: String, Sendable, CaseIterable { case number, category, out }

    /// How much a network can hold.
    package enum Size: String, Sendable, CaseIterable {
        case none, small, medium, large

        var layers: [Int] {
            switch self {
            case .none: []
            case .small: [16]
            case .medium: [64, 64]
            case .large: [256, 256]
            }
        }
    }

    /// What to do where a value is missing.
    package enum Missing: String, Sendable, CaseIterable { case refuse, drop, fill }

    /// What the recipe calls the file.
    let file: String
    package let summary: TableSummary
    package var target: String
    package var task = Task.auto
    package var name: String
    package var size = Size.medium
    package var missing: Missing
    package var stops = true
    /// As they were typed.
    package var numbers = ["epochs": "100", "patience": "10", "validation": "15", "test": "15", "rate": "0.01", "batch": "32"]
    /// By column.
    package var uses: [Use]

    /// A form that nobody has changed yet: the last column is the target, the others are used as their values suggest.
    package init(file: String, summary: TableSummary) {
        (self.file, self.summary) = (file, summary)
        target = summary.columns.last?.name ?? ""
        name = Self.suggestedName(file)
        missing = summary.columns.contains { $0.missing > 0 && $0.missing < summary.rows } ? .drop : .refuse
        uses = summary.columns.map { Self.use(of: $0, rows: summary.rows) }
    }

    /// What a person filled in.
    package init(file: String, summary: TableSummary, _ form: Form) {
        self.init(file: file, summary: summary)
        (target, name) = (form.exact("target"), form["name"])
        task = Task(rawValue: form["task"]) ?? task
        size = Size(rawValue: form["size"]) ?? size
        missing = Missing(rawValue: form["missing"]) ?? missing
        stops = form["stops"] == "1"
        for field in numbers.keys { numbers[field] = form[field] }
        for place in uses.indices { uses[place] = Use(rawValue: form["use\(place)"]) ?? uses[place] }
    }

    static func suggestedName(_ file: String) -> String {
        let base = file.split(separator: "/").last.map(String.init) ?? file
        let stem = base.split(separator: ".").first.map(String.init) ?? base
        let plain = stem.lowercased().unicodeScalars.map { scalar -> Character in
            ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "_" ? Character(scalar) : "-"
        }
        return String(String(plain).drop { $0 == "-" || $0 == "_" }.prefix(64))
    }

    /// Texts of few kinds are categories; numbers that never change, and those that only count the rows, tell nothing.
    private static func use(of column: TableSummary.Column, rows: Int) -> Use {
        guard column.distinct ?? 2 > 1 else { return .out }
        guard column.isNumeric else { return (column.distinct ?? .max) <= 100 ? .category : .out }
        let counts = column.isWhole && column.missing == 0 && (column.distinct == rows || column.distinct == nil)
        return counts && ["", "id", "index", "row", "nr", "no"].contains(column.name.lowercased()) ? .out : .number
    }

    /// The column of the target.
    package var targetColumn: TableSummary.Column? { summary.columns.first { $0.name == target } }

    /// What is told in the end.
    package var isClass: Bool {
        guard let column = targetColumn, task == .auto else { return task != .number }
        return !column.isNumeric || (column.isWhole && (column.distinct ?? .max) <= 10)
    }
}
