import Foundation
import LaresControl
import LaresJSON
import Testing

@Suite struct TrafficEvaluationTests {
    /// As SUMO 1.28 writes it with unfinished trips: `a` arrived, `b` is on its way, `c` never got onto its road, the time of `d` hasn't come.
    private static let trips = """
        <?xml version="1.0" encoding="UTF-8"?>
        <tripinfos>
            <tripinfo id="a" depart="10.00" departLane="w_0" departDelay="2.00" arrival="100.00" arrivalLane="e_0" duration="90.00" timeLoss="30.50"/>
            <tripinfo id="b" depart="3500.00" departLane="w_0" departDelay="0.00" arrival="-1.00" arrivalLane="" duration="100.00" timeLoss="41.00"/>
            <tripinfo id="c" depart="-1.00" departLane="" departDelay="120.00" arrival="-1.00" arrivalLane="" duration="0.00" timeLoss="0.00"/>
            <tripinfo id="d" depart="-1.00" departLane="" departDelay="0.00" arrival="-1.00" arrivalLane="" duration="0.00" timeLoss="0.00"/>
            <personinfo id="p" depart="5.00"><walk depart="5.00" arrival="60.00" timeLoss="3.00"/></personinfo>
        </tripinfos>
        """

    private static func delays(_ text: String) throws -> TripDelays {
        let path = NSTemporaryDirectory() + "/lares-trips-\(UUID().uuidString).xml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try TripDelays(contentsOf: path)
    }

    /// (30.5 + 2) + 41 + 120 seconds of three trips, as RESCO counts them.
    @Test func delaysAreThoseOfAllTripsWhoseTimeHasCome() throws {
        let delays = try Self.delays(Self.trips)
        #expect(delays.trips == 3 && delays.unfinished == 2 && abs(delays.mean - 193.5 / 3) < 1e-12)
    }

    @Test(arguments: [
        "", "<tripinfos></tripinfos>", "<tripinfos><tripinfo id='d' depart='-1' departDelay='0'/></tripinfos>",
        "<tripinfos><tripinfo id='a' depart='1' timeLoss='inf'/></tripinfos>",
    ])
    func whatHasNoTripsIsAnError(text: String) { #expect(throws: TrafficError.self) { try Self.delays(text) } }

    private static func table(fixed: [Double], loops: [Double]? = nil) -> TrafficEvaluation.Table {
        func row(_ name: String, _ delays: [Double], isPublished: Bool = false) -> TrafficEvaluation.Row {
            .init(name: name, isPublished: isPublished, delays: Spread(delays), violations: 0, fallBacks: 0, seconds: nil)
        }
        return .init(
            network: "n",
            rows: [
                row("MAXWAVE (RESCO)", [1], isPublished: true), row("fixed", fixed), row("max-wave, 5 s", [10, 12, 14]),
                row("learned", [8, 11, 11]),
            ] + (loops.map { [row("learned, loops only", $0)] } ?? []))
    }

    /// By hand: 2, 1 and 3 of 12 s less; their deviation is a twelfth, Student's quantile of two degrees 4.303.
    @Test func theGainIsPairedAndBesideTheBestThatRanHere() throws {
        let comparison = try #require(Self.table(fixed: [20, 12, 13], loops: [9, 12, 12]).comparison)
        #expect(comparison.best == "max-wave, 5 s", "what others published is of other seeds")
        #expect(abs(comparison.gain - 2 / 12.0) < 1e-12)
        let halfWidth = try #require(comparison.halfWidth)
        #expect(abs(halfWidth - 4.303 / 12 / 3.0.squareRoot()) < 1e-9)
        #expect(comparison.isWorstBetterThanFixed && abs((comparison.loopsOnly ?? 0) - 1.1) < 1e-12)
    }

    /// One seed that is as long as the programme's is enough.
    @Test func theWorstSeedDecides() throws {
        let comparison = try #require(Self.table(fixed: [20, 11, 13]).comparison)
        #expect(!comparison.isWorstBetterThanFixed && comparison.loopsOnly == nil)
        #expect(Self.table(fixed: [20, 11, 13]).json["comparison"]?["worst_better_than_fixed"] == false)
        var alone = Self.table(fixed: [20, 11, 13])
        alone.rows.removeAll { $0.name == "learned" }
        #expect(alone.comparison == nil && alone.json["comparison"] == .null)
    }
}
