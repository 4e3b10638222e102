import LaresControl
import Testing

@Suite struct BatteryTests {
    @Test(arguments: [1, 2, 3] as [UInt64]) func nothingIsStoredThatDidNotComeIn(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let design = try BatteryDesign(capacity: random.uniform(1...20), power: random.uniform(1...10), capacityLoss: 1e-3)
        var battery = Battery(design)
        var balance = 0.0
        for _ in 0..<2_000 {
            let before = battery.stored, used = battery.charge(random.uniform(-30...30))
            #expect(battery.stored >= 0 && battery.stored <= design.capacity)
            #expect(abs(used) <= design.power * (1 + 1e-9))
            #expect(used >= 0 ? battery.stored - before <= used : before - battery.stored >= -used)
            balance += used
            #expect(balance >= -1e-9)
        }
        #expect(battery.capacity < design.capacity)
    }

    @Test func aFullBatteryTakesNothingAndAnEmptyOneGivesNothing() throws {
        let design = try BatteryDesign(capacity: 6.4, power: 5)
        var (full, empty) = (Battery(design, stored: 6.4), Battery(design))
        #expect(full.charge(3) == 0)
        #expect(empty.charge(-3) == 0)
    }

    @Test func designsThatCannotBeAreRefused() {
        #expect(throws: EnergyControlError.self) { try BatteryDesign(capacity: 0, power: 5) }
        #expect(throws: EnergyControlError.self) { try BatteryDesign(capacity: .nan, power: 5) }
        #expect(throws: EnergyControlError.self) { try BatteryDesign(capacity: 5, power: .infinity) }
        #expect(throws: EnergyControlError.self) { try BatteryDesign(capacity: 5, power: 5, efficiency: Curve([(0, 0.9), (1, 1.1)])) }
        #expect(throws: EnergyControlError.self) { try Curve([(0, 1), (0, 1)]) }
    }

    @Test func recordsThatCannotBeAreRefused() throws {
        #expect(throws: EnergyControlError.self) { try HomeRecord(name: "a", load: [1, .nan], solar: [0, 0], battery: nil) }
        #expect(throws: EnergyControlError.self) { try HomeRecord(name: "a", load: [1], solar: [0, 0], battery: nil) }
        let home = try HomeRecord(name: "a", load: [1], solar: [0], battery: nil)
        #expect(throws: EnergyControlError.self) { try DistrictRecord(homes: [home], price: [1], emission: [-1], hours: [0], days: [0]) }
        #expect(throws: EnergyControlError.self) { try DistrictRecord(homes: [home], price: [1], emission: [0], hours: [24], days: [0]) }
        #expect(throws: EnergyControlError.self) { try DistrictRecord(homes: [], price: [], emission: [], hours: [], days: []) }
    }
}
