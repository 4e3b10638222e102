import Foundation
import LaresForecast
import LaresPlaces
import Testing

/// The pipe that bursts in the demonstration is told by a watch that learnt from the water it was given, whenever the demonstration begins.
@Suite struct DistrictWaterTests {
    private static func learnt(until end: Date) throws -> FlowDetector {
        var detector = FlowDetector(try DetectorSettings(learning: 1_200))
        for one in DistrictHomes.pastFlow(of: 1, until: end) { _ = detector.observe(one.liters, at: milliseconds(one.date)) }
        return detector
    }

    private static func milliseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1_000).rounded()) }

    /// The meter's reports every ten seconds; those that say what the one before said only where `all`.
    private static func observe(_ detector: inout FlowDetector, from start: Date, minutes: Int, burst: Bool, all: Bool) -> Set<
        FlowDetector.Trouble
    > {
        var seen: Set<FlowDetector.Trouble> = [], last = -1.0
        for step in 0..<(minutes * 6) {
            let date = start.addingTimeInterval(Double(step) * 10), value = DistrictHomes.water(of: 1, at: date, hasBurst: burst)
            if !all, value == last { continue }
            last = value
            _ = detector.observe(value, at: milliseconds(date))
            if let trouble = detector.trouble { seen.insert(trouble) }
        }
        return seen
    }

    @Test(arguments: 0..<48, [true, false])
    func aBurstIsToldAndNothingBefore(place: Int, all: Bool) throws {
        // Every half hour of a day, and another minute of the ten each time.
        let begin = Date(timeIntervalSince1970: 1_796_000_000 + Double(place) * 1_860)
        var detector = try Self.learnt(until: begin)
        #expect(Self.observe(&detector, from: begin, minutes: 4, burst: false, all: all).isEmpty)
        let leak = begin.addingTimeInterval(240)
        var seen = Self.observe(&detector, from: leak, minutes: 14, burst: true, all: all)
        seen.formUnion(Self.observe(&detector, from: leak.addingTimeInterval(840), minutes: 12, burst: false, all: all))
        #expect(seen == [.burst])
    }

    @Test func theDemonstrationBreaksAPipeForFourteenMinutes() {
        let minutes = (0..<20).filter { minute in
            DistrictTrouble.all(inMinute: minute).contains { if case .leak = $0 { true } else { false } }
        }
        #expect(minutes == [4, 18])
    }
}
