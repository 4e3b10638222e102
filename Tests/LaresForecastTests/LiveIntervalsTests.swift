import LaresForecast
import Testing

@Suite struct LiveIntervalsTests {
    private static let levels = [0.8, 0.95]

    /// A forecaster of 24 steps that is served for a while: every third step's forecast is held to what comes. The error of a value is larger the longer
    /// before it was said, and `spread` times as large as in the back-test.
    private struct Served {
        var intervals: LiveIntervals
        var adapts = true
        var inside = [0, 0], count = 0
        private var made = MadeSeries(seed: 71)
        private var issues: [(start: Int, reach: [[Double]])] = []

        init() throws {
            // What holds 80 and 95% of normal errors.
            let radii = [1.2816, 1.96].map { width in (0..<24).map { width * (1 + Double($0) / 12) } }
            intervals = try LiveIntervals(levels: LiveIntervalsTests.levels, radii: radii)
        }

        mutating func run(_ steps: Range<Int>, spread: (Int) -> Double) {
            let split = intervals
            for step in steps {
                if step % 3 == 0 { issues = issues.suffix(7) + [(step, adapts ? intervals.reach : split.reach)] }
                let noise = made.noise(spread(step))
                for issue in issues where step - issue.start < 24 {
                    let ahead = step - issue.start, error = noise * (1 + Double(ahead) / 12)
                    let isOutside = issue.reach.map { abs(error) > $0[ahead] }
                    for level in isOutside.indices where !isOutside[level] { inside[level] += 1 }
                    count += 1
                    intervals.take(error: error, step: ahead, isOutside: isOutside)
                }
            }
        }

        var coverage: [Double] { inside.map { Double($0) / Double(count) } }
    }

    @Test(arguments: ["as before", "growing", "shrinking", "three times at once", "in waves"])
    func coverageStaysWithinTwoPointsWhereErrorsDrift(_ how: String) throws {
        func spread(_ step: Int) -> Double {
            switch how {
            case "growing": 1 + 2 * Double(step) / 8_760
            case "shrinking": 1 - 0.7 * Double(step) / 8_760
            case "three times at once": step < 2_000 ? 1 : 3
            case "in waves": step / 1_000 % 2 == 0 ? 1 : 2
            default: 1
            }
        }
        var (adaptive, split) = (try Served(), try Served())
        split.adapts = false
        adaptive.run(0..<8_760, spread: spread)
        split.run(0..<8_760, spread: spread)
        for (place, level) in Self.levels.enumerated() {
            #expect(abs(adaptive.coverage[place] - level) < 0.02, "\(how): \(adaptive.coverage), without adapting \(split.coverage)")
        }
        // The back-test's own intervals don't: the test says something.
        if how != "as before" { #expect(abs(split.coverage[0] - 0.8) > 0.04) }
    }

    @Test func whatIsKeptGoesOnAsIfNothingHadBeen() throws {
        var first = try Served()
        first.run(0..<500) { _ in 2 }
        var second = try LiveIntervals(levels: Self.levels, radii: Served().intervals.reach)
        #expect(second.reach != first.intervals.reach)
        let kept = first.intervals.kept
        second = second.continued(shares: kept.shares, sizes: kept.sizes)
        #expect(second.reach == first.intervals.reach && kept.sizes.count == 120)
        for (step, error) in [3.0, -9, 0.1].enumerated() {
            first.intervals.take(error: error, step: step, isOutside: [true, false])
            second.take(error: error, step: step, isOutside: [true, false])
        }
        #expect(second.reach == first.intervals.reach)
        #expect(second.continued(shares: [0.1], sizes: []) == second)
        #expect(second.continued(shares: [.nan, 5], sizes: [.nan, -1, .infinity]).reach == (try Served().intervals.reach))
    }

    @Test func whatCannotBeComparedChangesNothing() throws {
        var intervals = try LiveIntervals(levels: [0.95, 0.8], radii: [[2, 0], [1, 0]])
        for _ in 0..<200 {
            intervals.take(error: 5, step: 1, isOutside: [true, true])
            intervals.take(error: .nan, step: 0, isOutside: [true, true])
            intervals.take(error: 5, step: 2, isOutside: [true, true])
            intervals.take(error: 5, step: 0, isOutside: [true])
        }
        #expect(intervals.reach == [[2, 0], [1, 0]])
        // The higher level reaches at least as far, wherever it stands.
        for _ in 0..<200 { intervals.take(error: 5, step: 0, isOutside: [false, true]) }
        #expect(intervals.reach[0][0] >= intervals.reach[1][0] && intervals.reach[1] == [5, 0])
        #expect(throws: ForecastError.self) { try LiveIntervals(levels: [0.8], radii: []) }
        #expect(throws: ForecastError.self) { try LiveIntervals(levels: [1], radii: [[1]]) }
    }
}
