import GRDB
import LaresJSON
import LaresThings

/// Observations of the home's streams, made of the readings that its telemetry keeps.
///
/// They become rows of a `json_each`, so that filters, orders and links are those of every other observation. An observation's id is the
/// series' number and the time: `number << 43 | milliseconds`, above every id of one that was told over SensorThings.
struct STAHomeReadings: Sendable {
    let telemetry: any TelemetryStore

    /// Bits of an id that hold the time: enough until 2248.
    static let timeBits: Int64 = 43
    /// Readings looked at for one page.
    static let most = 100_000

    static let tooMany = SensorThingsError(
        400,
        "more than 100,000 readings of the home would have to be counted: narrow the time, with phenomenonTime ge … and phenomenonTime lt …"
    )

    /// The rows that stand for the observations of a scope, and whether they are all there are; nil where the scope isn't a stream of the home.
    func source(of scope: STAScope, _ options: STAOptions, top: Int, _ reader: STAReader) throws -> (rows: STASQL, isWhole: Bool)? {
        guard let (kind, id) = Self.owner(scope, options.filter) else { return nil }
        var rows: [JSON] = [], isWhole = true
        let streams = try streams(kind == .datastream ? "s.id" : "f.id", id, reader)
        guard !streams.isEmpty else { return nil }
        for stream in streams {
            let plan = STAReadingPlan(options, top: top, isOneStream: kind == .datastream)
            let readings = try read(stream, plan.range, plan.order, min(plan.limit, Self.most))
            if readings.count == Self.most { isWhole = false }
            if readings.count == Self.most, plan.needsAll { throw Self.tooMany }
            rows += readings.map { stream.row($0) }
        }
        return (Self.table(rows), isWhole)
    }

    /// The stream or feature whose observations are meant: by a link, or because the filter names the stream.
    private static func owner(_ scope: STAScope, _ filter: STAExpression?) -> (STAKind, Int64)? {
        switch scope {
        case .linked(let kind, let id, _): kind == .datastream || kind == .feature ? (kind, id) : nil
        case .all: filter.flatMap(STAReadingPlan.stream).map { (.datastream, $0) }
        case .one: nil
        }
    }

    /// The row that stands for one observation; nil when its id isn't one of the home's.
    func source(ofObservation id: Int64, _ reader: STAReader) throws -> STASQL? {
        let (number, time) = (id >> Self.timeBits, id & (1 << Self.timeBits - 1))
        guard number > 0 else { return nil }
        let telemetry = telemetry
        let series = try Blocking.wait { try await telemetry.series(of: nil).first { $0.id.number == number } }
        guard let series, let stream = try streams("s.address", series.key.description, reader).first else { return Self.table([]) }
        let moment = Timestamp(milliseconds: time)
        return Self.table(try read(stream, moment..<Timestamp(milliseconds: time + 1), .oldestFirst, 1).map { stream.row($0) })
    }

    /// A stream of the home.
    private struct Stream: Sendable {
        let id: Int64
        let feature: Int64
        let key: SeriesKey
        let isBoolean: Bool

        func row(_ reading: Reading) -> JSON {
            let id = Int64(reading.series.number) << STAHomeReadings.timeBits | reading.time.milliseconds
            let value: JSON
            switch reading.value {
            case .number(let number): value = Int(exactly: number).map { .int($0) } ?? .double(number)
            case .state(let text): value = .string(text)
            }
            let isFlag = isBoolean && value.number != nil
            return .array([
                .int(Int(id)), .int(Int(reading.time.milliseconds)), value, isFlag ? 1 : 0, .int(Int(self.id)), .int(Int(feature)),
            ])
        }
    }

    private func streams(_ column: String, _ value: some DatabaseValueConvertible, _ reader: STAReader) throws -> [Stream] {
        let visible = reader.sight.visible(.datastream, "s") ?? "1"
        let sql = """
            SELECT s.id, f.id, s.address, s."observationType" FROM "Datastream" s JOIN "FeatureOfInterest" f ON f.address = s.origin
            WHERE s.address IS NOT NULL AND \(column) = ? AND \(visible.text)
            """
        let rows = try Row.fetchAll(
            try reader.database.cachedStatement(sql: sql), arguments: StatementArguments([value.databaseValue] + visible.values))
        return rows.compactMap { row in
            guard let address = PropertyAddress(row[2] as String) else { return nil }
            return Stream(
                id: row[0], feature: row[1], key: SeriesKey(address), isBoolean: (row[3] as String).hasSuffix("OM_TruthObservation"))
        }
    }

    private func read(_ stream: Stream, _ range: Range<Timestamp>, _ order: ReadingOrder, _ limit: Int) throws -> [Reading] {
        let telemetry = telemetry
        return try Blocking.wait {
            guard let series = try await telemetry.series(of: stream.key.thing).first(where: { $0.key == stream.key }), !range.isEmpty
            else {
                return []
            }
            return try await telemetry.readings(of: series.id, in: range, order: order, limit: max(1, limit))
        }
    }

    private static func table(_ rows: [JSON]) -> STASQL {
        STASQL(
            """
            (SELECT json_extract(value, '$[0]') AS id, json_extract(value, '$[1]') AS "phenomenonTime_start",
            json_extract(value, '$[1]') AS "phenomenonTime_end", json_extract(value, '$[2]') AS result,
            json_extract(value, '$[3]') AS "resultKind", json_extract(value, '$[1]') AS "resultTime", NULL AS "resultQuality",
            NULL AS "validTime_start", NULL AS "validTime_end", NULL AS parameters, json_extract(value, '$[4]') AS "Datastream",
            NULL AS "MultiDatastream", json_extract(value, '$[5]') AS "FeatureOfInterest" FROM json_each(?))
            """, [JSON.array(rows).serialized.databaseValue])
    }
}

/// Which readings a page of observations can be made of.
private struct STAReadingPlan {
    let range: Range<Timestamp>
    let order: ReadingOrder
    let limit: Int
    /// Whether a page is wrong unless every reading of the range was looked at.
    let needsAll: Bool

    init(_ options: STAOptions, top: Int, isOneStream: Bool) {
        var (from, to) = (Timestamp.earliest.milliseconds, Timestamp.end.milliseconds)
        var isCovered = true
        if let filter = options.filter { Self.narrow(filter, &from, &to, &isCovered) }
        if isOneStream, let after = options.after { from = max(from, after & (1 << STAHomeReadings.timeBits - 1)) }
        range = Timestamp(milliseconds: min(from, to))..<Timestamp(milliseconds: to)
        let byTime = options.order.isEmpty || options.order.count == 1 && Self.isTime(options.order[0].by)
        order = options.order.first?.isDescending ?? false ? .newestFirst : .oldestFirst
        let isPage = isCovered && byTime && !options.count && (isOneStream || options.after == nil)
        limit = isPage ? min(STAHomeReadings.most, top + options.skip + 2) : STAHomeReadings.most
        needsAll = !isPage || limit == STAHomeReadings.most
    }

    /// The stream that a filter says observations must be of; nil: it doesn't.
    static func stream(_ filter: STAExpression) -> Int64? {
        guard case .binary(.and, let a, let b, _) = filter else { return stream(in: filter) }
        return stream(a) ?? stream(b)
    }

    private static func stream(in filter: STAExpression) -> Int64? {
        guard case .binary(.eq, .path(let path, _), .literal(.integer(let id)), _) = filter else { return nil }
        return path == ["Datastream", "id"] || path == ["Datastream", "@iot.id"] ? id : nil
    }

    private static func isTime(_ expression: STAExpression) -> Bool {
        if case .path(let path, _) = expression { path == ["phenomenonTime"] || path == ["resultTime"] } else { false }
    }

    /// Takes from a filter what it says of the time; what else it says has to be asked of each reading.
    private static func narrow(_ filter: STAExpression, _ from: inout Int64, _ to: inout Int64, _ isCovered: inout Bool) {
        guard case .binary(let operation, let a, let b, _) = filter, stream(in: filter) == nil else {
            return isCovered = isCovered && stream(in: filter) != nil
        }
        if operation == .and {
            narrow(a, &from, &to, &isCovered)
            return narrow(b, &from, &to, &isCovered)
        }
        guard isTime(a), case .literal(let literal) = b else { return isCovered = false }
        let time: Int64
        switch literal {
        case .instant(let instant): time = instant
        case .day(let day): time = day
        default: return isCovered = false
        }
        switch operation {
        case .ge: from = max(from, time)
        case .gt: from = max(from, time + 1)
        case .lt: to = min(to, time)
        case .le: to = min(to, time + 1)
        case .eq: (from, to) = (max(from, time), min(to, time + 1))
        default: isCovered = false
        }
    }
}
