import Foundation
import LaresControl
import Testing

@Suite struct WouldHaveCostTests {
    @Test func aReplayTellsWhatABatteryWouldHaveSaved() throws {
        let record = try MadeDistrict.record(homes: 1, days: 40, seed: 17)
        let home = record.homes[0], battery = try BatteryDesign(capacity: 6.4, power: 5)
        let selling = [Double](repeating: 0.05, count: record.count)
        let report = try WouldHaveCost(
            load: home.load, solar: home.solar, buying: record.price, selling: selling, emission: record.emission, hours: record.hours,
            days: record.days, battery: battery)
        #expect(report.controlled.cost < report.ruled.cost && report.ruled.cost < report.without.cost)
        #expect(report.saved == report.without.cost - report.controlled.cost)
        #expect(report.without.cycles == 0 && report.controlled.cycles > 20)
        // Without a battery it is what anybody can add up.
        let cost = (0..<record.count).reduce(0) { sum, hour in
            let net = home.load[hour] - home.solar[hour]
            return sum + (net > 0 ? net * record.price[hour] : net * 0.05)
        }
        #expect(abs(report.without.cost - cost) < 1e-9)
        // The battery makes no energy.
        let balance = { (account: WouldHaveCost.Account) in account.bought - account.sold }
        #expect(balance(report.controlled) > balance(report.without))
        let copy = try JSONDecoder().decode(WouldHaveCost.self, from: JSONEncoder().encode(report))
        #expect(copy == report)
    }

    @Test func seriesThatDoNotFitAreRefused() throws {
        let battery = try BatteryDesign(capacity: 6.4, power: 5)
        #expect(throws: EnergyControlError.self) {
            try WouldHaveCost(load: [1, 2], solar: [0], buying: [1, 1], hours: [0, 1], days: [0, 0], battery: battery)
        }
        #expect(throws: EnergyControlError.self) {
            try WouldHaveCost(load: [1, 2], solar: [0, 0], buying: [1, .nan], hours: [0, 1], days: [0, 0], battery: battery)
        }
        #expect(throws: EnergyControlError.self) {
            try WouldHaveCost(load: [], solar: [], buying: [], hours: [], days: [], battery: battery)
        }
    }
}
