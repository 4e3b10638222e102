public import Foundation
public import LaresJSON
public import LaresThings

/// What of the home's history becomes a table to learn from: one row for each period, one column for each thing that is asked for.
///
/// ```json
/// {"columns": [{"name": "indoors", "property": "hall/sensor/temperature"},
///              {"name": "power", "property": "hall/plug/power", "value": "amount"},
///              {"name": "later", "property": "hall/sensor/temperature", "shift": 6}],
///  "every": "hour", "days": 90}
/// ```
/// Every row also has `time` (ISO 8601, UTC), and by the clocks of the place `hour` (0 to below 24) and `weekday` ("mon").
public struct HistoryTable: Sendable {
    /// One column.
    public struct Column: Sendable, Hashable {
        /// What its head says.
        public let name: String
        /// The property it is taken from.
        public let property: PropertyAddress
        /// What of a period it says.
        public let value: Value
        /// By how many periods it looks ahead (up to 10,000), or back when it is negative.
        public let shift: Int
    }

    /// What a column says of a period.
    public enum Value: String, Sendable, CaseIterable {
        /// The mean of its readings; without any, the last that was known. For texts and truths, the last.
        case mean
        /// The smallest reading.
        case min
        /// The largest reading.
        case max
        /// The last reading.
        case last
        /// What power or a meter added up to; 0 where nothing did.
        case amount
    }

    /// The columns, 1 to 64.
    public let columns: [Column]
    /// How long the period of a row is.
    public let period: StatisticPeriod
    /// From when until before when, whole periods.
    public let range: Range<Timestamp>
    /// The most rows.
    public static let most = 100_000

    /// Reads a question, as above; the time is the last `days` (30), or `from` and `to` in seconds since 1970.
    ///
    /// - Throws: `JSONError` that names the member.
    public init(_ json: JSON, now: Date) throws(JSONError) {
        var fields = try JSONFields(json, at: "history")
        var columns: [Column] = []
        for object in try fields.objects("columns") ?? [] { columns.append(try Column(object)) }
        let taken = Set(columns.map(\.name)).union(Self.clockColumns)
        guard (1...64).contains(columns.count), taken.count == columns.count + Self.clockColumns.count else {
            throw fields.error("columns", "must describe 1 to 64 columns, each with a name of its own other than time, hour and weekday")
        }
        self.columns = columns
        period = try fields.choice("every", of: Every.self)?.period ?? .hour
        let days = try fields.double("days", in: 0.01...36_525)
        let end = try fields.double("to", in: 0...7_258_118_400) ?? now.timeIntervalSince1970
        let start = try fields.double("from", in: 0...7_258_118_400) ?? end - (days ?? 30) * 86_400
        try fields.end()
        range = Self.whole(period, from: start, to: end)
        let rows = (range.upperBound.milliseconds - range.lowerBound.milliseconds) / period.milliseconds
        guard (1...Int64(Self.most)).contains(rows) else {
            throw fields.error("from", "and 'to' must lie 1 to \(Self.most) periods apart, not \(rows)")
        }
    }

    static let clockColumns = ["time", "hour", "weekday"]

    private enum Every: String, CaseIterable {
        case fiveMinutes = "five_minutes"
        case hour, day

        var period: StatisticPeriod {
            switch self {
            case .fiveMinutes: .fiveMinutes
            case .hour: .hour
            case .day: .day
            }
        }
    }

    private static func whole(_ period: StatisticPeriod, from: Double, to: Double) -> Range<Timestamp> {
        func floor(_ seconds: Double) -> Int64 { Int64(max(0, seconds) * 1_000) / period.milliseconds * period.milliseconds }
        let start = floor(from)
        return Timestamp(milliseconds: start)..<Timestamp(milliseconds: max(start, floor(to)))
    }
}

extension HistoryTable.Column {
    init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        guard let text = try fields.string("property"), let property = PropertyAddress(text) else {
            throw fields.error("property", "must name a property, such as hall/lamp/brightness")
        }
        let name = try fields.string("name") ?? text
        guard (1...128).contains(name.utf8.count), name.utf8.allSatisfy({ $0 >= 0x20 }) else {
            throw fields.error("name", "must have 1 to 128 bytes and no control characters")
        }
        (self.name, self.property) = (name, property)
        value = try fields.choice("value") ?? .mean
        shift = try fields.int("shift", in: -10_000...10_000) ?? 0
        try fields.end()
    }
}

extension HistoryTable {
    /// The table as CSV (RFC 4180). What isn't known is an empty text.
    ///
    /// - Throws: `TelemetryError`: `seriesNotFound` for a property that nothing was ever reported for, `wrongKind` for the amount of what doesn't add up.
    public func csv(from telemetry: any TelemetryStore, in zone: TimeZoneRules) async throws -> [UInt8] {
        var cells: [[String]] = []
        for column in columns { cells.append(try await column.cells(over: range, every: period, in: telemetry)) }
        var text = (Self.clockColumns + columns.map(\.name)).map(Self.quoted).joined(separator: ",") + "\r\n"
        var start = range.lowerBound.milliseconds
        for row in 0..<(cells.first?.count ?? 0) {
            text += ([Self.clock(start, zone)] + cells.map { $0[row] }).joined(separator: ",") + "\r\n"
            start += period.milliseconds
        }
        return Array(text.utf8)
    }

    /// The first three cells of a row.
    private static func clock(_ milliseconds: Int64, _ zone: TimeZoneRules) -> String {
        let wall = zone.wall(at: Int(milliseconds / 1_000))
        let hour = Double(wall.seconds) / 3_600
        return [
            Timestamp(milliseconds: milliseconds).description, number(hour), CalendarDay(ordinal: wall.day).weekday.rawValue,
        ].joined(separator: ",")
    }

    static func number(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? value.description }

    static func quoted(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}
