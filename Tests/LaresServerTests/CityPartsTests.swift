import LaresServer
import LaresThings
import Testing

/// The small parts that pages of the city are made of.
struct CityPartsTests {
    private func chart(_ starts: [Int64], width: Int64 = 10) -> BucketedSeries {
        BucketedSeries(
            width: width,
            buckets: starts.map { Bucket(start: Timestamp(milliseconds: $0), count: 1, min: 1, mean: 1, max: 1, last: 1) })
    }

    private func range(_ end: Int64) -> Range<Timestamp> { Timestamp(milliseconds: 0)..<Timestamp(milliseconds: end) }

    private struct Habit {
        let starts: [Int64]
        let end: Int64
        let silences: [ClosedRange<Int64>]

        init(_ starts: [Int64], _ end: Int64, _ silences: [ClosedRange<Int64>]) {
            (self.starts, self.end, self.silences) = (starts, end, silences)
        }
    }

    private static let habits: [Habit] = [
        // Every 100 ms: a silence is one of more than 300.
        Habit([0, 100, 200, 300, 400], 500, []),
        Habit([0, 100, 200, 500, 600, 700], 750, []),
        Habit([0, 100, 200, 501, 600, 700], 750, [210...501]),
        Habit([0, 100, 200, 300], 900, [310...900]),
        // What begins late was not silent before.
        Habit([5_000, 5_100, 5_200], 5_300, []),
        Habit([], 1_000, []),
    ]

    @Test func silencesFollowFromHabit() {
        for habit in Self.habits {
            let silence = SeriesSilence(chart(habit.starts), in: range(habit.end))
            #expect(silence.gaps.map { $0.lowerBound.milliseconds...$0.upperBound.milliseconds } == habit.silences)
            #expect(silence.stretches.joined().count == habit.starts.count)
        }
    }

    @Test func aPathIsToldByDistances() {
        var path = CompactPath()
        path.move(10, 20)
        path.line(12, 15)
        path.line(14, 18)
        path.line(9, 18)
        path.close()
        path.move(1, 1)
        path.dot()
        #expect(path.text == "M10 20l2-5 2 3-5 0zM1 1h0")
    }

    @Test(arguments: [
        (0.0, 1.0, true), (13.2, 18.9, false), (-5, 5, false), (3, 3, false), (0, 0, true), (1e-9, 2e-9, false), (-1e150, 1e150, false),
        (.nan, 1, false),
    ])
    func scalesAreEvenAndHoldTheirNumbers(least: Double, greatest: Double, fromZero: Bool) {
        let scale = PlotScale(least, greatest, fromZero: fromZero)
        #expect(scale.low < scale.high && (2...13).contains(scale.ticks.count))
        if least.isFinite { #expect(scale.low <= least && scale.high >= greatest * 0.999_999) }
        #expect(scale.y(scale.high, of: 250) == 0 && scale.y(scale.low, of: 250) == 250)
    }

    @Test(arguments: [(0.0, 600.0, "600"), (0, 0, "1.0"), (0, 0.5, "0.6"), (13.2, 18.9, "20"), (0, 4_000, "4,000")])
    func ticksReadAsFineAsTheyAre(least: Double, greatest: Double, top: String) {
        let scale = PlotScale(least, greatest, fromZero: true)
        #expect(scale.label(scale.ticks[0], Amount(Words(.english))) == top)
    }
}
