public import LaresJSON

/// Scores of forecasters on public data, beside published ones.
public struct EvaluationTable: Sendable, Hashable {
    /// One forecaster's scores.
    public struct Row: Sendable, Hashable {
        /// The forecaster, and what it is: "nlinear", or "NLinear (Zeng et al. 2022)" for published ones.
        public let name: String
        /// Whether others measured it; otherwise this run did.
        public let isPublished: Bool
        /// By column; nil where there is none.
        public let scores: [Double?]
        /// What learning and forecasting took; nil for published ones.
        public let seconds: Double?

        /// A row.
        public init(_ name: String, isPublished: Bool = false, scores: [Double?], seconds: Double? = nil) {
            (self.name, self.isPublished, self.scores, self.seconds) = (name, isPublished, scores, seconds)
        }
    }

    /// What the data are called, as in "etth1".
    public let data: String
    /// The names of the scores, as in "96 mse".
    public let columns: [String]
    /// In the order in which they are shown.
    public var rows: [Row]

    /// A table.
    public init(data: String, columns: [String], rows: [Row] = []) { (self.data, self.columns, self.rows) = (data, columns, rows) }

    /// The table as JSON: `{"data": …, "rows": [{"name": …, "published": …, "seconds": …, "scores": {"96 mse": …}}]}`.
    public var json: JSON {
        let rows = rows.map { row -> JSON in
            var scores = JSON.Members()
            for (column, score) in zip(columns, row.scores) { scores.append(column, score.map { .double($0) } ?? .null) }
            return [
                "name": .string(row.name), "published": .bool(row.isPublished), "seconds": row.seconds.map { .double($0) } ?? .null,
                "scores": .object(scores),
            ]
        }
        return ["data": .string(data), "rows": .array(rows)]
    }
}
