/// What is in a file of rows, before anyone decides what to learn from it.
///
/// ```swift
/// let summary = try TableSummary(contentsOf: "iris.csv")
/// let numbers = summary.columns.filter(\.isNumeric).map(\.name)
/// ```
public struct TableSummary: Sendable, Hashable {
    /// One column, or one name of JSONL's objects.
    public struct Column: Sendable, Hashable {
        /// Its name, which may be empty.
        public let name: String
        /// Rows without a value.
        public let missing: Int
        /// Whether it has values and all are finite numbers.
        public let isNumeric: Bool
        /// Whether all its numbers are whole.
        public let isWhole: Bool
        /// How many different values there are; nil: more than ``TableSummary/mostDistinct``.
        public let distinct: Int?
        /// A few different values, in the order they come, each cut after 40 characters.
        public let examples: [String]
        /// The least and the greatest number; nil of texts.
        public let range: ClosedRange<Float>?
    }

    /// Different values of a column that are counted.
    public static let mostDistinct = 1_000
    /// Bytes that are read when nothing else is said: 256 MiB.
    public static let mostBytes = 256 << 20
    /// Texts that stand for "no value" where they appear.
    public static let missingTexts = ["", "?", "NA", "N/A", "NaN", "nan", "null", "NULL"]

    /// How the rows are written.
    public let format: Recipe.Format
    /// What stands between the fields of CSV.
    public let separator: String
    /// How many rows were read.
    public let rows: Int
    /// Whether that was the whole file.
    public let isWhole: Bool
    /// In the file's order.
    public let columns: [Column]
    /// Those of ``missingTexts`` that appear, the empty one always.
    public let missing: [String]

    init(
        format: Recipe.Format, separator: String, rows: Int, isWhole: Bool, columns: [Column], missing: [String]
    ) {
        (self.format, self.separator, self.rows) = (format, separator, rows)
        (self.isWhole, self.columns, self.missing) = (isWhole, columns, missing)
    }

    /// Reads a file through. What begins with `{` is JSONL, unless its name ends with `.csv`; the separator of CSV is the most frequent of
    /// comma, semicolon and tab in the first line.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - name: What errors call it; nil: its path.
    ///   - limit: So many bytes are read at most.
    /// - Throws: ``RecipeError`` for a file that is empty, has no rows or lines of different lengths, or is no text; it names line and
    ///   column.
    public init(contentsOf path: String, named name: String? = nil, limit: Int = TableSummary.mostBytes) throws {
        let name = name ?? path, beginning = try TableBeginning(path, name)
        var tallies = TableTallies()
        let isWhole = try tallies.read(path, name, beginning, limit: limit)
        guard tallies.rows > 0 else {
            throw RecipeError(.data, "'\(name)' has no rows: below the names of the columns there must be at least one line")
        }
        self.init(
            format: beginning.format, separator: beginning.separator, rows: tallies.rows, isWhole: isWhole,
            columns: tallies.columns, missing: TableSummary.missingTexts.filter { $0.isEmpty || tallies.missing.contains($0) })
    }
}

/// What the first bytes of a file tell.
struct TableBeginning {
    let format: Recipe.Format
    let separator: String

    init(_ path: String, _ name: String) throws {
        var first: [UInt8] = []
        do {
            try readPieces(of: path) { piece in
                first += piece.prefix(1 << 16)
                throw Enough()
            }
        } catch is Enough {}
        let isObject = first.first { ![0x20, 0x09, 0x0A, 0x0D, 0xEF, 0xBB, 0xBF].contains($0) } == UInt8(ascii: "{")
        format = isObject && !name.lowercased().hasSuffix(".csv") ? .jsonl : .csv
        separator = TableBeginning.separator(of: first.prefix { $0 != 0x0A })
    }

    private static func separator(of line: ArraySlice<UInt8>) -> String {
        var (isQuoted, counts): (Bool, [UInt8: Int]) = (false, [:])
        for byte in line {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if !isQuoted { counts[byte, default: 0] += 1 }
        }
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        let best = candidates.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? candidates[0]
        return String(UnicodeScalar(counts[best, default: 0] > 0 ? best : candidates[0]))
    }
}

/// Thrown to end a reading that has seen enough.
struct Enough: Error {}
