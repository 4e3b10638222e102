/// How points are written.
public enum PointFormat: String, Sendable, Hashable, CaseIterable {
    /// InfluxDB's line protocol.
    case line
    /// A JSON object on each line.
    case jsonl
    /// Comma-separated values.
    case csv

    /// The format of a media type; nil for another one.
    public init?(mediaType: String) {
        switch mediaType {
        case "text/csv": self = .csv
        case "application/x-ndjson", "application/jsonl", "application/ndjson", "application/json": self = .jsonl
        case "text/plain", "application/vnd.influx.line-protocol", "application/octet-stream": self = .line
        default: return nil
        }
    }

    /// What whole numbers of time count where nothing is said: nanoseconds in line protocol, as InfluxDB has it, else seconds.
    public var usualPrecision: TimePrecision { self == .line ? .nanoseconds : .seconds }
}

/// One reader of lines.
enum LineReader: Sendable {
    case line(LineProtocol)
    case jsonl(JSONLines)
    case csv(CSVPoints)

    /// - Parameter heading: the first line of a table, when it came before.
    init(_ format: PointFormat, _ precision: TimePrecision, heading: [UInt8]? = nil) throws(PointFault) {
        switch format {
        case .line: self = .line(LineProtocol(precision: precision))
        case .jsonl: self = .jsonl(JSONLines(precision: precision))
        case .csv: self = .csv(try CSVPoints(precision: precision, heading: heading))
        }
    }

    /// The line that names the columns of a table.
    var heading: [UInt8]? {
        if case .csv(let reader) = self { reader.heading } else { nil }
    }

    /// Why nothing that follows can be read.
    var trouble: PointFault? {
        if case .csv(let reader) = self { reader.trouble } else { nil }
    }

    /// Whether lines that begin with "#" say nothing.
    var hasComments: Bool {
        if case .line = self { true } else { false }
    }

    mutating func read(
        _ line: Range<Int>, of bytes: Span<UInt8>, into batch: inout PointBatch, since mark: PointBatch.Mark, _ vocabulary: inout Vocabulary
    ) throws(PointFault) {
        switch self {
        case .line(let reader): try reader.read(line, of: bytes, into: &batch, since: mark, &vocabulary)
        case .jsonl(let reader): try reader.read(line, of: bytes, into: &batch, since: mark, &vocabulary)
        case .csv(var reader):
            // A table's reader changes with its first line, and its cells are kept from row to row: it must not be copied.
            self = .line(LineProtocol(precision: .seconds))
            defer { self = .csv(reader) }
            try reader.read(line, of: bytes, into: &batch, since: mark, &vocabulary)
        }
    }
}
