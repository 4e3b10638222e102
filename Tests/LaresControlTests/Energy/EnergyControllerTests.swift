import LaresControl
import LaresForecast
import Testing

@Suite struct EnergyControllerTests {
    private var setting: EnergyController.Setting {
        var setting = EnergyController.Setting()
        setting.aims.isShared = true
        return setting
    }

    private func orders(_ record: DistrictRecord) throws -> [[Double]] {
        let controller = try EnergyController(
            batteries: record.homes.map(\.battery), forecaster: LearntForecaster(), setting: setting)
        return DistrictRun.controlled(record, by: controller).decisions.map { $0.orders.map(\.energy) }
    }

    @Test func whatComesLaterChangesNothingThatIsDecidedBefore() throws {
        let (days, turn) = (30, 26 * 24)
        let (one, other) = (try MadeDistrict.record(homes: 2, days: days, seed: 7), try MadeDistrict.record(homes: 2, days: days, seed: 8))
        // The same past, another future: use, sun and emissions from `turn` on are those of other homes.
        let mixed = try DistrictRecord(
            homes: zip(one.homes, other.homes).map {
                try HomeRecord(
                    name: $0.name, load: Array($0.load.prefix(turn)) + $1.load.dropFirst(turn),
                    solar: Array($0.solar.prefix(turn)) + $1.solar.dropFirst(turn), battery: $0.battery)
            }, price: one.price, emission: Array(one.emission.prefix(turn)) + other.emission.dropFirst(turn).map { $0 * 1.7 },
            hours: one.hours,
            days: one.days)
        let (first, second) = (try orders(one), try orders(mixed))
        // Orders are decided after an hour: those after hour `turn - 1` know nothing of `turn`.
        #expect(first[..<turn] == second[..<turn])
        #expect(first[turn...] != second[turn...])
    }

    @Test func whatIsLearntIsCheaperThanTheRule() throws {
        let record = try MadeDistrict.record(homes: 3, days: 42, seed: 3)
        let controller = try EnergyController(batteries: record.homes.map(\.battery), forecaster: LearntForecaster(), setting: setting)
        let (run, decisions) = DistrictRun.controlled(record, by: controller)
        #expect(run.score.price < DistrictRun.ruled(record, by: .usual).score.price)
        #expect(decisions.allSatisfy { $0.orders.allSatisfy { $0.reason == .plan } })
    }

    @Test(arguments: [
        (Double.nan, ForecastFault.notFinite), (.infinity, .notFinite), (-1, .negative), (1e30, .absurd), (101, .absurd),
    ]) func anAbsurdForecastLeadsToTheRule(_ value: Double, _ fault: ForecastFault) throws {
        let record = try MadeDistrict.record(homes: 2, days: 3, seed: 1)
        let fine = [Double](repeating: 1, count: 30)
        let told = ToldForecaster(
            forecast: EnergyForecast(load: [fine, Array(fine.dropLast()) + [value]], solar: [fine, fine], emission: fine))
        let controller = try EnergyController(batteries: record.homes.map(\.battery), forecaster: told, setting: setting)
        var run = DistrictRun(record), deciding = controller
        for hour in 0..<30 {
            let decision = deciding.decide(after: record.seen(hour), ahead: record.ahead(from: hour + 1, 30), batteries: run.readings)
            #expect(decision.expected == nil)
            for (order, battery) in zip(decision.orders, run.batteries) {
                #expect(order.reason == .rule(fault))
                #expect(order.energy == TimeOfUseRule.usual.request(after: record.hours[hour], capacity: battery?.capacity ?? 0))
            }
            run.go(decision.orders.map(\.energy))
        }
    }

    @Test func aMissingOrShortForecastLeadsToTheRule() throws {
        let record = try MadeDistrict.record(homes: 1, days: 3, seed: 1)
        let short = EnergyForecast(load: [[1]], solar: [[0]], emission: [0.1])
        for forecast in [nil, short] {
            var controller = try EnergyController(
                batteries: record.homes.map(\.battery), forecaster: ToldForecaster(forecast: forecast), setting: setting)
            let decision = controller.decide(
                after: record.seen(0), ahead: record.ahead(from: 1, 30), batteries: DistrictRun(record).readings)
            #expect(decision.orders[0].reason == .rule(.missing))
        }
    }

    @Test func aMeterThatSaysNonsenseIsNotLearntFrom() throws {
        let record = try MadeDistrict.record(homes: 1, days: 30, seed: 5)
        var controller = try EnergyController(batteries: record.homes.map(\.battery), forecaster: LearntForecaster(), setting: setting)
        var (run, odd) = (DistrictRun(record), [Double.nan, -5, 1e30, .infinity].makeIterator())
        while run.goesOn {
            var hour = record.seen(run.hour)
            if run.hour % 97 == 50, let value = odd.next() {
                hour = SeenHour(load: [value], solar: [value], emission: value, known: hour.known)
            }
            let decision = controller.decide(after: hour, ahead: record.ahead(from: run.hour + 1, 30), batteries: run.readings)
            #expect(decision.orders[0].energy.isFinite && abs(decision.orders[0].energy) <= 5 * (1 + 1e-9))
            run.go(decision.orders.map(\.energy))
        }
    }

    @Test func aBatteryThatSaysNonsenseIsHeldIdleUntilItIsSaneAgain() throws {
        let record = try MadeDistrict.record(homes: 1, days: 4, seed: 2)
        var controller = try EnergyController(
            batteries: record.homes.map(\.battery), forecaster: KnowingForecaster(record), setting: setting)
        func decide(_ hour: Int, _ reading: BatteryReading?) -> BatteryOrder {
            controller.decide(after: record.seen(hour), ahead: record.ahead(from: hour + 1, 30), batteries: [reading]).orders[0]
        }
        let sane = BatteryReading(share: 0.4)
        #expect(decide(0, sane).reason == .plan)
        for (hour, (reading, fault)) in [
            (nil, BatteryFault.silent), (BatteryReading(share: .nan), .notFinite), (BatteryReading(share: 1.2), .outOfRange),
            (BatteryReading(share: -0.3), .outOfRange), (BatteryReading(share: 0.4, capacity: 1e9), .outOfRange),
        ].enumerated() {
            let order = decide(hour + 1, reading)
            #expect(order.energy == 0 && order.reason == .idle(fault))
        }
        #expect(decide(6, sane).reason == .idle(.recovering))
        #expect(decide(7, sane).reason == .idle(.recovering))
        #expect(decide(8, sane).reason == .plan)
    }

    @Test func aChargeThatJumpsIsNotBelieved() throws {
        var watch = BatteryWatch(try BatteryDesign(capacity: 20, power: 5))
        #expect(throws: Never.self) { try watch.take(BatteryReading(share: 0.2)).get() }
        #expect(throws: Never.self) { try watch.take(BatteryReading(share: 0.45)).get() }
        #expect(throws: BatteryFault.jumped) { try watch.take(BatteryReading(share: 0.95)).get() }
        #expect(throws: BatteryFault.recovering) { try watch.take(BatteryReading(share: 0.95)).get() }
    }

    @Test func homesWithoutBatteriesAreLeftAlone() throws {
        let record = try MadeDistrict.record(homes: 2, days: 3, seed: 2)
        var controller = try EnergyController(
            batteries: [nil, record.homes[1].battery], forecaster: KnowingForecaster(record), setting: setting)
        let orders = controller.decide(
            after: record.seen(0), ahead: record.ahead(from: 1, 30), batteries: [nil, BatteryReading(share: 0.5)]
        ).orders
        #expect(orders[0] == BatteryOrder(energy: 0, reason: .none))
        #expect(orders[1].reason == .plan)
    }
}

@Suite struct ControlledLoadTests {
    /// A home with a battery, a car that comes at 18 and needs 15 kWh by 7, and rooms to be kept warm; what a week costs, and what people felt.
    private func week(_ forecaster: some EnergyForecaster, isPlanned: Bool) throws -> (cost: Double, short: Double, coldest: Double) {
        let record = try MadeDistrict.record(homes: 1, days: 9, seed: 4), pump = try HeatPump(resistance: 6, warmth: 8, power: 2)
        var controller = try EnergyController(batteries: record.homes.map(\.battery), forecaster: forecaster)
        var run = DistrictRun(record)
        var (cost, short, coldest, inside, charged) = (0.0, 0.0, 99.0, 21.0, 0.0)
        while run.hour < 7 * 24 {
            let next = run.hour + 1, ahead = record.ahead(from: next, 30), hour = next % 24
            if hour == 18 { charged = 0 }
            let stay = hour >= 18 ? 31 - hour : hour < 7 ? 7 - hour : 0
            let car = try CarLoad(capacity: 60, power: 7.4, stored: 20 + charged, needed: stay > 0 ? 35 : 0, leavesIn: stay)
            let heat = try HeatPumpLoad(
                pump, inside: inside, outside: ahead.map { _ in 3 }, bands: ahead.map { _ in 20...22.5 }, worth: 0.06)
            let decision = controller.decide(
                after: record.seen(run.hour), ahead: ahead, batteries: run.readings,
                loads: [HomeLoad(car, home: 0), HomeLoad(heat, home: 0)])
            // Without a plan the car charges at once, and a thermostat holds 21 °C.
            let loads =
                isPlanned
                ? decision.loads
                : [
                    stay > 0 ? min(7.4, max(0, 15 - charged) / 0.9) : 0,
                    pump.energies(33).min {
                        abs(pump.temperature(after: inside, outside: 3, energy: $0) - 21)
                            < abs(pump.temperature(after: inside, outside: 3, energy: $1) - 21)
                    } ?? 0,
                ]
            run.go(decision.orders.map(\.energy))
            charged += 0.9 * loads[0]
            inside = pump.temperature(after: inside, outside: 3, energy: loads[1])
            if hour == 6 { short = max(short, run.hour > 24 ? 15 - charged : 0) }
            coldest = min(coldest, inside)
            cost += record.price[next] * max(0, record.net(next) + run.used[0][next] + loads[0] + loads[1])
        }
        return (cost, short, coldest)
    }

    @Test func aCarABatteryAndAHeatPumpArePlannedTogether() throws {
        let record = try MadeDistrict.record(homes: 1, days: 9, seed: 4)
        let planned = try week(KnowingForecaster(record), isPlanned: true)
        #expect(planned.short < 1e-6 && planned.coldest > 19.9)
        #expect(try planned.cost < 0.85 * week(KnowingForecaster(record), isPlanned: false).cost)
    }

    @Test func withoutAForecastLoadsStillKnowTheTariff() throws {
        let planned = try week(ToldForecaster(forecast: nil), isPlanned: true)
        #expect(planned.short < 1e-6 && planned.coldest > 19.9)
        #expect(try planned.cost < week(ToldForecaster(forecast: nil), isPlanned: false).cost)
    }
}
