import Foundation
import LaresForecast
import LaresJSON
import LaresTime
import Testing

@Suite("Public evaluations")
struct EvaluationTests {
    @Test func tablesAreReadStrictly() throws {
        try withFile("time,a,b\r\n2016-07-01 00:00:00,1,2\r\n2016-07-01 01:00:00,-3.5,4e2\r\n") { path in
            let table = try TableFile(contentsOf: path)
            #expect(table.names == ["time", "a", "b"])
            #expect(try table.numbers("a") == [1, -3.5])
            #expect(try table.times("time").start == 1_467_331_200_000)
            #expect(try table.times("time").step == 3_600_000)
            #expect(throws: ForecastError.self) { try table.numbers("c") }
            #expect(throws: ForecastError.self) { try table.numbers("time") }
            #expect(throws: ForecastError.self) { try table.times("a") }
        }
    }

    @Test(arguments: ["", "a,b\n", "a,a\n1,2\n", "a,b\n1\n", "a,b\n1,2,3\n", "a,b\n\"1\",2\n", "a,b\n1,2\n\n3,4\n"])
    func whatIsNoTableIsRefused(_ text: String) throws {
        try withFile(text) { path in #expect(throws: ForecastError.self) { try TableFile(contentsOf: path) } }
    }

    @Test(arguments: ["nan", "inf", "1 ", "x", "", "1e999"])
    func whatIsNoNumberIsRefused(_ text: String) throws {
        try withFile("a,b\n1,2\n\(text),3\n") { path in
            let table = try TableFile(contentsOf: path)
            #expect(throws: ForecastError.self) { try table.numbers("a") }
        }
    }

    @Test(arguments: ["2016-07-01", "2016-07-01 02:00:00", "2016-02-30 00:00:00", "99999-01-01 00:00:00", "2016-07-01 24:00:00"])
    func timesGoOnStepByStep(_ third: String) throws {
        try withFile("t\n2016-07-01 00:00:00\n2016-07-01 00:30:00\n\(third)\n") { path in
            #expect(throws: ForecastError.self) { try TableFile(contentsOf: path).times("t") }
        }
    }

    @Test func transformersAreScoredOverAllWindows() throws {
        var text = "date,A,B\n"
        let (a, b) = (Waves(count: 14_500, noise: 0.5).values, Waves(count: 14_500, noise: 0.5, seed: 2).values)
        for hour in 0..<14_500 {
            text += "\(EvaluationTests.date(16_983 + hour / 24)) \(hour % 24 < 10 ? "0" : "")\(hour % 24):00:00,\(a[hour]),\(b[hour])\n"
        }
        let evaluation = try withFile(text) { try ETTEvaluation(contentsOf: $0) }
        #expect(evaluation.panel.count == ETTEvaluation.testEnd)
        let model = try LinearForecaster(horizon: 12, lookbacks: [24], ridges: [0.1])
        let fitted = try model.learnt(from: evaluation.panel, choosingOn: ETTEvaluation.choice, thenFrom: ETTEvaluation.trainingEnd)
        let score = try evaluation.score(fitted, on: ETTEvaluation.choice)
        // The error that the map was chosen by, from sums, is that of all windows.
        let chosenBy = try #require(fitted.errors[0])
        #expect(abs(score.mse - chosenBy) < 1e-6)
        #expect(try evaluation.score(fitted, on: ETTEvaluation.test).mae > 0)
        #expect(throws: ForecastError.self) {
            try withFile("date,A\n2016-07-01 00:00:00,1\n2016-07-01 01:00:00,1\n") { try ETTEvaluation(contentsOf: $0) }
        }
    }

    @Test func victoriasClockIsReadFromItsDates() throws {
        // 26 March 2012 in Melbourne begins at 13:00Z of the day before; summer time ends on 1 April.
        var text = "Time,Demand,Temperature,Date,Holiday\n"
        let start: Int64 = 1_332_680_400_000, change: Int64 = 1_333_209_600_000
        for row in 0..<(48 * 731) {
            let time = start + Int64(row) * 1_800_000, local = time + (time < change ? 39_600_000 : 36_000_000)
            let utc = Int(time / 86_400_000), minutes = Int(time % 86_400_000) / 60_000
            let clock = "\(minutes / 60 < 10 ? "0" : "")\(minutes / 60):\(minutes % 60 < 10 ? "0" : "")\(minutes % 60):00"
            text += "\(EvaluationTests.date(utc))T\(clock)Z,\(4000 + row % 336),20,\(EvaluationTests.date(Int(local / 86_400_000))),FALSE\n"
        }
        let evaluation = try withFile(text) { try VictoriaEvaluation(contentsOf: $0) }
        #expect(evaluation.clock == LocalClock(offset: 39_600_000, changes: [.init(at: change, offset: 36_000_000)]))
        #expect(evaluation.naiveMAPE(lag: 336, on: evaluation.test) == 0)
        let steps = Array(evaluation.test.suffix(48 * 2))
        let mape = try evaluation.mape(Repeating(), on: steps[0]..<(steps[95] + 1), learningEvery: 1)
        #expect(abs(mape - evaluation.naiveMAPE(lag: 48, on: steps[0]..<(steps[95] + 1))) < 1e-9)
    }

    @Test func tablesAreToldToPrograms() {
        let table = EvaluationTable(
            data: "here", columns: ["a", "b"],
            rows: [.init("x", scores: [0.5, nil], seconds: 2), .init("y", isPublished: true, scores: [1, 2])])
        #expect(table.json["rows"]?.elements?[0]["scores"] == ["a": 0.5, "b": .null])
        #expect(table.json["rows"]?.elements?[0]["seconds"] == 2.0)
        #expect(table.json["rows"]?.elements?[1]["published"] == true)
    }

    private static func date(_ day: Int) -> String {
        let (year, month, number) = CivilDay(day).date
        return "\(year)-\(month < 10 ? "0" : "")\(month)-\(number < 10 ? "0" : "")\(number)"
    }
}

/// The day before.
private struct Repeating: Forecaster, FittedForecaster {
    var name: String { "repeating" }
    func fitted(to history: Panel) throws -> any FittedForecaster { self }
    func forecast(_ history: Panel, steps: Int) throws -> [[Double]] { history.series.map { Array($0.suffix(48).prefix(steps)) } }
}
