public import LaresForecast

/// Batteries of the CityLearn challenge of 2022, five homes over a year, under rules, under the controller, and with everything known beforehand.
///
/// Costs are ratios to no batteries, as CityLearn 1.3.6 counts them (``DistrictScore``). The controller sees use, sun and emissions of hours that are
/// over, and of hours to come the tariff and the calendar. It begins knowing nothing. The weather forecasts of the data are exact copies of the weather
/// to come, and aren't used.
public struct CityLearnEvaluation: Sendable {
    /// The year.
    public let record: DistrictRecord

    /// Reads a folder of the challenge.
    ///
    /// - Throws: As ``CityLearnFolder`` does.
    public init(contentsOf path: String) throws { record = try CityLearnFolder(path).record }

    /// A year that is read.
    public init(_ record: DistrictRecord) { self.record = record }

    /// What the controller is set to: a price that counts first, then emissions and the grid.
    public static var setting: EnergyController.Setting {
        var setting = EnergyController.Setting()
        (setting.aims, setting.caution) = (together, 0.5)
        return setting
    }

    /// What plans of homes that share are to be good at.
    static var together: PlanAims {
        var aims = PlanAims()
        (aims.isShared, aims.emission, aims.curvature, aims.ramping) = (true, 0.3, 0.003, 0.005)
        return aims
    }

    /// Scores of the year.
    ///
    /// - Parameter progress: Is told each row's name before it is computed.
    /// - Throws: What plans throw.
    public func table(progress: (String) -> Void = { _ in }) throws -> EvaluationTable {
        var table = EvaluationTable(data: "citylearn-2022", columns: ["price", "carbon", "grid"])
        table.rows = CityLearnEvaluation.published.map { .init($0.name, isPublished: true, scores: $0.scores) }
        func add(_ name: String, _ make: () throws -> DistrictScore) throws {
            progress(name)
            let began = ContinuousClock.now, score = try make()
            table.rows.append(
                .init(name, scores: [score.price, score.carbon, score.grid], seconds: (ContinuousClock.now - began) / .seconds(1)))
        }
        for (name, rule) in CityLearnEvaluation.rules { try add(name) { DistrictRun.ruled(record, by: rule).score } }
        try add("plan, each home by itself") {
            var setting = CityLearnEvaluation.setting
            (setting.aims.isShared, setting.aims.curvature, setting.aims.ramping) = (false, 0, 0)
            return try controlled(setting)
        }
        try add("plan, homes that share") { try controlled(CityLearnEvaluation.setting) }
        try add("all known beforehand, the same aims") { try Foresight.run(record, aims: CityLearnEvaluation.together).score }
        try add("all known beforehand, price alone") { try Foresight.run(record).score }
        progress("no control can be below")
        table.rows.append(.init("no control can be below", scores: [PriceBound.ratio(record), nil, nil]))
        return table
    }

    /// The year under the controller.
    public func controlled(_ setting: EnergyController.Setting = CityLearnEvaluation.setting) throws -> DistrictScore {
        let controller = try EnergyController(batteries: record.homes.map(\.battery), forecaster: LearntForecaster(), setting: setting)
        return DistrictRun.controlled(record, by: controller).run.score
    }

    static let rules: [(String, TimeOfUseRule)] = [
        ("rule: 9.1% in an hour from 6 to 14, else 8% out", .slow), ("rule: 15% in from 8 to 14, 15% out from 16 to 22", .usual),
    ]

    // Run with citylearn 1.3.6 on the same data (scripts/golden/battery.py --year has the first).
    static let published: [(name: String, scores: [Double?])] = [
        ("CityLearn 1.3.6: no battery", [1, 1, 1]), ("CityLearn 1.3.6: 9.1% in from 6 to 14, else 8% out", [0.793, 0.940, 0.983]),
        ("CityLearn 1.3.6: its BasicBatteryRBC", [0.795, 0.938, 1.006]),
    ]

    /// A city's requests to the year's homes: every third evening three kilowatts less for two hours, asked eight hours before.
    ///
    /// - Parameter days: The days that are played.
    public func flexibility(days: Int = 120) throws -> FlexibilityTrial {
        let hours = min(record.count, days * 24), part = try record.prefix(hours)
        let limits = try record.homes.map { _ in
            try FlexibilityLimits(isWilling: true, mostLess: 2, mostMore: 2, reserve: 0.1, mostInWeek: 3)
        }
        var requests: [FlexibilityRequest] = []
        for day in stride(from: 22, to: hours / 24 - 1, by: 3) {
            // Evenings from 17 to 21 in turn: less; noons in turn: more.
            let isMore = requests.count % 4 == 3, first = day * 24 + (isMore ? 11 : 17 + requests.count % 3)
            requests.append(
                try FlexibilityRequest(
                    identifier: "\(part.homes.count) homes, day \(day)", firstHour: first, hours: 2, change: isMore ? 3 : -3, payment: 0.3))
        }
        return try FlexibilityTrial(part, limits: limits, requests: requests, forecaster: { _ in LearntForecaster() })
    }
}
