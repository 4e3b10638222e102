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
                let names = header.prefix(20).joined(separator: ", ")
                throw RecipeError(
                    .data,
                    "'\(path)' has no column '\(name)'; its first line names \(names)\(header.count > 20 ? ", …" : "")\(Self.hint(header))")
            }
            return place
        }
    }

    /// What to try where a whole first line was read as one name.
    private static func hint(_ header: [String]) -> String {
        guard header.count == 1, let found = ([";", "\t", "|"] as [Character]).first(where: { header[0].contains($0) }) else { return "" }
        let shown = found == "\t" ? "\\t" : String(found)
        return ": if its fields are separated by \(found == "\t" ? "tabs" : "'\(found)'"), set 'data.separator' to \"\(shown)\""
    }
}
