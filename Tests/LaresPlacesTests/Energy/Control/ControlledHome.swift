import Foundation
import LaresControl
import LaresJSON
import LaresPlaces
import LaresStore
import LaresThings
import Synchronization

/// A home with meters, panels and a battery that does what it is told, on a clock that a test moves. Evenings are dear.
final class ControlledHome: EnergyPort {
    /// 2027-01-15T08:00:00Z, a whole hour.
    static let start = 1_800_000_000.0
    static let charge = PropertyAddress("cellar/battery/battery_charge"), setpoint = PropertyAddress("cellar/battery/setpoint")
    static let carCharge = PropertyAddress("garage/car/battery"), charger = PropertyAddress("garage/charger/power")
    static let plugged = PropertyAddress("garage/charger/plugged")

    /// How the battery, or the way to it, is broken.
    enum Fault { case none, silent, unreachable, nonsense }

    struct World {
        var states: [PropertyAddress: PropertyState] = [:]
        var stored = 3.2
        var commands: [(id: String, hour: Int, value: PropertyValue, at: Double)] = []
        var fault = Fault.none
        var meters = [0.0, 0.0, 0.0]
        var carStored = 20.0
    }

    let path = NSTemporaryDirectory() + "/lares-energy-\(UUID().uuidString)"
    let clock = FixedClock(Date(timeIntervalSince1970: start))
    let telemetry = MemoryTelemetry()
    let homeStore: HomeStore
    let store: EnergyControlStore
    let book: OrderBook
    let world = Mutex(World())
    static let design = (capacity: 6.4, power: 5.0)
    /// What its battery holds, in kWh.
    let capacity: Double

    init(capacity: Double = ControlledHome.design.capacity) throws {
        self.capacity = capacity
        let folder = try LaresHome(path: path)
        (homeStore, store) = (try HomeStore(home: folder), try EnergyControlStore(home: folder))
        book = try OrderBook(home: folder, clock: clock)
        let tariff =
            #"{"currency": "EUR", "tariffs": [{"from": "2020-01-01", "kind": "time_of_use", "otherwise": 0.2, "blocks": [{"from": "17:00", "to": "21:00", "price": 0.5}]}]}"#
        try EnergyStore(homeStore).save(try TariffBook(JSON(parsing: Array(tariff.utf8))))
        report(Self.charge, .number(50))
        report(Self.setpoint, .number(0))
        report(Self.carCharge, .number(40))
        report(Self.charger, .number(0))
        report(Self.plugged, .boolean(true))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var now: Double { clock.now.timeIntervalSince1970 }
    var hour: Int { Int(now / 3_600) }

    /// Somebody, or the device, says what a property is.
    func report(_ address: PropertyAddress, _ value: PropertyValue, by cause: Cause = .device) {
        let now = clock.now
        world.withLock { world in
            var state = PropertyState()
            (state.reported, state.reportedAt, state.changedAt, state.cause) = (value, now, now, cause)
            world.states[address] = state
        }
    }

    func set(_ fault: Fault) { world.withLock { $0.fault = fault } }
    var commands: [(id: String, hour: Int, value: PropertyValue, at: Double)] { world.withLock { $0.commands } }

    // MARK: EnergyPort

    func state(of address: PropertyAddress) -> PropertyState? {
        world.withLock { world in
            var state = world.states[address]
            if address == Self.charge, world.fault == .nonsense { state?.reported = .number(817) }
            return state
        }
    }

    func property(_ address: PropertyAddress) -> Property? { things.flatMap(\.properties).first { $0.name == address.property } }

    func availability(of thing: ThingID) -> Availability? {
        world.withLock { $0.fault } == .silent && thing == Self.charge.thing ? .offline : .online
    }

    func carryOut(_ command: ThingCommand, for order: DeviceOrder) async throws -> CommandOutcome {
        guard world.withLock({ $0.fault }) != .unreachable else { throw ThingsError(.noAnswer, "nobody there") }
        let now = now
        for (name, value) in command.values {
            world.withLock { $0.commands.append((order.id, order.hour, value, now)) }
            report(PropertyAddress(command.thing, name), value, by: command.cause)
        }
        return .confirmed
    }

    var things: [Thing] {
        func meter(_ name: String) -> Property {
            Property(name, .number(.any), unit: .kilowattHour, quantity: "energy", accumulation: .totalIncreasing)
        }
        func thing(_ id: String, _ properties: [Property]) -> [Thing] {
            ThingID(id).map { [Thing(id: $0, name: id, category: ThingCategory("sensor"), origin: "test", properties: properties)] } ?? []
        }
        let limits = PropertyKind.NumberRange(least: -5_000, greatest: 5_000, step: 1)
        let charging = PropertyKind.NumberRange(least: 0, greatest: 11_000, step: 1)
        return thing("house/grid", [meter("energy_import"), meter("energy_export")]) + thing("roof/solar", [meter("solar_energy")])
            + thing(
                "cellar/battery",
                [
                    Property("battery_charge", .number(.percent), unit: .percent, quantity: "battery"),
                    Property("setpoint", .number(limits), unit: .watt, isWritable: true),
                ])
            + thing("garage/car", [Property("battery", .number(.percent), unit: .percent, quantity: "battery")])
            + thing(
                "garage/charger",
                [Property("power", .number(charging), unit: .watt, isWritable: true), Property("plugged", .boolean)])
    }

    // MARK: Time

    /// What the home uses and its panels make in an hour, in kWh.
    static func flows(_ hour: Int) -> (load: Double, solar: Double) {
        let time = Double(hour % 24), day = hour / 24
        let load = 0.4 + 2 * exp(-pow(time - 19, 2) / 8) + exp(-pow(time - 7, 2) / 4) + 0.05 * Double(day * 7 % 5)
        return (load, max(0, sin((time - 6) / 12 * .pi)) * (1.2 + 0.3 * Double(day * 5 % 7)))
    }

    /// The meters' past: days before the test begins, without a battery.
    func live(past days: Int) async throws {
        let series = try await declare()
        var readings: [Reading] = []
        for hour in (hour - days * 24)..<hour { readings += count(hour, series) }
        try await telemetry.append(readings)
    }

    /// Hours go by: each is decided, then the battery does what it was told, and the meters count.
    func live(_ hours: Int, under control: EnergyControl, each: (Int) async throws -> Void = { _ in }) async throws {
        let series = try await declare()
        for _ in 0..<hours {
            let hour = hour
            clock.set(to: Date(timeIntervalSince1970: Double(hour) * 3_600 + 30))
            if world.withLock({ $0.fault }) != .silent {
                report(Self.charge, .number(world.withLock { $0.stored } / capacity * 100))
            }
            await control.pass()
            try await each(hour)
            charge()
            try await telemetry.append(count(hour, series))
            clock.set(to: Date(timeIntervalSince1970: Double(hour + 1) * 3_600))
        }
    }

    /// An hour of the battery at its setpoint.
    private func charge() {
        world.withLock { world in
            guard let design = try? BatteryDesign(capacity: capacity, power: Self.design.power) else { return }
            var battery = Battery(design, stored: world.stored)
            battery.charge((world.states[Self.setpoint]?.reported?.number ?? 0) / 1_000)
            world.stored = battery.stored
        }
    }

    private func declare() async throws -> [SeriesID] {
        let names = [("house/grid", "energy_import"), ("house/grid", "energy_export"), ("roof/solar", "solar_energy")]
        return try await telemetry.declare(names.map { SeriesDeclaration(SeriesKey(thing: $0.0, property: $0.1), .meter) })
    }

    private func count(_ hour: Int, _ series: [SeriesID]) -> [Reading] {
        let flows = Self.flows(hour)
        // Before the battery: a home's own meters tell its flows apart, and that is another test's.
        let net = flows.load - flows.solar
        return world.withLock { world in
            world.meters[0] += max(0, net)
            world.meters[1] += max(0, -net)
            world.meters[2] += flows.solar
            let at = LaresThings.Timestamp(milliseconds: Int64(hour) * 3_600_000 + 3_590_000)
            return zip(series, world.meters).map { Reading($0, at: at, .number($1)) }
        }
    }

    func control(forecaster: (@Sendable () -> any EnergyForecaster)? = nil) throws -> EnergyControl {
        let things = things, homeStore = homeStore
        // Means of the same time of day: worse than what is learnt, and quick.
        var means = LearntForecaster.Setting()
        means.leastHours = .max
        let usual: @Sendable () -> any EnergyForecaster = { [means] in LearntForecaster(means) }
        return try EnergyControl(
            port: self, book: book, store: store, telemetry: telemetry, clock: clock, makeForecaster: forecaster ?? usual,
            surroundings: { (Site(zone: .utc), EnergyStore(homeStore), things) })
    }

    static var settings: EnergyControlSettings {
        var settings = EnergyControlSettings()
        settings.isEnabled = true
        settings.battery = ControlledBattery(charge: charge, order: setpoint, capacity: design.capacity, power: design.power)
        return settings
    }

    /// Trust that was earned: two trials of fourteen good days.
    static func trusted(_ stage: Stage = .active) -> EnergyTrust {
        var trust = EnergyTrust()
        while trust.stage < stage { _ = trust.take(TrialDay(ruled: 1, controlled: 0.9)) }
        return trust
    }
}
