public import LaresJSON

extension TableSummary {
    /// The summary as an object.
    public var json: JSON {
        [
            "format": .string(format.rawValue), "separator": .string(separator), "rows": .int(rows), "whole": .bool(isWhole),
            "missing": .array(missing.map { .string($0) }), "columns": .array(columns.map(\.json)),
        ]
    }

    /// Reads an object that `json` made. Throws `JSONError`.
    public init(_ json: JSON) throws(JSONError) {
        var fields = try JSONFields(json)
        var columns: [Column] = []
        for column in try fields.objects("columns") ?? [] { columns.append(try Column(column)) }
        self.init(
            format: try fields.choice("format") ?? .csv, separator: try fields.string("separator") ?? ",",
            rows: try fields.int("rows", in: 0...(.max)) ?? 0, isWhole: try fields.bool("whole") ?? true, columns: columns,
            missing: try fields.strings("missing") ?? [""])
        try fields.end()
    }
}

extension TableSummary.Column {
    fileprivate var json: JSON {
        [
            "name": .string(name), "missing": .int(missing), "numeric": .bool(isNumeric), "whole": .bool(isWhole),
            "distinct": distinct.map { .int($0) } ?? .null, "examples": .array(examples.map { .string($0) }),
            "range": range.map { .array([.number($0.lowerBound), .number($0.upperBound)]) } ?? .null,
        ]
    }

    fileprivate init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let bounds = try fields.doubles("range", in: -4e38...4e38)
        var range: ClosedRange<Float>?
        if let bounds, bounds.count == 2, bounds[0] <= bounds[1] { range = Float(bounds[0])...Float(bounds[1]) }
        self.init(
            name: try fields.string("name") ?? "", missing: try fields.int("missing", in: 0...(.max)) ?? 0,
            isNumeric: try fields.bool("numeric") ?? false, isWhole: try fields.bool("whole") ?? false,
            distinct: try fields.int("distinct", in: 0...(.max)), examples: try fields.strings("examples") ?? [], range: range)
        try fields.end()
    }
}

extension JSON {
    /// The shortest text of the 32-bit number, not of its 64-bit widening.
    fileprivate static func number(_ value: Float) -> JSON { .double(Double(value.description) ?? Double(value)) }
}
