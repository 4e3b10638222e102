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

/// A map that was learnt beside what the calendar says, with the last values that it learnt from: whoever goes on from there has no others yet.
struct FittedCalendarMap<Map: PlannedMap>: StorableForecaster {
    private let map: Map
    private let calendar: CalendarTerms?
    private let tail: [Double]
    private let end: Int64

    init(_ map: Map, _ calendar: CalendarTerms?, tail: [Double], end: Int64) {
        (self.map, self.calendar, self.tail, self.end) = (map, calendar, tail, end)
    }

    var names: [String] { ["\(Map.planned)[\(map.lookback)]"] }

    func forecast(_ history: Panel, steps: Int) throws -> [[Double]] {
        var history = history
        if history.start == end, history.count < map.lookback {
            history = try Panel(
                start: end - Int64(tail.count) * history.step, step: history.step, series: [tail + (history.series.first ?? [])])
        }
        let rounds = (steps + map.horizon - 1) / map.horizon
        return try map.forecast(calendar.known(in: history, ahead: max(1, rounds) * map.horizon), steps: steps)
    }

    var stored: JSON {
        var members: JSON.Members = [
            Map.planned: map.about, "end": .int(Int(end)), "tail": .array(tail.map { $0.isNaN ? .null : .double($0) }),
            "tensors": .array(
                map.tensors.map { name, value in
                    [
                        "name": .string(name), "shape": .array(value.shape.map(JSON.int)),
                        "numbers": .string(value.withFloats { Data(buffer: $0) }.base64EncodedString()),
                    ]
                }),
        ]
        if let calendar { members.append("calendar", CalendarPlan(calendar).json) }
        return .object(members)
    }

    /// Reads what ``stored`` made; throws ``JSONError`` or ``ForecastError`` for anything else.
    init(_ json: JSON) throws {
        var fields = try JSONFields(json)
        let about = try fields.required(Map.planned)
        guard let end = try fields.int("end", in: -1_000_000_000_000_000...1_000_000_000_000_000) else {
            throw fields.error("end", "is missing")
        }
        tail = try (fields.array("tail") ?? []).map { element in
            if element == .null { return .nan }
            guard let number = element.number, abs(number) < 1e250 else { throw fields.error("tail", "must be numbers below 1e250") }
            return number
        }
        var tensors: [String: Tensor] = [:]
        for one in try fields.objects("tensors") ?? [] {
            let (name, tensor) = try Self.tensor(one)
            tensors[name] = tensor
        }
        calendar = try fields.fields("calendar").map { try CalendarPlan($0).terms }
        try fields.end()
        map = try Map(about: about, tensors: ForecasterTensors(tensors))
        self.end = Int64(end)
        guard map.seriesCount == 1, tail.count >= map.lookback, tail.count <= WindowBounds.lookback else {
            throw fields.error("tail", "must have as many values as the map looks back on")
        }
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

extension CalendarPlan {
    fileprivate init(_ terms: CalendarTerms) { self.terms = terms }
}

extension CalendarTerms? {
    /// A panel with what the calendar says until so many steps after its end.
    func known(in panel: Panel, ahead: Int) throws -> Panel {
        guard let self else { return try Panel(start: panel.start, step: panel.step, series: panel.series) }
        let known = self.covariates(from: panel.start, step: panel.step, count: panel.count + ahead)
        return try Panel(start: panel.start, step: panel.step, series: panel.series, known: known)
    }
}
