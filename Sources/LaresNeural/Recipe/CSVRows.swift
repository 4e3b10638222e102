/// Rows of a CSV file, each with as many fields as the first line has names.
package struct CSVRows {
    let path: String
    /// What errors call the file.
    let name: String
    let separator: UInt8

    /// - Parameters:
    ///   - path: The file.
    ///   - name: What errors call it.
    ///   - separator: What is between fields.
    package init(path: String, name: String, separator: UInt8 = UInt8(ascii: ",")) {
        (self.path, self.name, self.separator) = (path, name, separator)
    }

    /// Calls `header` with the names of the first line, and `row` with the fields of every other and the line where it begins.
    package func read(header: ([String]) throws -> Void, row: ([String], Int) throws -> Void) throws {
        var reader = CSVReader(path: name, separator: separator)
        var width: Int?
        func take(_ fields: [String], _ line: Int) throws {
            guard let names = width else {
                width = fields.count
                try checkNames(fields)
                return try header(fields)
            }
            // One empty field is an empty line.
            guard fields.count == names else {
                let what = fields == [""] ? "is empty" : "has \(fields.count) fields, the first line has \(names)"
                throw RecipeError(.data, "'\(name)' line \(line) \(what): every line must have as many as the first")
            }
            try row(fields, line)
        }
        try readPieces(of: path) { piece in try reader.feed(piece, take) }
        try reader.finish(take)
        guard width != nil else { throw RecipeError(.data, "'\(name)' is empty: its first line must name the columns") }
    }

    private func checkNames(_ names: [String]) throws {
        guard let twice = Dictionary(grouping: names, by: { $0 }).filter({ $1.count > 1 }).keys.min() else { return }
        throw RecipeError(.data, "'\(name)' line 1 names the column '\(twice)' twice")
    }
}
