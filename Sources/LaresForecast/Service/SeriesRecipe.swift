public import LaresJSON

/// How a forecaster or a detector is trained: a small JSON file, as a ``Recipe`` of a network is. Names that it doesn't know are refused.
///
/// ```json
/// {"name": "district-load", "data": {"history": {"days": 90}},
///  "forecaster": {"series": ["north/meter/power"], "step": 3600, "horizon": 24, "seasons": [24, 168]}, "retrain": {"pause": 86400}}
/// ```
/// `data` is a table of the home's history (`history`), or a file with such a table (`file`).
public struct SeriesRecipe: Sendable {
    /// What is trained.
    public enum Task: Sendable {
        /// Series are forecast.
        case forecaster(ForecastPlan)
        /// Series are watched.
        case detector(DetectorPlan)
    }

    /// The recipe as it was read.
    public let json: JSON
    /// What the registry calls what is trained; nil: it isn't published.
    public let name: String?
    /// What is trained.
    public let task: Task
    /// The file with the table; nil: the history is asked for.
    public let file: String?
    /// The latest so many days of the history, or its part between two moments, in seconds since 1970; as ``question`` has them.
    public let history: JSON?
    /// Whether it is trained anew when its errors drift, and how many seconds lie between two such trainings at least; nil: it isn't.
    public let pause: Int?

    /// How long histories are that nobody says the length of.
    public static let usualDays = 90

    /// Whether an object is such a recipe, be it right or wrong, and not one of a network.
    public static func describes(_ json: JSON) -> Bool { json["forecaster"] != nil || json["detector"] != nil }

    /// Reads and checks a recipe.
    ///
    /// - Parameter dataComeAlong: Whether the readings come from elsewhere, so that the recipe needs no `data`.
    /// - Throws: ``ForecastError`` with `badSetting`, which names the member.
    public init(_ json: JSON, dataComeAlong: Bool = false) throws(ForecastError) {
        do {
            try self.init(reading: json, dataComeAlong)
        } catch let error as ForecastError {
            throw error
        } catch {
            throw ForecastError(.badSetting, "the recipe: \(error)")
        }
    }

    private init(reading json: JSON, _ dataComeAlong: Bool) throws {
        self.json = json
        var fields = try JSONFields(json)
        name = try fields.string("name")
        var data = try JSONFields(dataComeAlong ? fields.value("data") ?? [:] : try fields.required("data"), at: "data")
        (file, history) = (try data.string("file"), data.value("history"))
        guard (file == nil) != (history == nil) || dataComeAlong && file == nil else {
            throw data.error("file", "or 'history' says where the readings are, one of the two")
        }
        try data.end()
        if let history { try Self.check(history) }
        let (forecaster, detector) = (fields.value("forecaster"), fields.value("detector"))
        switch (forecaster, detector) {
        case (let plan?, nil): task = .forecaster(try Self.named("forecaster") { try ForecastPlan(plan) })
        case (nil, let plan?): task = .detector(try Self.named("detector") { try DetectorPlan(plan) })
        default: throw fields.error("forecaster", "or 'detector' says what is trained, one of the two")
        }
        pause = try Self.pause(&fields)
        try fields.end()
    }

    private static func named<Plan>(_ key: String, _ read: () throws -> Plan) throws -> Plan {
        do { return try read() } catch { throw ForecastError(.badSetting, "the recipe's \(key): \(error)") }
    }

    private static func check(_ history: JSON) throws {
        var fields = try JSONFields(history, at: "data.history")
        let days = try fields.double("days", in: 0.0001...36_525)
        let (from, to) = (try fields.double("from", in: 0...7_258_118_400), try fields.double("to", in: 0...7_258_118_400))
        try fields.end()
        if let from, let to, from >= to { throw fields.error("from", "must lie before 'to'") }
        if days != nil, from != nil { throw fields.error("days", "or 'from' says when it begins, not both") }
    }

    /// `"retrain": {"pause": 86400}`, or false; a day unless told otherwise.
    private static func pause(_ fields: inout JSONFields) throws -> Int? {
        let range = 1...31_622_400, usual = 86_400
        switch fields.value("retrain") {
        case nil: return usual
        case .bool(let flag)?: return flag ? usual : nil
        case let value?:
            var inner = try JSONFields(value, at: "retrain")
            let pause = try inner.int("pause", in: range) ?? usual
            try inner.end()
            return pause
        }
    }

    /// Whether it has something new to learn later: a history that goes on.
    public var isRenewable: Bool { history.map { $0["to"] == nil } ?? false }

    /// The names of the series.
    public var series: [String] {
        switch task {
        case .forecaster(let plan): plan.series
        case .detector(let plan): plan.series
        }
    }

    /// What of a home's history it learns from: a table with a row for each step, or the readings themselves; nil: a file is.
    public var question: JSON? {
        guard case .object(var members)? = history else { return nil }
        switch task {
        case .forecaster(let plan):
            members["series"] = .array((plan.series + plan.covariates).map(JSON.string))
            members["step"] = .int(plan.step)
        case .detector(let plan): members["readings"] = .array(plan.series.map(JSON.string))
        }
        if members["days"] == nil, members["from"] == nil { members["days"] = .int(Self.usualDays) }
        return .object(members)
    }
}
