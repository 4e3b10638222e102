import LaresForecast
import Testing

@Suite struct MultivariateDetectorTests {
    /// Two series that move together, and one on its own.
    private static func rows(_ count: Int) -> [[Double]] {
        var dice = Dice(3)
        return (0..<count).map { _ in
            let common = dice.normal()
            return [10 + 3 * common + 0.1 * dice.normal(), -5 * common + 0.1 * dice.normal(), 100 + dice.normal()]
        }
    }

    private static func learned() throws -> MultivariateDetector {
        var detector = try MultivariateDetector(series: 3, DetectorSettings(learning: 300))
        for (step, row) in rows(1_000).enumerated() { _ = detector.observe(row, at: Int64(step)) }
        return detector
    }

    @Test func whatIsUsualForEachButNotTogetherIsOdd() throws {
        var (together, apart) = (try Self.learned(), try Self.learned())
        #expect(together.observe([13, -5, 100], at: 2_000) < 0.2)
        #expect(apart.observe([13, 5, 100], at: 2_000) > 0.9)
    }

    @Test func missingValuesCountAsUsual() throws {
        var detector = try Self.learned()
        #expect(detector.observe([.nan, .nan, 100], at: 2_000) < 0.2)
        #expect(detector.observe([.nan, .nan, .nan], at: 2_001) == 0)
        #expect(detector.observe([1, 2], at: 2_002) == 0)
    }

    @Test func itGoesOnFromItsState() throws {
        var first = try Self.learned()
        var second = try MultivariateDetector(state: first.state)
        #expect(first.state.count < 400)
        for (step, row) in Self.rows(200).enumerated() {
            #expect(first.observe(row, at: 5_000 + Int64(step)) == second.observe(row, at: 5_000 + Int64(step)))
        }
        #expect(throws: ForecastError.self) { try MultivariateDetector(state: Array(first.state.dropLast())) }
        #expect(throws: ForecastError.self) { try MultivariateDetector(state: EnsembleDetector(.standard).state) }
    }

    @Test func constantSeriesAreNoTrouble() throws {
        var detector = try MultivariateDetector(series: 2, DetectorSettings(learning: 50))
        for step in 0..<200 { #expect(detector.observe([1, 2], at: Int64(step)) < 0.2) }
        #expect(detector.observe([1, 3], at: 500) > 0.9)
    }

    @Test(arguments: [0, 1, 17]) func sizesOutOfRangeThrow(_ size: Int) {
        #expect(throws: ForecastError.self) { try MultivariateDetector(series: size) }
    }
}
