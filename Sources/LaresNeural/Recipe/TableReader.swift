import LaresJSON

/// Reads rows of a CSV or JSONL file, those columns only that are asked for.
struct TableReader {
    let path: String
    let source: Recipe.Source
    let columns: [String]

    /// Calls `body` with the cells of every row, nil where there is none, and the line.
    func read(_ body: ([String?], Int) throws -> Void) throws {
        switch source.format {
        case .csv:
            var places: [Int] = []
            try CSVRows(path: path, name: path, separator: source.separator).read {
                places = try found($0)
            } row: { row, line in
                try body(places.map { row[$0] }, line)
            }
        case .jsonl:
            let lines = JSONLines(path: path, name: path)
            try lines.read { members, line in
                try body(try columns.map { try lines.cell(members[$0] ?? .null, $0, line) }, line)
            }
        }
    }

    private func found(_ header: [String]) throws -> [Int] {
        try columns.map { name in
            guard let place = header.firstIndex(of: name) else {
                throw RecipeError(
                    .data,
                    "'\(path)' has no column '\(name)'; its first line names \(Self.shown(header))\(Self.hint(header))"
                        + Self.question(name, header))
            }
            return place
        }
    }

    private static func shown(_ names: [String]) -> String { names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "") }

    private static func question(_ name: String, _ names: [String]) -> String {
        name.closest(of: names).map { ": did you mean '\($0)'?" } ?? ""
    }

    /// What to try where a whole first line was read as one name.
    private static func hint(_ header: [String]) -> String {
        guard header.count == 1, let found = ([";", "\t", "|"] as [Character]).first(where: { header[0].contains($0) }) else { return "" }
        let shown = found == "\t" ? "\\t" : String(found)
        return ": if its fields are separated by \(found == "\t" ? "tabs" : "'\(found)'"), set 'data.separator' to \"\(shown)\""
    }
}

extension TableReader {
    private static let mostNames = 100

    /// The error for a column that has no value in any row: it may be misspelt, which JSONL doesn't show otherwise.
    func emptiness(of column: String) -> RecipeError {
        let names = names()
        let advice =
            names.contains(column)
            ? "; fill it in, or take it out of the recipe" : "; the first rows have \(Self.shown(names))\(Self.question(column, names))"
        return RecipeError(.data, "'\(path)': column '\(column)' has no value in any row\(advice)")
    }

    /// The names of the first rows, in order.
    private func names() -> [String] {
        guard source.format == .jsonl else { return columns }
        var (names, rows): ([String], Int) = ([], 0)
        // The file was read before, so that what ends this is that there is enough.
        try? JSONLines(path: path, name: path).read { members, _ in
            for (name, _) in members where names.count < Self.mostNames && !names.contains(name) { names.append(name) }
            rows += 1
            if rows == Self.mostNames { throw Enough() }
        }
        return names
    }
}

extension String {
    /// The one of some names that is meant when this is misspelt: at most a third of its letters differ.
    fileprivate func closest(of names: [String]) -> String? {
        let most = Swift.min(count, 60) / 3
        return names.map { ($0, distance(to: $0)) }.filter { $0.1 <= most }.min { $0.1 < $1.1 }?.0
    }

    /// How many letters must be changed, put in or taken out (Levenshtein 1966), upper and lower case being one.
    private func distance(to other: String) -> Int {
        let (a, b) = (Array(lowercased().prefix(60)), Array(other.lowercased().prefix(60)))
        var row = Array(0...b.count)
        for (i, letter) in a.enumerated() {
            var above = row[0]
            row[0] = i + 1
            for j in b.indices {
                let changed = above + (b[j] == letter ? 0 : 1)
                above = row[j + 1]
                row[j + 1] = Swift.min(changed, above + 1, row[j] + 1)
            }
        }
        return row[b.count]
    }
}
