package import LaresJSON
import LaresNeural

extension RecipeForm {
    /// What to begin with where there are no columns: word vectors of a text, a translator of pairs.
    package static func recipe(file: String, isPairs: Bool) -> JSON {
        let (kind, plan): (String, JSON) =
            isPairs ? ("translator", ["cell": "lstm", "epochs": 10]) : ("words", ["method": "skipgram", "dimensions": 100, "epochs": 5])
        return ["name": .string(suggestedName(file)), "data": ["file": .string(file)], kind: plan]
    }

    /// Numbers that become one input of many, where a field for each would be too many to fill in.
    static let mostInputs = 40
    private static let mostOneHot = 30

    /// The recipe.
    ///
    /// - Throws: ``FieldFault`` naming the field that can't be used.
    package func recipe() throws(FieldFault) -> JSON {
        try checkTarget()
        try checkColumns()
        let epochs = try whole("epochs", 1...1_000_000), batch = try whole("batch", 1...65_536), rate = try fraction("rate", 1e-9, 1e3)
        let validation = try fraction("validation", 0, 90) / 100, test = try fraction("test", 0, 90) / 100
        guard validation + test < 0.95 else { throw FieldFault("validation", "form.wrong.split") }
        guard !stops || validation > 0 else { throw FieldFault("validation", "form.wrong.stop") }
        var recipe: JSON.Members = [:]
        if !name.isEmpty { recipe.append("name", .string(name)) }
        recipe.append("data", source)
        recipe.append("columns", .array(columns))
        recipe.append("target", ["name": .string(target), "kind": isClass ? "class" : "number"])
        recipe.append("split", ["validation": .double(validation), "test": .double(test)])
        let layers = size.layers.map { JSON.object(["layer": "linear", "outputs": .int($0), "activation": "relu"]) }
        recipe.append("network", ["layers": .array(layers)])
        recipe.append("optimizer", ["name": "adam", "rate": .double(rate)])
        recipe.append("batch", .int(batch))
        recipe.append("epochs", .int(epochs))
        if stops { recipe.append("early_stopping", ["patience": .int(try whole("patience", 1...1_000_000))]) }
        recipe.append("seed", 1)
        return .object(recipe)
    }

    private func checkTarget() throws(FieldFault) {
        guard let column = targetColumn else { throw FieldFault("target", "form.wrong.target") }
        guard isClass || column.isNumeric else { throw FieldFault("task", "form.wrong.task", ["column": target]) }
        if isClass {
            guard let distinct = column.distinct else { throw FieldFault("target", "form.wrong.classes", ["column": target]) }
            guard distinct > 1 else { throw FieldFault("target", "form.wrong.class", ["column": target]) }
        }
        guard column.missing == 0 || missing == .drop else {
            throw FieldFault("missing", "form.wrong.missing", ["column": target, "count": "\(column.missing)"])
        }
    }

    private func checkColumns() throws(FieldFault) {
        var count = 0
        for (place, column) in summary.columns.enumerated() where column.name != target && uses[place] != .out {
            guard uses[place] != .number || column.isNumeric else {
                throw FieldFault("use\(place)", "form.wrong.number", ["column": column.name])
            }
            count += 1
        }
        guard count > 0 else { throw FieldFault("use0", "form.wrong.columns") }
    }

    private var source: JSON {
        var members: JSON.Members = ["file": .string(file), "format": .string(summary.format.rawValue)]
        if summary.format == .csv, summary.separator != "," { members.append("separator", .string(summary.separator)) }
        if summary.missing != [""] { members.append("missing", .array(summary.missing.map { .string($0) })) }
        members.append("on_missing", .string(missing.rawValue))
        return .object(members)
    }

    private var columns: [JSON] {
        let used = summary.columns.enumerated().filter { $1.name != target && uses[$0] != .out }
        let categories = used.filter { uses[$0.offset] == .category }
        let numbers = used.filter { uses[$0.offset] == .number }
        let texts = categories.map { category($0.element, $0.offset) }
        guard numbers.count > Self.mostInputs else { return numbers.map { number($0.element, $0.offset) } + texts }
        var name = "values"
        while name == target || categories.contains(where: { $0.element.name == name }) { name += "_" }
        return [["name": .string(name), "from": .array(numbers.map { .string($0.element.name) })]] + texts
    }

    private func number(_ column: TableSummary.Column, _ place: Int) -> JSON { .object(named(column, place)) }

    private func category(_ column: TableSummary.Column, _ place: Int) -> JSON {
        var members = named(column, place)
        members.append("kind", "category")
        if (column.distinct ?? .max) > Self.mostOneHot { members.append("embedding", 8) }
        return .object(members)
    }

    /// A network's input must have a name that can be shown.
    private func named(_ column: TableSummary.Column, _ place: Int) -> JSON.Members {
        let isPlain =
            !column.name.isEmpty && column.name.utf8.count <= 256
            && column.name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
        return isPlain
            ? ["name": .string(column.name)]
            : ["name": .string("column \(place + 1)"), "from": .array([.string(column.name)])]
    }

    private func whole(_ field: String, _ range: ClosedRange<Int>) throws(FieldFault) -> Int {
        guard let number = Int(numbers[field] ?? ""), range.contains(number) else {
            throw FieldFault(field, "form.wrong.range", ["low": "\(range.lowerBound)", "high": "\(range.upperBound)"])
        }
        return number
    }

    private func fraction(_ field: String, _ low: Double, _ high: Double) throws(FieldFault) -> Double {
        guard let number = Double(numbers[field] ?? ""), number >= low, number <= high else {
            throw FieldFault(field, "form.wrong.range", ["low": "\(low)", "high": "\(high)"])
        }
        return number
    }
}
