import LaresJSON
import LaresPlaces
import LaresStore
import LaresThings
import Testing

@Suite struct EnergyMeterTests {
    private func thing(_ id: String, _ properties: [Property]) throws -> Thing {
        Thing(id: try #require(ThingID(id)), name: id, category: ThingCategory("sensor"), origin: "test", properties: properties)
    }

    private func energy(_ name: String = "energy", _ unit: Unit = .kilowattHour) -> Property {
        Property(name, .number(.any), unit: unit, quantity: "energy", accumulation: .totalIncreasing)
    }

    private var power: Property { Property("power", .number(.any), unit: .watt, quantity: "power", accumulation: .measurement) }

    @Test(arguments: [
        ("house/grid", "energy_import", EnergyRole.gridImport), ("house/meter", "returned_energy", .gridExport),
        ("roof/solar_inverter", "energy", .solar), ("cellar/battery", "energy_charged", .batteryIn),
        ("cellar/battery", "energy_discharged", .batteryOut), ("kitchen/fridge", "energy", .device), ("garage/charger", "energy", .device),
    ])
    func whatAMeterCountsIsGuessedByItsName(id: String, name: String, expected: EnergyRole) throws {
        let meter = try #require(EnergyMeters().meters(of: [thing(id, [energy(name)])]).first)
        #expect((meter.role, meter.scale, meter.isGuess) == (expected, 1, true))
    }

    @Test(arguments: [
        ("购电量", EnergyRole.gridImport), ("售电量", .gridExport), ("光伏电量", .solar), ("电池充电量", .batteryIn), ("电池放电量", .batteryOut),
        ("用电量", .device),
    ])
    func namesAreReadInChineseToo(label: String, expected: EnergyRole) throws {
        let property = Property(
            "dian_liang", .number(.any), label: label, unit: .kilowattHour, quantity: "energy", accumulation: .totalIncreasing)
        #expect(try EnergyMeters().meters(of: [thing("hall/dian_biao", [property])]).map(\.role) == [expected])
    }

    @Test func ofAThingThatCountsItsPowerIsNotAddedUp() throws {
        let meters = try EnergyMeters().meters(of: [thing("kitchen/plug", [power, energy("energy", .wattHour), energy("energy_today")])])
        #expect(
            meters.map { "\($0.address) \($0.role) \($0.scale)" } == [
                "kitchen/plug/energy device 0.001", "kitchen/plug/energy_today uncounted 1.0", "kitchen/plug/power uncounted 0.001",
            ])
    }

    @Test func powerCountsWhereNothingElseDoes() throws {
        let meters = try EnergyMeters().meters(of: [
            thing("kitchen/plug", [power, Property("battery", .number(.percent), unit: .percent, quantity: "battery")])
        ])
        #expect(meters.map(\.role) == [.device])
        #expect(meters.first?.scale == 0.001)
    }

    private func signed(_ name: String) -> Property {
        Property(name, .number(.any), unit: .watt, quantity: "power", accumulation: .measurement)
    }

    @Test(arguments: [
        ("house/meter", "grid_power", EnergyRole.grid), ("house/grid", "power", .grid), ("cellar/battery", "power", .battery),
        ("roof/inverter", "battery_power", .battery), ("roof/inverter", "pv_power", .solar), ("hall/grid_meter", "house_power", .uncounted),
        ("kitchen/battery_charger", "power", .device), ("house/meter", "import_power", .gridImport),
    ])
    func powerWithoutADirectionGoesByItsSign(id: String, name: String, expected: EnergyRole) throws {
        let meter = try #require(EnergyMeters().meters(of: [thing(id, [signed(name)])]).first)
        #expect((meter.role, meter.scale) == (expected, 0.001))
    }

    @Test func powerBySignCountsBesideMetersOfSomethingElseOnly() throws {
        let inverter = try thing("roof/inverter", [energy(), signed("battery_power"), signed("power")])
        #expect(
            EnergyMeters().meters(of: [inverter]).map { "\($0.address.property) \($0.role)" } == [
                "battery_power battery", "energy solar", "power uncounted",
            ])
        let store = try thing("cellar/store", [energy("battery_charged"), energy("battery_discharged")])
        let roles = EnergyMeters().meters(of: [inverter, store]).filter { $0.address.property == "battery_power" }.map(\.role)
        #expect(roles == [.uncounted])
    }

    @Test func whereEnergyComesFromIsKnown() throws {
        let roof = try thing("roof/inverter", [energy(), signed("power")]), plug = try thing("bath/washer", [energy(), signed("power")])
        var meters = EnergyMeters()
        #expect([roof, plug].map(meters.isSource) == [true, false])
        meters.roles = [PropertyAddress(roof.id, "energy"): .device, PropertyAddress(plug.id, "power"): .uncounted]
        #expect([roof, plug].map(meters.isSource) == [false, false])
        meters.roles = [PropertyAddress(plug.id, "energy"): .gridImport]
        #expect([roof, plug].map(meters.isSource) == [true, true])
    }

    @Test func signsMayBeTheOtherWayRound() throws {
        let text = #"{"meters": [{"property": "house/meter/power", "role": "grid", "inverted": true}]}"#
        let said = try EnergyMeters(JSON(parsing: Array(text.utf8)))
        #expect(try said.json == JSON(parsing: Array(text.utf8)))
        let meter = try #require(said.meters(of: [thing("house/meter", [power])]).first)
        #expect((meter.role, meter.scale) == (.grid, -0.001))
    }

    @Test func whatPeopleSayCounts() throws {
        let json = try JSON(parsing: Array(#"{"meters": [{"property": "kitchen/plug/energy", "role": "solar"}]}"#.utf8))
        let said = try EnergyMeters(json)
        #expect(said.json == json)
        let meter = try #require(said.meters(of: [thing("kitchen/plug", [energy()])]).first)
        #expect((meter.role, meter.isGuess) == (.solar, false))
    }

    @Test(arguments: [
        #"{"meters": [{"property": "plug", "role": "solar"}]}"#, #"{"meters": [{"property": "a/b/c", "role": "sun"}]}"#,
        #"{"meters": [{"property": "a/b/c", "role": "solar"}, {"property": "a/b/c", "role": "none"}]}"#, #"{"meters": [], "x": 1}"#,
        #"{"meters": [{"property": "a/b/c", "role": "solar", "inverted": true}]}"#,
    ])
    func whatCannotBeSaidIsRefused(text: String) {
        #expect { try EnergyMeters(JSON(parsing: Array(text.utf8))) } throws: { ($0 as? EnergyError)?.code == .badMeters }
    }

    @Test func allIsKept() async throws {
        try await withFolder { path in
            let store = EnergyStore(try HomeStore(home: LaresHome(path: path)))
            #expect(try store.tariffs() == nil)
            let book = try TariffBook(["currency": "EUR", "tariffs": [["from": "2026-01-01", "price": 0.3]]])
            try store.save(book)
            try store.add(HourlyPrices(["prices": [["from": "2026-01-01T00:00:00Z", "price": [1]]]]))
            try store.add(HourlyPrices(["prices": [["from": "2026-01-01T01:00:00Z", "price": [2]]]]))
            try store.save(EnergyMeters(["meters": [["property": "a/b/c", "role": "none"]]]))
            let again = EnergyStore(try HomeStore(home: LaresHome(path: path)))
            #expect(try again.tariffs() == book)
            #expect(try again.prices().count == 2)
            #expect(try again.meters().roles.count == 1)
        }
    }
}
