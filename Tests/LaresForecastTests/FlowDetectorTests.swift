import Foundation
import LaresForecast
import Testing

/// A house's water: none at night, more in the morning and evening; a reading a minute, in litres a minute.
private struct House {
    var detector: FlowDetector
    var time: Int64 = 1_800_000_000_000 / 86_400_000 * 86_400_000
    private var state: UInt64

    init(seed: UInt64) throws {
        detector = FlowDetector(try DetectorSettings(learning: 600))
        state = seed
    }

    mutating func unit() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 53)
    }

    /// Minutes in which the house does as it usually does, and something is added or set; the troubles that were seen.
    mutating func live(days: Double, _ change: (Double) -> Double = { $0 }) -> [FlowDetector.Trouble] {
        var seen: [FlowDetector.Trouble] = []
        for _ in 0..<Int(days * 1_440) {
            let hour = Int(time / 3_600_000 % 24)
            let chance = hour < 5 ? 0.004 : (6...8).contains(hour) || (18...21).contains(hour) ? 0.3 : 0.08
            let usual = unit() < chance ? 4 + 8 * unit() : 0
            _ = detector.observe(change(usual), at: time)
            if let trouble = detector.trouble, seen.last != trouble { seen.append(trouble) }
            time += 60_000
        }
        return seen
    }
}

@Suite struct FlowDetectorTests {
    @Test(arguments: [1, 2, 3] as [UInt64]) func aHouseAsUsualIsNoTroubleForTwoMonths(_ seed: UInt64) throws {
        var house = try House(seed: seed)
        #expect(house.live(days: 60).isEmpty)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func waterThatNeverStopsIsALeakWithinThreeDays(_ seed: UInt64) throws {
        var house = try House(seed: seed)
        _ = house.live(days: 14)
        #expect(house.live(days: 3) { $0 + 0.3 } == [.leak])
        // Mended: over within a day.
        _ = house.live(days: 1.1)
        #expect(house.detector.trouble == nil)
    }

    @Test(arguments: [1, 2, 3] as [UInt64]) func aPipeThatBreaksIsSeenWithinTwentyMinutes(_ seed: UInt64) throws {
        var house = try House(seed: seed)
        _ = house.live(days: 14)
        #expect(house.live(days: 20.0 / 1_440) { $0 + 40 } == [.burst])
    }

    @Test func aMeterThatSaysTheSameIsStuck() throws {
        var house = try House(seed: 1)
        _ = house.live(days: 14)
        #expect(house.live(days: 1) { _ in 3.25 } == [.stuck])
    }

    @Test func nothingIsKnownInTheFirstDays() throws {
        var house = try House(seed: 1)
        #expect(house.live(days: 2) { $0 + 40 }.isEmpty)
    }

    @Test func itGoesOnFromItsState() throws {
        var house = try House(seed: 1)
        _ = house.live(days: 14)
        var other = try FlowDetector(state: house.detector.state)
        #expect(other.state == house.detector.state && other.state.count <= FlowDetector.mostStateBytes)
        for step in 0..<5_000 {
            let (value, time) = (Double(step % 7), house.time + Int64(step) * 60_000)
            #expect(other.observe(value, at: time) == house.detector.observe(value, at: time))
        }
        #expect(other.state == house.detector.state)
    }

    @Test func damagedStatesThrowAndWildValuesChangeNothing() throws {
        var house = try House(seed: 1)
        _ = house.live(days: 5)
        let state = house.detector.state
        for place in state.indices {
            var damaged = state
            damaged[place] ^= 0x41
            #expect(throws: ForecastError.self) { try FlowDetector(state: damaged) }
        }
        for length in 0..<state.count { #expect(throws: ForecastError.self) { try FlowDetector(state: Array(state.prefix(length))) } }
        for value in [Double.nan, .infinity, -.infinity, -1, 1e300] { _ = house.detector.observe(value, at: house.time) }
        for time in [Int64.min, Int64.max, Int64.max / 4] { _ = house.detector.observe(1, at: time) }
    }
}
