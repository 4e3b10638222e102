internal import Foundation
internal import LaresJSON
internal import LaresTensor

/// A map from the last steps of series to the next that a plan may name.
protocol PlannedMap: WindowForecaster, FileForecaster {
    /// What plans call it.
    static var planned: String { get }
}

extension FittedLinear: PlannedMap { static var planned: String { "linear" } }

extension FittedNeural: PlannedMap { static var planned: String { "stid" } }

/// The last values that a map learnt from: whoever goes on from there has no others yet.
struct HistoryTail: Sendable {
    let values: [Double]
    /// What was known beside them, `[covariate][step]`.
    let known: [[Double]]
    /// When the step comes behind them.
    let end: Int64

    init(values: [Double], known: [[Double]], end: Int64) { (self.values, self.known, self.end) = (values, known, end) }

    /// Of one series of a history.
    init(_ history: Panel, _ place: Int, _ count: Int) {
        values = Array(history.series[place].suffix(count))
        known = history.known.map { Array($0.prefix(history.count).suffix(count)) }
        end = history.end
    }

    /// A history that goes on from here, with these in front.
    func before(_ history: Panel) throws -> Panel {
        try Panel(
            start: end - Int64(values.count) * history.step, step: history.step, series: [values + (history.series.first ?? [])],
            known: zip(known, history.known).map { $0 + $1 })
    }
}

/// A map that was learnt beside what the calendar and covariates say.
struct FittedCalendarMap<Map: PlannedMap>: StorableForecaster {
    private let map: Map
    private let calendar: CalendarPlan?
    private let tail: HistoryTail

    init(_ map: Map, _ calendar: CalendarPlan?, tail: HistoryTail) { (self.map, self.calendar, self.tail) = (map, calendar, tail) }

    var names: [String] { ["\(Map.planned)[\(map.lookback)]"] }

    func forecast(_ history: Panel, steps: Int) throws -> [[Double]] {
        let history = try history.start == tail.end && history.count < map.lookback ? tail.before(history) : history
        let rounds = (steps + map.horizon - 1) / map.horizon
        return try map.forecast(calendar.known(in: history, ahead: max(1, rounds) * map.horizon), steps: steps)
    }

    var stored: JSON {
        var members: JSON.Members = [
            Map.planned: map.about, "end": .int(Int(tail.end)), "tail": Self.stored(tail.values),
            "tensors": .array(
                map.tensors.map { name, value in
                    [
                        "name": .string(name), "shape": .array(value.shape.map(JSON.int)),
                        "numbers": .string(value.withFloats { Data(buffer: $0) }.base64EncodedString()),
                    ]
                }),
        ]
        if !tail.known.isEmpty { members.append("known", .array(tail.known.map(Self.stored))) }
        if let calendar { members.append("calendar", calendar.json) }
        return .object(members)
    }

    private static func stored(_ values: [Double]) -> JSON { .array(values.map { $0.isNaN ? .null : .double($0) }) }

    private static func values(_ key: String, _ elements: [JSON], _ fields: JSONFields) throws -> [Double] {
        try elements.map { element in
            if element == .null { return .nan }
            guard let number = element.number, abs(number) < 1e250 else { throw fields.error(key, "must be numbers below 1e250") }
            return number
        }
    }

    /// Reads what ``stored`` made; throws ``JSONError`` or ``ForecastError`` for anything else.
    init(_ json: JSON) throws {
        var fields = try JSONFields(json)
        let about = try fields.required(Map.planned)
        guard let end = try fields.int("end", in: -1_000_000_000_000_000...1_000_000_000_000_000) else {
            throw fields.error("end", "is missing")
        }
        let values = try Self.values("tail", fields.array("tail") ?? [], fields)
        let known = try (fields.array("known") ?? []).map { try Self.values("known", $0.elements ?? [], fields) }
        var tensors: [String: Tensor] = [:]
        for one in try fields.objects("tensors") ?? [] {
            let (name, tensor) = try Self.tensor(one)
            tensors[name] = tensor
        }
        calendar = try fields.fields("calendar").map { try CalendarPlan($0) }
        try fields.end()
        map = try Map(about: about, tensors: ForecasterTensors(tensors))
        tail = HistoryTail(values: values, known: known, end: Int64(end))
        guard map.seriesCount == 1, values.count >= map.lookback, values.count <= WindowBounds.lookback,
            known.count <= WindowBounds.covariates, known.allSatisfy({ $0.count == values.count })
        else { throw fields.error("tail", "and 'known' must have as many values as the map looks back on") }
    }

    private static func tensor(_ fields: JSONFields) throws -> (String, Tensor) {
        var fields = fields
        let name = try fields.string("name") ?? "", shape = try fields.ints("shape", in: 1...WindowBounds.lookback) ?? []
        let bytes = Data(base64Encoded: try fields.string("numbers") ?? "") ?? Data()
        try fields.end()
        guard shape.count <= 2, bytes.count == 4 * shape.reduce(1, *) else {
            throw fields.error("numbers", "must be as many as the shape says, in base 64")
        }
        let floats = bytes.withUnsafeBytes { raw in
            (0..<(bytes.count / 4)).map {
                Float(bitPattern: UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
        return (name, Tensor(floats, Shape(shape)))
    }
}

extension CalendarPlan? {
    /// A panel with what the calendar says until so many steps after its end, beside what it knows already.
    func known(in panel: Panel, ahead: Int) throws -> Panel {
        guard let self else { return panel }
        let known = self.terms.covariates(from: panel.start, step: panel.step, count: panel.count + ahead)
        return try Panel(start: panel.start, step: panel.step, series: panel.series, known: known + panel.known)
    }
}
