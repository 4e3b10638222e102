import LaresJSON

/// Reads rows of a CSV or JSONL file, those columns only that are asked for.
struct TableReader {
    static let longestLine = 16 << 20

    let path: String
    let source: Recipe.Source
    let columns: [String]

    /// Calls `body` with the cells of every row, nil where there is none, and the line.
    func read(_ body: ([String?], Int) throws -> Void) throws {
        switch source.format {
        case .csv: try readCSV(body)
        case .jsonl: try readJSONL(body)
        }
    }

    private func readCSV(_ body: ([String?], Int) throws -> Void) throws {
        var reader = CSVReader(path: path, separator: source.separator)
        var header: [String]?
        var places: [Int] = []
        func take(_ row: [String], _ line: Int) throws {
            guard let names = header else {
                (header, places) = (row, try found(row))
                return
            }
            // One empty field is an empty line.
            guard row.count == names.count else {
                let what = row == [""] ? "is empty" : "has \(row.count) fields, the first line has \(names.count)"
                throw RecipeError(.data, "'\(path)' line \(line) \(what): every line must have as many as the first")
            }
            try body(places.map { row[$0] }, line)
        }
        try readPieces(of: path) { piece in try reader.feed(piece, take) }
        try reader.finish(take)
        guard header != nil else { throw RecipeError(.data, "'\(path)' is empty: its first line must name the columns") }
    }

    private func found(_ header: [String]) throws -> [Int] {
        if let twice = Dictionary(grouping: header, by: { $0 }).filter({ $1.count > 1 }).keys.min() {
            throw RecipeError(.data, "'\(path)' line 1 names the column '\(twice)' twice")
        }
        return try columns.map { name in
            guard let place = header.firstIndex(of: name) else {
                let names = header.prefix(20).joined(separator: ", ")
                throw RecipeError(
                    .data, "'\(path)' has no column '\(name)'; its first line names \(names)\(header.count > 20 ? ", …" : "")")
            }
            return place
        }
    }

    private func readJSONL(_ body: ([String?], Int) throws -> Void) throws {
        var (text, line): ([UInt8], Int) = ([], 0)
        func end() throws {
            line += 1
            defer { text.removeAll(keepingCapacity: true) }
            if text.last == 0x0D { text.removeLast() }
            if !text.isEmpty { try body(try cells(text, line), line) }
        }
        try readPieces(of: path) { piece in
            for byte in piece {
                if byte == 0x0A {
                    try end()
                } else {
                    guard text.count < TableReader.longestLine else {
                        throw RecipeError(.data, "'\(path)' line \(line + 1) has more than \(TableReader.longestLine) bytes")
                    }
                    text.append(byte)
                }
            }
        }
        if !text.isEmpty { try end() }
    }

    private func cells(_ text: [UInt8], _ line: Int) throws -> [String?] {
        let value: JSON
        do {
            value = try JSON(parsing: text)
        } catch {
            throw RecipeError(.data, "'\(path)' line \(line) is not JSON: \(error.message)")
        }
        guard case .object(let members) = value else {
            throw RecipeError(.data, "'\(path)' line \(line) is \(value.kind); every line must be an object")
        }
        return try columns.map { name in
            switch members[name] ?? .null {
            case .null: nil
            case .string(let text): text
            case .int(let number): String(number)
            case .double(let number): String(number)
            case .bool(let flag): flag ? "true" : "false"
            case .array, .object: throw RecipeError(.data, "'\(path)' line \(line), column '\(name)': expected a number or a text")
            }
        }
    }
}
