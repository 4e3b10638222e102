import LaresNeural
import LaresServing

/// The page that describes a training in fields.
struct RecipeFormView {
    let source: TrainingSource
    let form: RecipeForm
    var limits = LimitsForm()
    var trouble: Trouble?
    let amount: Amount

    private static let mostColumns = 60
    private static let checked =
        [
            "target", "task", "name", "size", "missing", "epochs", "patience", "validation", "test", "rate", "batch",
        ] + LimitsForm.fields

    private var words: Words { amount.words }

    /// The fields of the template `training-form`.
    var fields: [String: Any] {
        let summary = form.summary
        var fields: [String: Any] = [
            "carryName": source.field.name, "carryValue": source.field.value, "file": form.file, "about": about(summary),
            "missingTexts": missingTexts(summary), "targets": summary.columns.map { option($0.name, form.target, label: $0.name) },
            "tasks": RecipeForm.Task.allCases.map { option($0.rawValue, form.task.rawValue, label: words("form.task.\($0.rawValue)")) },
            "sizes": RecipeForm.Size.allCases.map { option($0.rawValue, form.size.rawValue, label: words("form.size.\($0.rawValue)")) },
            "policies": RecipeForm.Missing.allCases.map {
                option($0.rawValue, form.missing.rawValue, label: words("form.missing.\($0.rawValue)"))
            },
            "name": form.name, "stops": form.stops, "columns": columns, "anyColumns": !columns.isEmpty, "manyColumns": many,
        ]
        for (field, value) in form.numbers { fields["\(field)Value"] = value }
        fields.merge(limits.fields) { $1 }
        return fields.merging(Trouble.fields(trouble, title: words("form.failed"), form: Self.checked)) { $1 }
    }

    private func about(_ summary: TableSummary) -> String {
        words(
            summary.isWhole ? "data.about" : "data.aboutPart",
            [
                "rows": amount.whole(summary.rows), "columns": amount.whole(summary.columns.count),
                "format": summary.format.rawValue.uppercased(),
            ])
    }

    private func missingTexts(_ summary: TableSummary) -> Any {
        let texts = summary.missing.filter { !$0.isEmpty }
        return texts.isEmpty ? false : words("form.missingTexts", ["texts": texts.joined(separator: ", ")])
    }

    private func option(_ value: String, _ chosen: String, label: String) -> [String: Any] {
        ["value": value, "label": label.isEmpty ? words("form.unnamed") : label, "chosen": value == chosen]
    }

    private var columns: [[String: Any]] {
        guard form.summary.columns.count <= Self.mostColumns else { return [] }
        return form.summary.columns.enumerated().map { place, column in
            [
                "field": "use\(place)", "column": column.name.isEmpty ? words("form.unnamed") : column.name, "what": what(column),
                "isTarget": column.name == form.target,
                "uses": RecipeForm.Use.allCases.map { use in
                    option(use.rawValue, form.uses[place].rawValue, label: words("form.use.\(use.rawValue)"))
                },
                "fault": trouble.flatMap { $0.field == "use\(place)" ? $0.sentence : nil } ?? false,
            ]
        }
    }

    private var many: Any {
        let (all, most) = (form.summary.columns.count, Self.mostColumns)
        guard all > most else { return false }
        let used = form.uses.count { $0 != .out }
        return words("form.many", ["count": amount.whole(all), "used": amount.whole(used)])
    }

    /// "4.3 to 7.9", "3 different: red, blue, green", and how many are missing.
    private func what(_ column: TableSummary.Column) -> String {
        let text: String
        if let range = column.range {
            let (low, high) = (amount.figure(Double(range.lowerBound)), amount.figure(Double(range.upperBound)))
            text = words("form.range", ["low": low, "high": high])
        } else if column.examples.isEmpty {
            return words("form.nothing")
        } else {
            let examples = column.examples.prefix(3).joined(separator: ", ")
            text =
                column.distinct.map { words("form.different", ["count": amount.whole($0), "examples": examples]) }
                ?? words("form.veryDifferent", ["examples": examples])
        }
        return column.missing == 0 ? text : words("form.lacking", ["what": text, "count": amount.whole(column.missing)])
    }
}
