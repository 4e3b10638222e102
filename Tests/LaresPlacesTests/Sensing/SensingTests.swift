import Foundation
import LaresPlaces
import LaresStore
import LaresThings
import Synchronization
import Testing

/// A home on a disk, with what it publishes coming back as from a broker.
private struct SensedHome {
    let path = NSTemporaryDirectory() + "/lares-senses-\(UUID().uuidString)"
    let clock = FixedClock(Date(timeIntervalSince1970: 1_800_000_000))
    let store: HomeStore
    let home: Home
    let broker = Broker()

    /// Keeps what is published; refuses it while it is away.
    final class Broker: Sendable {
        let messages = Mutex<[MQTTMessage]>([])
        let isAway = Mutex(false)
    }

    init() throws {
        store = try HomeStore(home: try LaresHome(path: path))
        home = try Home(store: store, recorder: nil, readers: [HomeAssistantDiscovery()], clock: clock)
        home.hear(["end"])
    }

    func delete() { try? FileManager.default.removeItem(atPath: path) }

    func sensing(_ limits: SenseLimits = SenseLimits(), telemetry: (any TelemetryStore)? = nil) throws -> Sensing {
        try Sensing(home: home, store: SenseStore(store), telemetry: telemetry, limits: limits, clock: clock) { [home, broker] message in
            if broker.isAway.withLock(\.self) { throw ThingsError(.broker, "away") }
            broker.messages.withLock { $0.append(message) }
            try home.receive([message])
        }
    }

    /// Has messages come, and the sensing told of all that follows from them.
    func receive(_ messages: [MQTTMessage], _ sensing: Sensing) async throws {
        let events = home.events()
        try home.receive(messages)
        await sensing.tick()
        try home.receive([MQTTMessage("end", "")])
        for await event in events {
            if case .heard = event { break }
            await sensing.take(event)
        }
        await sensing.tick()
    }

    func announce(_ component: String, _ id: String, _ rest: String, room: String = "Hall") -> MQTTMessage {
        MQTTMessage(
            "homeassistant/\(component)/\(id)/config",
            #"{"name":null,"uniq_id":"\#(id)","stat_t":"\#(id)","dev":{"ids":"\#(id)","name":"\#(id)","sa":"\#(room)"},\#(rest)}"#,
            isRetained: true)
    }

    func value(_ address: PropertyAddress) -> PropertyValue? { home.state(of: address)?.reported }
}

@Suite struct SensingTests {
    @Test func whatIsFoundAppearsAsAThingInItsRoom() async throws {
        let place = try SensedHome()
        defer { place.delete() }
        let sensing = try place.sensing()
        await sensing.begin()
        try await place.receive([place.announce("binary_sensor", "motion", #""dev_cla":"motion""#), MQTTMessage("motion", "ON")], sensing)
        #expect(place.value("hall/senses/occupancy") == true && place.value("hall/senses/probability") == 95)
        #expect(place.value("hall/senses/because") == "hall/motion/motion")
        let view = try #require(place.home.thing(ThingID("hall/senses")!))
        #expect(view.thing.area == AreaID("hall") && view.availability == .online && view.thing.origin == "lares-senses-area-hall")
        #expect(view.thing.property("occupancy")?.quantity == "occupancy")
    }

    @Test func itTakesNothingFromItsOwnThings() async throws {
        let place = try SensedHome()
        defer { place.delete() }
        let sensing = try place.sensing()
        await sensing.begin()
        try await place.receive([place.announce("binary_sensor", "motion", #""dev_cla":"motion""#), MQTTMessage("motion", "ON")], sensing)
        let count = place.broker.messages.withLock(\.count)
        // Everything that was published is told again, as after a restart.
        for view in place.home.things() { await sensing.take(.described(view.thing.id)) }
        try await place.receive([MQTTMessage("motion", "ON")], sensing)
        #expect(place.broker.messages.withLock(\.count) == count)
        #expect(await sensing.occupancy(of: AreaID("hall")!)?.evidence.map(\.address) == ["hall/motion/motion"])
    }

    @Test func theAirOfARoomIsAnnounced() async throws {
        let place = try SensedHome()
        defer { place.delete() }
        let sensing = try place.sensing()
        await sensing.begin()
        try await place.receive(
            [
                place.announce("sensor", "warmth", #""dev_cla":"temperature","unit_of_meas":"°C""#),
                place.announce("sensor", "damp", #""dev_cla":"humidity","unit_of_meas":"%""#), MQTTMessage("warmth", "21.1"),
                MQTTMessage("damp", "48"),
            ], sensing)
        place.clock.advance(by: 61)
        try await place.receive([], sensing)
        #expect(place.value("hall/senses/comfort") == "comfortable" && place.value("hall/senses/mould") == "none")
        #expect(place.value("hall/senses/dew_point") == 9.5)
        try await place.receive([MQTTMessage("homeassistant/sensor/damp/config", "", isRetained: true)], sensing)
        place.clock.advance(by: 61)
        try await place.receive([], sensing)
        #expect(place.home.state(of: "hall/senses/dew_point")?.reported == nil && place.value("hall/senses/comfort") == "comfortable")
    }

    @Test func anApplianceIsAnnouncedAndDoneOnce() async throws {
        let place = try SensedHome()
        defer { place.delete() }
        let sensing = try place.sensing(SenseLimits(appliances: ["hall/washer/power": ApplianceLimits(running: 10)!]))
        await sensing.begin()
        try await place.receive(
            [place.announce("sensor", "washer", #""dev_cla":"power","unit_of_meas":"W""#), MQTTMessage("washer", "500")], sensing)
        for minute in 0..<30 {
            place.clock.advance(by: 60)
            try await place.receive([MQTTMessage("washer", minute < 10 ? "500" : "1")], sensing)
        }
        #expect(place.value("hall/washer_cycle/state") == "finished" && place.value("hall/washer_cycle/last_duration") == 660)
        let done = place.broker.messages.withLock { $0.filter { $0.topic.hasSuffix("/done") } }
        #expect(done.count == 1 && done[0].isRetained == false)
        #expect(place.value("hall/washer_cycle/done") == "done")
    }

    @Test func faultsAndWhatWasLearnedOutliveARestart() async throws {
        let place = try SensedHome()
        defer { place.delete() }
        let before = try place.sensing()
        await before.begin()
        let findings = await before.findings()
        try await place.receive(
            [place.announce("sensor", "damp", #""dev_cla":"humidity","unit_of_meas":"%""#), MQTTMessage("damp", "120")], before)
        var told = findings.makeAsyncIterator()
        guard case .raised(let fault)? = await told.next() else { return #expect(Bool(false), "no fault was told") }
        let after = try place.sensing()
        await after.begin()
        #expect(await after.faults() == [fault] && fault.reason == .outOfRange)
    }

    @Test func whatCouldNotBePublishedIsPublishedLater() async throws {
        let place = try SensedHome()
        defer { place.delete() }
        let sensing = try place.sensing()
        await sensing.begin()
        place.broker.isAway.withLock { $0 = true }
        try await place.receive([place.announce("binary_sensor", "motion", #""dev_cla":"motion""#), MQTTMessage("motion", "ON")], sensing)
        #expect(place.home.things().count == 1)
        place.broker.isAway.withLock { $0 = false }
        try await place.receive([], sensing)
        #expect(place.value("hall/senses/occupancy") == true)
    }

    @Test(arguments: [false, true]) func theSensesOfARoomGoWithItsLastSensor(_ isRestarted: Bool) async throws {
        let place = try SensedHome()
        defer { place.delete() }
        var sensing = try place.sensing()
        await sensing.begin()
        let gone = MQTTMessage("homeassistant/binary_sensor/motion/config", "", isRetained: true)
        try await place.receive([place.announce("binary_sensor", "motion", #""dev_cla":"motion""#), MQTTMessage("motion", "ON")], sensing)
        #expect(place.home.things().count == 2)
        if isRestarted {
            try place.home.receive([gone])
            sensing = try place.sensing()
            await sensing.begin()
            try await place.receive([], sensing)
        } else {
            try await place.receive([gone], sensing)
        }
        #expect(place.home.things().isEmpty)
    }

    /// A room with a lamp, whose air one sensor measures, which says whether it is there.
    private func airing(_ place: SensedHome, _ sensing: Sensing) async throws {
        await sensing.begin()
        try await place.receive(
            [
                place.announce("light", "lamp", #""cmd_t":"lamp/set""#), MQTTMessage("lamp", "OFF"),
                place.announce("sensor", "carbon", #""dev_cla":"carbon_dioxide","unit_of_meas":"ppm","avty_t":"there""#),
                MQTTMessage("there", "online"), MQTTMessage("carbon", "1400"),
            ], sensing)
        place.clock.advance(by: 61)
        try await place.receive([], sensing)
        #expect(place.value("hall/senses/air") == "stuffy")
    }

    @Test func airIsUnknownWhileItsSensorsAreAway() async throws {
        let place = try SensedHome()
        defer { place.delete() }
        let sensing = try place.sensing()
        try await airing(place, sensing)
        try await place.receive([MQTTMessage("there", "offline")], sensing)
        place.clock.advance(by: 61)
        try await place.receive([], sensing)
        #expect(place.home.property("hall/senses/air") != nil && place.value("hall/senses/air") == nil)
        #expect(place.value("hall/senses/comfort") == nil)
        try await place.receive([MQTTMessage("there", "online")], sensing)
        place.clock.advance(by: 61)
        try await place.receive([], sensing)
        #expect(place.value("hall/senses/air") == "stuffy")
    }

    @Test(arguments: [false, true]) func airThatNobodyMeasuresIsTakenBack(_ isRestarted: Bool) async throws {
        let place = try SensedHome()
        defer { place.delete() }
        var sensing = try place.sensing()
        try await airing(place, sensing)
        let gone = MQTTMessage("homeassistant/sensor/carbon/config", "", isRetained: true)
        if isRestarted {
            try place.home.receive([gone])
            sensing = try place.sensing()
            await sensing.begin()
        } else {
            try await place.receive([gone], sensing)
            place.clock.advance(by: 61)
        }
        try await place.receive([], sensing)
        #expect(place.home.things().map(\.thing.id.description) == ["hall/lamp"])
    }

    @Test func airIsTakenBackAndPeopleStay() async throws {
        let place = try SensedHome()
        defer { place.delete() }
        let sensing = try place.sensing()
        try await airing(place, sensing)
        try await place.receive([place.announce("binary_sensor", "motion", #""dev_cla":"motion""#), MQTTMessage("motion", "ON")], sensing)
        try await place.receive([MQTTMessage("homeassistant/sensor/carbon/config", "", isRetained: true)], sensing)
        place.clock.advance(by: 61)
        try await place.receive([], sensing)
        #expect(place.value("hall/senses/occupancy") == true)
        #expect(place.home.property("hall/senses/air") == nil && place.home.property("hall/senses/comfort") == nil)
    }

    @Test func whatWasTakenForAnApplianceAndIsAMeterGoes() async throws {
        let place = try SensedHome()
        defer { place.delete() }
        let cycle =
            #"{"device":{"identifiers":["lares-senses-appliance-hall/grid_meter/power"],"name":"Grid meter cycle","suggested_area":"Hall"},"origin":{"name":"Lares"},"components":{"state":{"platform":"sensor","unique_id":"c","state_topic":"lares/senses/appliances/hall/grid_meter/power/state"}}}"#
        let topic = "homeassistant/device/lares-senses-appliance-hall--grid_meter--power/config"
        try place.home.receive([
            place.announce("sensor", "grid_meter", #""dev_cla":"power","unit_of_meas":"W""#), MQTTMessage(topic, cycle, isRetained: true),
        ])
        #expect(place.home.things().count == 2)
        let sensing = try place.sensing()
        await sensing.begin()
        try await place.receive([], sensing)
        #expect(place.home.things().map(\.thing.id.description) == ["hall/grid_meter"])
    }

    @Test(arguments: [false, true]) func sensorsLearnFromTheirHistories(hasPulses: Bool) async throws {
        let place = try SensedHome()
        defer { place.delete() }
        let telemetry = MemoryTelemetry()
        let washer: PropertyAddress = "hall/washer/power"
        let series = try await telemetry.declare([SeriesDeclaration(SeriesKey(washer), .power)])[0]
        let start = LaresThings.Timestamp(place.clock.now - 10 * 86_400)
        let readings = (0..<200).map { hour -> Reading in
            let power: Double = hour % 12 == 0 ? 900 + Double(hour) : 1 + Double(hour % 2) / 10
            return Reading(series, at: LaresThings.Timestamp(milliseconds: start.milliseconds + Int64(hour) * 3_600_000), .number(power))
        }
        try await telemetry.append(readings)
        if hasPulses {
            let hours = readings.flatMap { reading in
                (1..<12).map {
                    Reading(series, at: LaresThings.Timestamp(milliseconds: reading.time.milliseconds + $0 * 300_000 + 1), reading.value)
                }
            }
            try await telemetry.append(hours)
        }
        let sensing = try place.sensing(telemetry: telemetry)
        await sensing.begin()
        try await place.receive(
            [place.announce("sensor", "washer", #""dev_cla":"power","unit_of_meas":"W""#), MQTTMessage("washer", "1")], sensing)
        #expect(await sensing.appliance(at: washer) == nil)
        try await sensing.learn()
        try await place.receive([], sensing)
        #expect(await sensing.appliance(at: washer)?.state == .standby)
    }
}
