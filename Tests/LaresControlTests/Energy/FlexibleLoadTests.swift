import LaresControl
import Testing

@Suite struct CarLoadTests {
    private func plan(_ car: CarLoad, price: [Double]) -> [Double] {
        DayPlan(
            [HomeLoad(car, home: 0)], PlanOutlook(net: [[Double](repeating: 1, count: price.count)], buying: price), PlanAims()
        ).energies[0]
    }

    @Test(arguments: [21, 22, 23, 24, 25, 26, 27, 28] as [UInt64]) func aCarHasWhatItNeedsWhenItLeaves(_ seed: UInt64) throws {
        var random = Seeded(seed)
        let capacity = random.uniform(20...90), power = random.uniform(2...22), steps = Int.random(in: 2...20, using: &random)
        let stored = random.uniform(0...capacity), reach = stored + power * 0.9 * Double(steps - 1)
        let needed = random.uniform(0...min(capacity, reach))
        let car = try CarLoad(capacity: capacity, power: power, stored: stored, needed: needed, leavesIn: steps)
        let energies = plan(car, price: (0..<24).map { _ in random.uniform(0.05...0.5) })
        let charged = stored + 0.9 * energies.reduce(0, +)
        #expect(energies[steps...].allSatisfy { $0 == 0 })
        #expect(energies.allSatisfy { $0 == 0 || (1.4 - 1e-9...power + 1e-9).contains($0) })
        #expect(charged >= needed - 0.9 * 1.4 && charged <= capacity + 1e-6)
        // Below the least power of its charger the rest can't be had exactly: what is short is less than that, and only so.
        #expect(charged >= needed - 1e-6 || needed - stored < 0.9 * 1.4)
    }

    @Test func aCarChargesWhileItIsCheap() throws {
        let car = try CarLoad(capacity: 60, power: 11, stored: 20, needed: 38, leavesIn: 8)
        let energies = plan(car, price: [0.5, 0.5, 0.5, 0.1, 0.1, 0.5, 0.5, 0.5, 0.5])
        #expect(abs(energies[3] + energies[4] - 20) < 1e-6)
        #expect(abs(energies.reduce(0, +) - 20) < 1e-6)
    }

    @Test func aCarThatCannotBeFullChargesAllTheTime() throws {
        let car = try CarLoad(capacity: 60, power: 4, stored: 0, needed: 60, leavesIn: 5)
        #expect(plan(car, price: [0.5, 0.1, 0.5, 0.1, 0.5, 0.1]).prefix(5).allSatisfy { abs($0 - 4) < 1e-9 })
    }

    @Test func aCarThatIsPlannedAnewEveryHourIsFullInTime() throws {
        var random = Seeded(31)
        let price = (0..<40).map { _ in random.uniform(0.05...0.5) }
        var stored = 10.0
        for hour in 0..<12 {
            let car = try CarLoad(capacity: 60, power: 7.4, stored: stored, needed: 45, leavesIn: 12 - hour)
            stored = car.charged(by: plan(car, price: Array(price[hour..<(hour + 24)]))[0])
        }
        #expect(stored >= 45 - 1e-6)
        #expect(stored < 47)
    }

    @Test func carsThatCannotBeAreRefused() {
        #expect(throws: EnergyControlError.self) { try CarLoad(capacity: 60, power: 11, stored: 61, needed: 5, leavesIn: 3) }
        #expect(throws: EnergyControlError.self) { try CarLoad(capacity: 60, power: 1, stored: 1, needed: 5, leavesIn: 3) }
        #expect(throws: EnergyControlError.self) { try CarLoad(capacity: .nan, power: 11, stored: 1, needed: 5, leavesIn: 3) }
        #expect(throws: EnergyControlError.self) { try CarLoad(capacity: 60, power: 11, stored: 1, needed: 5, leavesIn: -1) }
    }
}

@Suite struct HeatPumpTests {
    private let pump: HeatPump

    init() throws { pump = try HeatPump(resistance: 5, warmth: 10, power: 2.5) }

    @Test func roomsGoToWhereHeatAndLossesAreEqual() {
        var inside = 25.0
        for _ in 0..<2_000 { inside = pump.temperature(after: inside, outside: 5, energy: 0) }
        #expect(abs(inside - 5) < 1e-6)
        for _ in 0..<2_000 { inside = pump.temperature(after: inside, outside: 5, energy: 1) }
        #expect(abs(inside - (5 + 5 * pump.performance(outside: 5))) < 1e-6)
    }

    @Test func twoHalfHoursOfTheSameAreAnHour() throws {
        // The exact solution of the equation, by a thousand small steps.
        var inside = 20.0
        let heat = 1.2 * pump.performance(outside: 3) + 0.3
        for _ in 0..<100_000 { inside += ((3 - inside) / 5 + heat) / 10 / 100_000 }
        #expect(abs(inside - pump.temperature(after: 20, outside: 3, energy: 1.2, gains: 0.3)) < 1e-4)
    }

    @Test(arguments: [-15.0, 0, 15, 39.9, 40, 45]) func aHeatPumpGivesMoreHeatThanItTakes(_ outside: Double) {
        #expect((1...20).contains(pump.performance(outside: outside)))
    }

    /// Two days, planned anew every hour; what it cost, and the worst that people felt.
    private func run(_ price: (Int) -> Double, outside: (Int) -> Double) throws -> (cost: Double, coldest: Double, warmest: Double) {
        var (inside, cost, coldest, warmest) = (21.0, 0.0, 99.0, -99.0)
        for hour in 0..<48 {
            let hours = hour..<(hour + 24)
            let load = try HeatPumpLoad(
                pump, inside: inside, outside: hours.map(outside), bands: hours.map { _ in 20...22.5 }, worth: 0.2 / 3)
            let plan = DayPlan(
                [HomeLoad(load, home: 0)], PlanOutlook(net: [[Double](repeating: 0, count: 24)], buying: hours.map(price)), PlanAims())
            let energy = plan.energies[0][0]
            inside = pump.temperature(after: inside, outside: outside(hour), energy: energy)
            cost += energy * price(hour)
            (coldest, warmest) = (min(coldest, inside), max(warmest, inside))
        }
        return (cost, coldest, warmest)
    }

    /// The same by a thermostat that holds 21 °C.
    private func thermostat(_ price: (Int) -> Double, outside: (Int) -> Double) -> Double {
        var (inside, cost) = (21.0, 0.0)
        for hour in 0..<48 {
            let energies = pump.energies(33)
            let energy =
                energies.min { one, other in
                    abs(pump.temperature(after: inside, outside: outside(hour), energy: one) - 21)
                        < abs(pump.temperature(after: inside, outside: outside(hour), energy: other) - 21)
                } ?? 0
            inside = pump.temperature(after: inside, outside: outside(hour), energy: energy)
            cost += energy * price(hour)
        }
        return cost
    }

    @Test func roomsStayComfortableAndCostLessThanByAThermostat() throws {
        let price = { (hour: Int) in (16...20).contains(hour % 24) ? 0.5 : 0.2 }, outside = { (hour: Int) in hour % 24 < 8 ? -2.0 : 4.0 }
        let planned = try run(price, outside: outside)
        #expect(planned.coldest > 20 - 0.15 && planned.warmest < 22.5 + 0.15)
        #expect(planned.cost < 0.9 * thermostat(price, outside: outside))
    }

    @Test func aHeatPumpAndABatteryAreOnePlan() throws {
        let design = try BatteryDesign(capacity: 6.4, power: 5)
        let heat = try HeatPumpLoad(pump, inside: 20.2, outside: [0, 0, 0, 0, 0, 0], bands: Array(repeating: 20...22, count: 6))
        let loads = [HomeLoad(BatteryLoad(Battery(design), try BatteryTable(design)), home: 0), HomeLoad(heat, home: 0)]
        var aims = PlanAims()
        let outlook = PlanOutlook(net: [[0.5, 0.5, 0.5, 0.5, 0.5, 0.5]], buying: [0.1, 0.1, 0.1, 0.5, 0.5, 0.5])
        func cost(_ plan: DayPlan) -> Double {
            (0..<6).reduce(0) { sum, step in
                sum + outlook.buying[step] * max(0, 0.5 + plan.energies.reduce(0) { $0 + $1[step] })
            }
        }
        aims.sweeps = 3
        let both = DayPlan(loads, outlook, aims)
        #expect(cost(both) < 0.8 * cost(DayPlan([loads[1]], outlook, aims)))
    }

    @Test func whatCannotBeIsRefused() {
        #expect(throws: EnergyControlError.self) { try HeatPump(resistance: 0, warmth: 1, power: 1) }
        #expect(throws: EnergyControlError.self) { try HeatPump(resistance: 5, warmth: .infinity, power: 1) }
        #expect(throws: EnergyControlError.self) { try HeatPumpLoad(pump, inside: .nan, outside: [1], bands: [20...22]) }
        #expect(throws: EnergyControlError.self) { try HeatPumpLoad(pump, inside: 20, outside: [1, 2], bands: [20...22]) }
        #expect(throws: EnergyControlError.self) { try HeatPumpLoad(pump, inside: 20, outside: [], bands: []) }
    }
}
