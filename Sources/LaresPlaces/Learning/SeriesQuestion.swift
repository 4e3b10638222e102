public import Foundation
public import LaresJSON
public import LaresThings

/// What of the history forecasters and detectors learn from, as CSV.
///
/// `{"series": ["hall/meter/power"], "step": 3600, "days": 90}`: a row for each step, empty where nothing is known, from the first step of which something is.
/// `{"readings": ["hall/meter/power"], "days": 90}`: every reading, one a line. Instead of `days`, `from` and `to` in seconds since 1970.
public struct SeriesQuestion: Sendable {
    private enum Form: Sendable {
        case steps(Int64)
        case readings
    }

    /// The series that it names.
    public let keys: [SeriesKey]
    private let form: Form
    private let range: Range<Timestamp>

    /// How many values a table may have.
    public static let mostValues = 20_000_000
    private static let mostBytes = 256 << 20

    /// Whether a question is one of these, and not one of a ``HistoryTable``.
    public static func describes(_ json: JSON) -> Bool { json["series"] != nil || json["readings"] != nil }

    /// Reads a question; throws `JSONError` that names the member.
    public init(_ json: JSON, now: Date) throws(JSONError) {
        var fields = try JSONFields(json, at: "history")
        let (series, readings) = (try fields.strings("series"), try fields.strings("readings"))
        guard (series == nil) != (readings == nil) else { throw fields.error("series", "or 'readings' names the series, one of the two") }
        let names = series ?? readings ?? []
        keys = names.compactMap { SeriesKey($0) }
        guard (1...10_000).contains(keys.count), keys.count == names.count else {
            throw fields.error(series == nil ? "readings" : "series", "must be 1 to 10000 names such as hall/meter/power")
        }
        let step = try fields.int("step", in: 1...31_622_400)
        let days = try fields.double("days", in: 0.0001...36_525) ?? 90
        let end = try fields.double("to", in: 0...7_258_118_400) ?? now.timeIntervalSince1970
        let start = try fields.double("from", in: 0...7_258_118_400) ?? max(0, end - days * 86_400)
        try fields.end()
        guard let step = step.map({ Int64($0) * 1_000 }) else {
            guard series == nil else { throw fields.error("step", "is missing: seconds from row to row") }
            form = .readings
            range = Timestamp(milliseconds: Int64(start * 1_000))..<Timestamp(milliseconds: Int64(max(start, end) * 1_000))
            return
        }
        guard series != nil else { throw fields.error("step", "goes with 'series'; readings are as they came") }
        form = .steps(step)
        let (first, last) = (Int64(start * 1_000) / step * step, Int64(end * 1_000) / step * step)
        range = Timestamp(milliseconds: first)..<Timestamp(milliseconds: max(first, last))
        guard (1...Int64(Self.mostValues)).contains((max(first, last) - first) / step * Int64(keys.count)) else {
            throw fields.error("from", "and 'to' must lie at least a step apart, with at most \(Self.mostValues) values in all")
        }
    }

    /// The answer.
    ///
    /// - Throws: `TelemetryError`: `seriesNotFound`, `wrongKind` for a series of texts.
    public func csv(from telemetry: any TelemetryStore) async throws -> [UInt8] {
        let known = Dictionary(try await telemetry.series(of: nil).map { ($0.key, $0) }) { $1 }
        let series = try keys.map { key in
            guard let series = known[key] else { throw TelemetryError(.seriesNotFound, "nothing was ever reported for '\(key)'") }
            guard series.kind != .state else { throw TelemetryError(.wrongKind, "'\(key)' has texts: only numbers are learnt from") }
            return series
        }
        switch form {
        case .readings:
            var text: [UInt8] = []
            for try await piece in telemetry.csv(of: series, in: range) {
                text += piece.utf8
                guard text.count <= Self.mostBytes else {
                    throw TelemetryError(
                        .tooMuch, "the readings take more than \(Self.mostBytes) bytes: ask for fewer days, or fewer series")
                }
            }
            return text
        case .steps(let step): return try await table(series, step, telemetry)
        }
    }

    private func table(_ series: [Series], _ step: Int64, _ telemetry: any TelemetryStore) async throws -> [UInt8] {
        let (start, end) = (range.lowerBound.milliseconds, range.upperBound.milliseconds)
        var columns: [[Double]] = []
        for one in series { columns.append(try await telemetry.values(of: one, from: start, until: end, step: step)) }
        let count = columns.first?.count ?? 0
        let first = columns.compactMap { $0.firstIndex(where: \.isFinite) }.min() ?? count
        var text = Array((["time"] + series.map { HistoryTable.quoted($0.key.description) }).joined(separator: ",").utf8) + [0x0D, 0x0A]
        for row in first..<count {
            text += Timestamp(milliseconds: start + Int64(row) * step).description.utf8
            for column in columns {
                text.append(UInt8(ascii: ","))
                if column[row].isFinite { text += HistoryTable.number(column[row]).utf8 }
            }
            text += [0x0D, 0x0A]
        }
        return text
    }
}
