import LaresJSON

/// Lines of a JSONL file, each an object.
struct JSONLines {
    static let longestLine = 16 << 20

    let path: String
    /// What errors call the file.
    let name: String

    /// Calls `body` with every object and its line; empty lines don't count.
    func read(_ body: (JSON.Members, Int) throws -> Void) throws {
        var (text, line): ([UInt8], Int) = ([], 0)
        func end() throws {
            line += 1
            defer { text.removeAll(keepingCapacity: true) }
            if text.last == 0x0D { text.removeLast() }
            if !text.isEmpty { try body(try members(text, line), line) }
        }
        try readPieces(of: path) { piece in
            for byte in piece {
                if byte == 0x0A {
                    try end()
                } else {
                    guard text.count < JSONLines.longestLine else {
                        throw RecipeError(.data, "'\(name)' line \(line + 1) has more than \(JSONLines.longestLine) bytes")
                    }
                    text.append(byte)
                }
            }
        }
        if !text.isEmpty { try end() }
    }

    private func members(_ text: [UInt8], _ line: Int) throws -> JSON.Members {
        let value: JSON
        do {
            value = try JSON(parsing: text)
        } catch {
            throw RecipeError(.data, "'\(name)' line \(line) is not JSON: \(error.message)")
        }
        guard case .object(let members) = value else {
            throw RecipeError(.data, "'\(name)' line \(line) is \(value.kind); every line must be an object")
        }
        return members
    }

    /// A value as the text of a cell; nil where there is none.
    func cell(_ value: JSON, _ column: String, _ line: Int) throws -> String? {
        switch value {
        case .null: nil
        case .string(let text): text
        case .int(let number): String(number)
        case .double(let number): String(number)
        case .bool(let flag): flag ? "true" : "false"
        case .array, .object: throw RecipeError(.data, "'\(name)' line \(line), column '\(column)': expected a number or a text")
        }
    }
}
