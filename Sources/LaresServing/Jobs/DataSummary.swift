public import LaresJSON
public import LaresNeural

/// What is in a file to learn from: a table, or a text.
public enum DataSummary: Sendable, Hashable {
    /// Rows of columns.
    case table(TableSummary)
    /// So many lines, sentences for word vectors, or pairs for a translator where each has a tab.
    case text(lines: Int, isPairs: Bool)

    /// What a file is.
    public enum Kind: String, Sendable, CaseIterable {
        case table, text
    }

    /// The columns, where it is a table.
    public var table: TableSummary? {
        guard case .table(let summary) = self else { return nil }
        return summary
    }

    /// Reads a file through.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - name: What errors call it.
    ///   - kind: What it is; nil: a text when its name ends with `.txt`, otherwise a table.
    /// - Throws: ``JobError`` with code `badData` for what is no table, which names line and column, or an empty text or none.
    public init(contentsOf path: String, named name: String, as kind: Kind? = nil) throws {
        guard kind ?? (name.lowercased().hasSuffix(".txt") ? .text : .table) == .text else {
            do { self = .table(try TableSummary(contentsOf: path, named: name)) } catch let error as RecipeError {
                throw JobError(.badData, error.message)
            }
            return
        }
        let (lines, tabs) = try Self.counts(of: path, name)
        self = .text(lines: lines, isPairs: tabs == lines)
    }

    private static func counts(of path: String, _ name: String) throws -> (lines: Int, tabs: Int) {
        var (lines, tabs, last) = (0, 0, UInt8(ascii: "\n"))
        try OpenFile.reading(path).forEachPiece { piece in
            guard !piece.contains(0) else { throw JobError(.badData, "'\(name)' has a zero byte: it is no text") }
            lines += piece.count { $0 == UInt8(ascii: "\n") }
            tabs += piece.count { $0 == UInt8(ascii: "\t") }
            last = piece.last ?? last
        }
        if last != UInt8(ascii: "\n") { lines += 1 }
        guard lines > 0 else { throw JobError(.badData, "'\(name)' is empty: there is nothing to learn from") }
        return (lines, tabs)
    }

    /// The summary as an object; a text has `lines` and no columns.
    public var json: JSON {
        switch self {
        case .table(let summary): summary.json
        case .text(let lines, let isPairs): ["lines": .int(lines), "pairs": .bool(isPairs)]
        }
    }

    /// Reads an object that `json` made. Throws `JSONError`.
    public init(_ json: JSON) throws(JSONError) {
        guard json["lines"] != nil else {
            self = .table(try TableSummary(json))
            return
        }
        var fields = try JSONFields(json)
        self = .text(lines: try fields.int("lines", in: 0...(.max)) ?? 0, isPairs: try fields.bool("pairs") ?? false)
        try fields.end()
    }
}
