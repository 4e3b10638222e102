import Foundation
import LaresForecast
import LaresJSON
import LaresTesting
import Testing

/// Recipes of forecasters and detectors, and the tables they learn from.
@Suite struct SeriesRecipeTests {
    private static let forecaster = #"""
        {"name": "load", "data": {"history": {"days": 30}}, "retrain": {"pause": 3600},
         "forecaster": {"series": ["north/meter/power", "air,station=7/no2"], "step": 3600, "horizon": 24, "seasons": [24],
                        "calendar": {"day": 2, "weekdays": true, "offset": 3600}}}
        """#
    private static let detector = #"""
        {"name": "odd", "data": {"file": "readings.csv"}, "detector": {"series": ["hall/meter/power"], "learning": 60, "most_alarms": 1}}
        """#

    private func recipe(_ text: String) throws -> SeriesRecipe { try SeriesRecipe(try JSON(parsing: Array(text.utf8))) }

    @Test func aRecipeAsksForWhatItLearnsFrom() throws {
        let load = try recipe(Self.forecaster)
        #expect(load.name == "load" && load.pause == 3_600 && load.series.count == 2)
        #expect(load.question == ["days": 30, "series": ["north/meter/power", "air,station=7/no2"], "step": 3600])
        let odd = try recipe(Self.detector)
        #expect(odd.question == nil && odd.file == "readings.csv" && odd.pause == 86_400)
        let history = try recipe(Self.detector.replacing(#""file": "readings.csv""#, with: #""history": {}"#))
        #expect(history.question == ["readings": ["hall/meter/power"], "days": 90])
        #expect(try recipe(Self.forecaster.replacing(#"{"pause": 3600}"#, with: "false")).pause == nil)
        // Covariates are learnt from as they were observed.
        let warm = try recipe(Self.forecaster.replacing(#""horizon": 24"#, with: #""horizon": 24, "covariates": ["air/t"]"#))
        #expect(warm.question?["series"] == ["north/meter/power", "air,station=7/no2", "air/t"] && warm.series.count == 2)
    }

    struct Wrong: Sendable {
        let from: String, to: String, says: String
    }

    @Test(arguments: [
        Wrong(from: #""days": 30"#, to: #""day": 30"#, says: "data.history.day"),
        Wrong(from: #""days": 30"#, to: #""days": 30, "from": 5"#, says: "data.history.days"),
        Wrong(from: #""data": {"history": {"days": 30}}"#, to: #""data": {}"#, says: "data.file"),
        Wrong(from: #""step": 3600"#, to: #""step": 0"#, says: "step"),
        Wrong(from: #""seasons": [24]"#, to: #""seasons": [0]"#, says: "seasons"),
        Wrong(from: #""pause": 3600"#, to: #""pause": 0"#, says: "retrain.pause"),
        Wrong(from: #""day": 2, "weekdays": true, "#, to: "", says: "calendar"),
        Wrong(from: #""horizon": 24"#, to: #""horizon": 24, "covariates": ["north/meter/power"]"#, says: "covariates"),
        Wrong(from: #""horizon": 24"#, to: #""horizon": 24, "assumed": "observed""#, says: "assumed"),
        Wrong(from: #""horizon": 24"#, to: #""horizon": 24, "covariates": ["a/b"], "assumed": "guessed""#, says: "assumed"),
        Wrong(from: #""offset": 3600"#, to: #""offset": 3600, "zone": "Europe/Berlin""#, says: "offset"),
        Wrong(from: #""offset": 3600"#, to: #""holidays": {"country": "de", "days": "2026-02-30"}"#, says: "days"),
        Wrong(from: #""forecaster": {"#, to: #""detector": {}, "forecaster": {"#, says: "one of the two"),
    ])
    func whatIsWrongIsNamed(_ wrong: Wrong) throws {
        let text = Self.forecaster.replacing(wrong.from, with: wrong.to)
        #expect(text != Self.forecaster)
        let error = #expect(throws: ForecastError.self) { try recipe(text) }
        #expect(error?.message.contains(wrong.says) == true, "\(error?.message ?? "")")
    }

    @Test func damagedRecipesThrowOrAreRecipes() throws {
        var mutations = Damage(seed: 77)
        for text in [Self.forecaster, Self.detector] {
            for _ in 0..<3_000 {
                guard let json = try? JSON(parsing: mutations.damaged(Array(text.utf8))) else { continue }
                if let read = try? SeriesRecipe(json) { _ = read.question }
            }
        }
    }

    @Test func aTableBecomesAPanelWithGaps() throws {
        let text = "time,a,b\n2026-11-29T00:00:00.000Z,1,\n2026-11-29T01:00:00Z,2,5\n1795924800,3,6\n"
        try withFile(text) { path in
            let panel = try SeriesTable.panel(path, ["b", "a"], step: 3_600_000)
            #expect(panel.start == 1_795_910_400_000 && panel.count == 5)
            #expect(panel.series[1][0] == 1 && panel.series[0][0].isNaN && panel.series[1][2].isNaN && panel.series[0][4] == 6)
        }
    }

    @Test(arguments: [
        ("time,a\n5,1\n4,1\n", "isn't later"), ("time,a\n0,1\n1800,1\n", "multiple"), ("time,b\n0,1\n", "no column 'a'"),
        ("time,a\n0,x\n", "no number"), ("time,a\nyesterday,1\n", "time"), ("time,a\n", "no rows"),
        ("time,a\n0,1\n90000000000,1\n", "steps"),
    ])
    func aTableThatIsNoneIsRefused(_ text: String, _ says: String) throws {
        try withFile(text) { path in
            let error = #expect(throws: (any Error).self) { try SeriesTable.panel(path, ["a"], step: 3_600_000) }
            #expect("\(String(describing: error))".contains(says), "\(String(describing: error))")
        }
    }

    @Test func damagedTablesThrowOrAreTables() throws {
        var mutations = Damage(seed: 5)
        let text = Array("time,thing,property,value\n2026-11-29T00:00:00.500Z,hall,t,1.5\n2026-11-29T00:00:01Z,hall,t,\"2\"\n".utf8)
        for _ in 0..<400 {
            let damaged = String(decoding: mutations.damaged(text), as: UTF8.self)
            try withFile(damaged) { path in
                _ = try? SeriesTable.readings(path, ["hall/t"])
                _ = try? SeriesTable.panel(path, ["value"], step: 1_000)
            }
        }
    }
}

/// Forecasters that know a calendar, and detectors of the registry.
@Suite struct SeriesModelFileTests {
    private static let day = 24

    /// A series that is lower on weekends, by the hour from a Thursday.
    private func office(_ days: Int) -> [Double] {
        var random = SplitMix(seed: 3)
        return (0..<(days * Self.day)).map { hour in
            let isWeekend = [2, 3].contains(hour / Self.day % 7), noise = Double(random.next() % 100) / 50
            return (isWeekend ? 20 : 100) + 10 * sin(2 * .pi * Double(hour) / 24) + noise
        }
    }

    private func plan(_ model: String, _ more: String = "") throws -> ForecastPlan {
        let text = #"""
            {"series": ["office"], "step": 3600, "horizon": 24, "seasons": [24], "model": "\#(model)", "levels": [0.8],
             "backtest": {"windows": 14, "stride": 24}\#(more)}
            """#
        return try ForecastPlan(JSON(parsing: Array(text.utf8)))
    }

    @Test func aCalendarKnowsTheWeekend() throws {
        let values = office(57), panel = try Panel(start: 0, step: 3_600_000, series: [Array(values.dropLast(24))])
        let calendar = #", "calendar": {"day": 2, "weekdays": true}"#
        let model = try ForecastModel(fitting: plan("auto", calendar), to: panel),
            plain = try ForecastModel(fitting: plan("auto"), to: panel)
        #expect(model.scores[0].value < 0.7 * plain.scores[0].value, "\(model.scores) \(plain.scores)")
        let forecast = try model.forecasts(forecaster: "office", version: "2")[0]
        #expect(forecast.model.hasPrefix("linear") && forecast.forecaster == "office" && (0...1).contains(forecast.score.coverage))
        // 57 days from a Thursday end on a Thursday.
        #expect(zip(forecast.mean, values.suffix(24)).allSatisfy { abs($0 - $1) < 12 })
        let read = try ForecastModel(JSON(parsing: model.json.data))
        #expect(read.json == model.json)
        #expect(try read.forecasts(version: "2")[0].mean == model.forecasts(version: "2")[0].mean)
        let since = try Panel(start: model.end, step: 3_600_000, series: [Array(values.suffix(24).prefix(5))])
        #expect(try read.forecasts(after: since, version: "2")[0].start == model.end + 5 * 3_600_000)
        #expect(throws: ForecastError.self) { try ForecastModel(fitting: plan("ets", calendar), to: panel) }
    }

    private func readings(_ count: Int, odd: Int? = nil) -> [DetectorModel.Sample] {
        (0..<count).map { DetectorModel.Sample(Int64($0) * 60_000, $0 == odd ? 5_000 : 100 + Double($0 * 7 % 13)) }
    }

    private func detector(_ most: Double) throws -> DetectorPlan {
        try DetectorPlan(JSON(parsing: Array(#"{"series": ["hall/meter/power"], "learning": 60, "most_alarms": \#(most)}"#.utf8)))
    }

    @Test func aDetectorsThresholdKeepsToItsHistory() throws {
        let samples = readings(3_000, odd: 2_000)
        let quiet = try DetectorModel(fitting: detector(0), to: ["hall/meter/power": samples])
        let usual = try DetectorModel(fitting: detector(5), to: ["hall/meter/power": samples])
        #expect(quiet.members[0].alarms == 0 && quiet.members[0].threshold > 0.5)
        #expect(usual.members[0].alarms >= 1 && usual.members[0].threshold == 0.5)
        #expect(usual.members[0].watched == 2_940 && usual.scores.contains { $0.name == "alarms_a_day" && $0.value > 0 })
        let read = try DetectorModel(JSON(parsing: usual.json.data))
        #expect(read.json == usual.json)
        var (mine, theirs) = (usual.members[0].detector, read.members[0].detector)
        #expect(mine.observe(9_000, at: 200_000_000) == theirs.observe(9_000, at: 200_000_000))
        #expect(throws: ForecastError.self) { try DetectorModel(fitting: detector(1), to: ["hall/meter/power": readings(50)]) }
    }

    @Test(arguments: DetectorPlan.Kind.allCases)
    func aDetectorIsOfTheKindThatItsPlanNames(_ kind: DetectorPlan.Kind) throws {
        let text = #"{"series": ["hall/meter/power"], "kind": "\#(kind.rawValue)", "learning": 60, "most_alarms": 0}"#
        let plan = try DetectorPlan(JSON(parsing: Array(text.utf8)))
        let model = try DetectorModel(fitting: plan, to: ["hall/meter/power": readings(1_000)])
        #expect(type(of: model.members[0].detector) == kind.detector && model.members[0].alarms == 0)
        let read = try DetectorModel(JSON(parsing: model.json.data))
        #expect(read.json == model.json && read.plan.kind == kind)
        var (mine, theirs) = (model.members[0].detector, read.members[0].detector)
        for step in 1_000..<1_020 {
            let value = step.isMultiple(of: 2) ? 9_000.0 : 60
            #expect(mine.observe(value, at: Int64(step) * 60_000) == theirs.observe(value, at: Int64(step) * 60_000))
        }
        #expect(mine.count == 1_020)
        // A file says which kind it is of; one of another is none of its own.
        let other = kind == .odd ? "spectral" : "odd"
        let forged = String(decoding: model.json.data, as: UTF8.self).replacing(
            "\"kind\":\"\(kind.rawValue)\"", with: "\"kind\":\"\(other)\"")
        #expect(throws: JSONError.self) { try DetectorModel(JSON(parsing: Array(forged.utf8))) }
        #expect(throws: JSONError.self) {
            try DetectorPlan(JSON(parsing: Array(#"{"series": ["a/b"], "kind": "flow"}"#.utf8)))
        }
    }

    @Test func damagedFilesThrowOrAreModels() throws {
        let samples = readings(200)
        let detector = try DetectorModel(fitting: detector(1), to: ["hall/meter/power": samples])
        let calendar = #", "calendar": {"week": 1}"#
        let panel = try Panel(start: 0, step: 3_600_000, series: [office(30)])
        let linear = try ForecastModel(fitting: plan("linear", calendar), to: panel)
        var damage = Damage(seed: 9)
        for text in [detector.json.data, linear.json.data] {
            for _ in 0..<300 {
                guard let json = try? JSON(parsing: damage.damaged(text)) else { continue }
                if let model = try? ForecastModel(json) { _ = try? model.forecasts(version: "1") }
                if let model = try? DetectorModel(json) { _ = model.scores }
            }
        }
    }
}

/// Damages bytes the same way each time.
struct Damage {
    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let at = Int.random(in: 0..<max(1, bytes.count), using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0 where at < bytes.count: bytes[at] = UInt8.random(in: 0x20...0x7E, using: &random)
            case 1: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...9, using: &random)))
            case 2 where at < bytes.count: bytes[at] = UInt8.random(in: 0x30...0x39, using: &random)
            default:
                bytes.insert(
                    contentsOf: Array(["1e308", "-1", "null", "[]", "{}", "\"\"", ","].randomElement(using: &random)?.utf8 ?? "0".utf8),
                    at: at)
            }
        }
        return bytes
    }
}
