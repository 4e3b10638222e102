import Foundation
import LaresForecast
import LaresTensor
import Testing

@Suite struct ConformalTests {
    @Test func theRankOfAnIntervalIsThePapers() throws {
        let intervals = try ConformalIntervals(residuals: (1...19).map { [Double($0) * ($0 % 2 == 0 ? -1 : 1)] })
        #expect(try intervals.radii(level: 0.95) == [19])
        #expect(try intervals.radii(level: 0.5) == [10])
        let (lower, upper) = try intervals.interval(around: [100], level: 0.5)
        #expect(lower == [90] && upper == [110])
    }

    @Test func tooFewErrorsForALevelAreRefusedWithTheNumber() throws {
        let intervals = try ConformalIntervals(residuals: (1...18).map { [Double($0)] })
        #expect { try intervals.radii(level: 0.95) } throws: { "\($0)".contains("needs 19") }
        #expect(throws: ForecastError.self) { try intervals.radii(level: 1) }
        #expect(throws: ForecastError.self) { try intervals.radii(level: .nan) }
        #expect(throws: ForecastError.self) { try intervals.interval(around: [1, 2], level: 0.5) }
        #expect(throws: ForecastError.self) { try ConformalIntervals(residuals: []) }
        #expect(throws: ForecastError.self) { try ConformalIntervals(residuals: [[1, 2], [1]]) }
    }

    @Test(arguments: [0.5, 0.8, 0.9, 0.95])
    func intervalsHoldTheirLevelOnWhatIsNew(_ level: Double) throws {
        // Errors as skewed as they like: what is asked for is that they come alike.
        var made = MadeSeries(seed: 11)
        func errors(_ windows: Int) -> [[Double]] { (0..<windows).map { _ in (0..<24).map { exp(made.noise(1)) * Double($0 + 1) } } }
        let intervals = try ConformalIntervals(residuals: errors(400)), radii = try intervals.radii(level: level)
        let inside = errors(2_000).joined().enumerated().filter { $1 <= radii[$0 % 24] }.count
        #expect(abs(Double(inside) / 48_000 - level) < 0.02)
    }

    @Test(arguments: [0.8, 0.9, 0.95])
    func adaptiveIntervalsHoldTheirLevelWhenErrorsGrowAndShrink(_ level: Double) throws {
        var made = MadeSeries(seed: 12), intervals = try AdaptiveConformal(level: level)
        var inside = 0, count = 0
        for step in 0..<20_000 {
            let error = made.noise(step % 4_000 < 2_000 ? 1 : 5)
            if step > 500, let radius = intervals.radius {
                count += 1
                inside += abs(error) <= radius ? 1 : 0
            }
            intervals.take(error: error)
        }
        #expect(abs(Double(inside) / Double(count) - level) < 0.02)
    }

    @Test func adaptiveIntervalsTakeFewAndMissingErrors() throws {
        var intervals = try AdaptiveConformal(level: 0.9, window: 10)
        for step in 0..<9 { intervals.take(error: step % 2 == 0 ? .nan : Double(step)) }
        #expect(intervals.radius == nil)
        for step in 0..<1_000 { intervals.take(error: Double(step)) }
        #expect((990...999).contains(intervals.radius ?? 0))
        #expect(throws: ForecastError.self) { try AdaptiveConformal(level: 0) }
        #expect(throws: ForecastError.self) { try AdaptiveConformal(level: 0.9, rate: 0) }
        #expect(throws: ForecastError.self) { try AdaptiveConformal(level: 0.9, window: 5) }
    }

    @Test func intervalsOfABackTestHoldTheirLevel() throws {
        var made = MadeSeries(seed: 13)
        let history = try panel(made.load(hours: 168 * 60))
        let result = try Backtest(horizon: 24, stride: 24, windows: 300, season: 24).run(AutoSmoothing(seasons: [24, 168]), on: history)
        for level in [0.8, 0.9] {
            let found = result.intervals(of: 0, level: level)
            #expect(abs(found.coverage - level) < 0.02, "\(level): \(found.coverage) of \(found.count)")
        }
        #expect(result.intervals(of: 0, level: 0.9).width > result.intervals(of: 0, level: 0.8).width)
    }

    private static let city = ProcessInfo.processInfo.environment["LARES_CITY_DATA"]

    /// `LARES_CITY_DATA` names a folder with `ett/ETTh1.csv` and `energy/vic_electricity.csv`. Errors of LUFL grow in its last year, so that only
    /// adaptive intervals hold their level there.
    @Test(
        .enabled(if: city != nil, "LARES_CITY_DATA names no folder with ETTh1 and Victoria: intervals on real series are NOT tested"),
        arguments: [
            ("ett/ETTh1.csv", "HULL", 1, 0.02), ("ett/ETTh1.csv", "OT", 1, 0.02), ("ett/ETTh1.csv", "LUFL", 1, 0.03),
            ("energy/vic_electricity.csv", "Demand", 2, 0.02),
        ])
    func intervalsHoldTheirLevelOnRealSeries(_ path: String, _ column: String, _ every: Int, _ tolerance: Double) throws {
        let lines = try String(contentsOfFile: (Self.city ?? "") + "/" + path, encoding: .utf8).split(whereSeparator: \.isNewline)
        let place = try #require(lines[0].split(separator: ",").firstIndex { $0 == column })
        let rows = lines.dropFirst().enumerated().filter { $0.offset % every == 0 }.map(\.element)
        let history = try panel(rows.compactMap { Double($0.split(separator: ",")[place]) })
        let result = try Backtest(horizon: 24, stride: 24, windows: 365, season: 24).run(AutoSmoothing(seasons: [24, 168]), on: history)
        for level in [0.8, 0.9, 0.95] {
            #expect(abs(result.intervals(of: 0, level: level).coverage - level) < tolerance, "\(column), \(level)")
            #expect(abs(try adaptiveCoverage(result.residuals(of: 0), level) - level) < 0.02, "\(column), \(level), adaptive")
            let served = try servedCoverage(result.residuals(of: 0), level)
            #expect(abs(served - level) < 0.02, "\(column), \(level), served: \(served)")
        }
    }

    /// The share of residuals inside intervals as they are served: by 28 days at first, then by what comes, a day at a time.
    private func servedCoverage(_ residuals: [[Double]], _ level: Double) throws -> Double {
        let first = try ConformalIntervals(residuals: Array(residuals.prefix(28))).radii(level: level)
        var intervals = try LiveIntervals(levels: [level], radii: [first]), inside = 0.0, count = 0.0
        for row in residuals.dropFirst(28) {
            let reach = intervals.reach[0]
            for (step, error) in row.enumerated() where error.isFinite {
                count += 1
                inside += abs(error) <= reach[step] ? 1 : 0
                intervals.take(error: error, step: step, isOutside: [abs(error) > reach[step]])
            }
        }
        return inside / count
    }

    /// The share of residuals inside intervals that each step adapts by itself.
    private func adaptiveCoverage(_ residuals: [[Double]], _ level: Double) throws -> Double {
        var (inside, count) = (0.0, 0.0)
        for step in residuals[0].indices {
            var intervals = try AdaptiveConformal(level: level, rate: 0.05, window: 60)
            for row in residuals {
                if let radius = intervals.radius {
                    count += 1
                    inside += abs(row[step]) <= radius ? 1 : 0
                }
                intervals.take(error: row[step])
            }
        }
        return inside / count
    }
}
