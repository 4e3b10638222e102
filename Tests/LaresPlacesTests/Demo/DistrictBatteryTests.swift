import Foundation
import LaresPlaces
import Testing

/// The battery of the demonstration is one that a plan can rely on: it does what it is told, and no more than it can.
@Suite struct DistrictBatteryTests {
    private let start = Date(timeIntervalSince1970: 1_796_000_000)

    @Test func itTakesAndGivesWhatItIsTold() {
        var battery = DistrictBattery()
        #expect(battery.pass(to: start) == 0)
        battery.tell(3_000, at: start)
        #expect(battery.pass(to: start + 3_600) == -3_000 && abs(battery.stored - (8 + 3 * 0.93)) < 1e-9)
        battery.tell(-2_000, at: start + 3_600)
        #expect(battery.pass(to: start + 7_200) == 2_000 && abs(battery.stored - (8 + 3 * 0.93 - 2)) < 1e-9)
    }

    @Test func itIsNeverMoreThanFullNorLessThanEmpty() {
        var battery = DistrictBattery()
        for watts in [1e9, -1e9, 6_000, -6_000] {
            for hour in 0..<12 {
                let now = start + Double(hour) * 3_600
                battery.tell(watts, at: now)
                let power = battery.pass(to: now + 3_600)
                #expect(abs(power) <= DistrictBattery.most * 1_000 && (0...DistrictBattery.capacity).contains(battery.stored))
            }
            #expect(battery.stored == (watts > 0 ? DistrictBattery.capacity : 0))
        }
    }

    @Test func whoIsToldNothingMoreIdles() {
        var battery = DistrictBattery()
        _ = battery.pass(to: start)
        battery.tell(1_000, at: start)
        battery.tell(.nan, at: start)
        battery.tell(.infinity, at: start)
        #expect(battery.pass(to: start + 60) == -1_000)
        #expect(battery.pass(to: start + 7_501) == 0 && battery.order == 0)
        // Clocks may be set back.
        let stored = battery.stored
        #expect(battery.pass(to: start) == 0 && battery.stored == stored)
    }
}
