import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

/// The devices of the virtual home, as Lares hears them.
@Suite struct DemoDevicesTests {
    static let components = [
        "light", "switch", "climate", "lock", "cover", "fan", "sensor", "binary_sensor", "number", "select", "button", "text", "event",
        "valve", "humidifier", "water_heater", "vacuum", "alarm_control_panel", "siren", "device_tracker", "update", "scene",
        "device_automation",
    ]

    @Test(arguments: [DemoLanguage.english, .chinese]) func whereItsEnergyComesFromIsKnown(language: DemoLanguage) throws {
        let things = try Rehearsed(language).model.things
        let meters = EnergyMeters().meters(of: things).filter { ![.device, .uncounted].contains($0.role) }
        let roles = Set(meters.map(\.role))
        #expect(roles == [.solar, .gridImport, .gridExport, .battery] && meters.count == 4)
        #expect(things.filter(EnergyMeters().isSource).count == 2)
    }

    /// A home as Lares knows it, with the devices that it is about.
    struct Rehearsed {
        var model = HomeModel()
        var home: VirtualHome
        var reporter: DemoReporter
        var refusals: [String] = []
        var components: [String: Int] = [:]

        init(_ language: DemoLanguage = .english) throws {
            home = try VirtualHomeTests.home()
            reporter = DemoReporter(DemoDevices(language: language).all)
            var readers: [any DiscoveryReader] = [HomeAssistantDiscovery(), TasmotaDiscovery()]
            for device in reporter.devices {
                for message in device.announcements {
                    for place in readers.indices { for said in readers[place].read(message) { try take(said) } }
                }
                try hear(device.presenceMessage(true))
            }
            for place in reporter.devices.indices { try hear(reporter.answer(of: place, home)) }
        }

        private mutating func take(_ said: Announcement) throws {
            switch said {
            case .part(let part):
                components["\(part.component)", default: 0] += 1
                try model.install(part, at: home.date)
            case .gone(let key): refusals.append("gone: \(key)")
            case .refused(let topic, let reason): refusals.append("\(topic): \(reason)")
            }
        }

        mutating func hear(_ messages: [MQTTMessage]) throws { for message in messages { try hear(message) } }

        mutating func hear(_ message: MQTTMessage) throws {
            let (failures, reason) = model.receive(message, at: home.date)
            if failures > 0 { refusals.append("\(message.topic): \(reason?.message ?? "")") }
        }

        /// Has a thing do something, as Lares does it: what it says must go to one of the devices, which answers.
        mutating func command(_ thing: String, _ values: [String: PropertyValue], within seconds: Int = 5) throws -> CommandOutcome? {
            let id = try #require(ThingID(thing))
            let sending = try model.send(ThingCommand(id, values, by: Cause(.principal, name: "test")), at: home.date)
            for message in sending.messages {
                let device = try #require(
                    reporter.devices.firstIndex { $0.orders[message.topic] != nil }, "nobody listens to \(message.topic)")
                reporter.devices[device].orders[message.topic]?(&home, String(decoding: message.payload, as: UTF8.self))
                try hear(reporter.answer(of: device, home))
            }
            for _ in 0..<seconds {
                home.pass(1)
                try hear(reporter.reports(of: home).map(\.message))
                if let outcome = model.takeOutcomes().first(where: { $0.number == sending.number }) { return outcome.outcome }
            }
            return sending.isConfirmable ? nil : .confirmed
        }

        func value(_ thing: String, _ property: String) -> PropertyValue? {
            ThingID(thing).flatMap { model.state(of: PropertyAddress($0, property))?.reported }
        }
    }

    @Test(arguments: DemoLanguage.allCases) func everyAnnouncementAndReportIsUnderstood(language: DemoLanguage) throws {
        var rehearsed = try Rehearsed(language)
        for _ in 0..<1_440 {
            rehearsed.home.pass(60)
            let messages = rehearsed.reporter.reports(of: rehearsed.home).map(\.message)
            try rehearsed.hear(messages)
        }
        #expect(rehearsed.refusals == [])
        #expect(rehearsed.model.things.count == rehearsed.reporter.devices.count)
    }

    @Test func thereAreThirtyThingsAtLeastInSixRoomsAndOfEveryKind() throws {
        let rehearsed = try Rehearsed()
        let things = rehearsed.model.things
        #expect(things.count >= 30)
        let areas = Dictionary(grouping: things) { $0.area?.description ?? "" }
        #expect(Set(areas.keys).isSuperset(of: ["living_room", "kitchen", "bedroom", "study", "bathroom", "hall", "garden"]))
        for component in Self.components { #expect(rehearsed.components[component] ?? 0 > 0, "\(component)") }
    }

    @Test(arguments: DemoLanguage.allCases) func eachDeviceIsFoundWhateverItsThingIsCalled(language: DemoLanguage) throws {
        let rehearsed = try Rehearsed(language)
        #expect(Set(rehearsed.model.things.map(\.origin)) == Set(DemoOrigins.all.values))
        #expect(DemoOrigins.all.count == rehearsed.reporter.devices.count && DemoOrigins.all["hall_lamp"] == "DEC0DE000003")
    }

    @Test func everyThingIsOnlineAndSaysWhatItReports() throws {
        var rehearsed = try Rehearsed()
        for _ in 0..<1_440 {
            rehearsed.home.pass(60)
            try rehearsed.hear(rehearsed.reporter.reports(of: rehearsed.home).map(\.message))
        }
        for thing in rehearsed.model.things {
            #expect(rehearsed.model.availability(of: thing.id) == .online, "\(thing.id)")
            for property in thing.properties where property.isReported && !property.isEvent {
                let isOptional = ["signal", "progress"].contains(property.name)
                let value = rehearsed.model.state(of: PropertyAddress(thing.id, property.name))?.reported
                #expect(value != nil || isOptional, "\(thing.id)/\(property.name)")
                if let value { #expect(property.kind.objection(to: value) == nil, "\(thing.id)/\(property.name) is \(value)") }
            }
        }
    }

    /// Everything that can be set, with a value or two for each.
    static let commands: [(String, [String: PropertyValue])] = [
        ("living_room/ceiling_light", ["on": .boolean(true), "brightness": .number(40)]),
        ("living_room/ceiling_light", ["color_temp": .number(4_000)]), ("living_room/ceiling_light", ["on": .boolean(false)]),
        ("living_room/ceiling_light", ["power_on_behavior": .text("off")]),
        ("living_room/light_strip", ["brightness": .number(66), "effect": .text("rainbow")]),
        ("kitchen/kitchen_light", ["on": .boolean(true), "brightness": .number(25), "color_temp": .number(3_000)]),
        ("kitchen/kitchen_light", ["on": .boolean(false)]), ("bedroom/bedside_lamp", ["brightness": .number(10)]),
        ("bedroom/bedside_lamp", ["on": .boolean(true), "color_temp": .number(2_500)]), ("bedroom/bedside_lamp", ["on": .boolean(false)]),
        ("study/desk_lamp", ["brightness": .number(80)]), ("bathroom/mirror_light", ["on": .boolean(true)]),
        ("bathroom/mirror_light", ["brightness": .number(50)]),
        ("hall_light", ["on": .boolean(true)]), ("hall_light", ["on": .boolean(false)]), ("washing_machine", ["on": .boolean(false)]),
        ("dishwasher", ["on": .boolean(false)]), ("living_room/television", ["on": .boolean(false)]),
        ("study/desk_socket", ["on": .boolean(false)]), ("living_room/air_conditioner", ["mode": .text("heat")]),
        ("living_room/air_conditioner", ["target_temperature": .number(22.5)]), ("living_room/air_conditioner", ["fan_mode": .text("low")]),
        ("living_room/air_conditioner", ["preset": .text("away")]), ("living_room/air_conditioner", ["on": .boolean(false)]),
        ("bedroom/radiator", ["target_temperature": .number(19)]), ("bedroom/radiator", ["mode": .text("off")]),
        ("bathroom/water_heater", ["mode": .text("performance")]), ("bathroom/water_heater", ["target_temperature": .number(58)]),
        ("bedroom/humidifier", ["target_humidity": .number(55)]), ("bedroom/humidifier", ["mode": .text("sleep")]),
        ("bedroom/humidifier", ["on": .boolean(false)]), ("bathroom/ventilator", ["on": .boolean(true)]),
        ("bathroom/ventilator", ["speed": .number(75)]), ("bathroom/ventilator", ["oscillating": .boolean(true)]),
        ("living_room/venetian_blind", ["position": .number(40)]), ("living_room/venetian_blind", ["tilt": .number(90)]),
        ("living_room/venetian_blind", ["close": .boolean(true)]), ("bedroom/roller_blind", ["position": .number(0)]),
        ("garden/irrigation", ["position": .number(50)]), ("hall/front_door_lock", ["locked": .boolean(false)]),
        ("hall/front_door_lock", ["locked": .boolean(true)]), ("hall/alarm", ["armed": .text("armed_night")]),
        ("hall/alarm", ["armed": .text("disarmed")]),
        ("hall/siren", ["on": .boolean(true), "tone": .text("chime"), "volume": .number(20), "duration": .number(30)]),
        ("hall/siren", ["on": .boolean(false)]), ("living_room/robot_vacuum", ["start": .boolean(true)]),
        ("living_room/robot_vacuum", ["fan_speed": .text("max")]), ("kitchen/oven", ["programme": .text("grill")]),
        ("kitchen/oven", ["target": .number(220)]), ("study/desk_display", ["message": .text("Hello, 你好")]),
        ("study/desk_display", ["contrast": .number(30)]), ("study/desk_display", ["page": .text("energy")]),
        ("study/desk_display", ["install": .boolean(true)]), ("kitchen/smoke_detector", ["test": .boolean(true)]),
        ("living_room/scenes", ["film": .boolean(true)]), ("garden/solar_inverter", ["battery_order": .number(-1_500)]),
        ("garden/car_charger", ["charging_power": .number(3_000)]),
    ]

    @Test(arguments: commands.indices) func everyCommandIsAnsweredByTheStateAskedFor(number: Int) throws {
        var rehearsed = try Rehearsed()
        let (thing, values) = Self.commands[number]
        #expect(try rehearsed.command(thing, values) == .confirmed, "\(thing) \(values)")
        #expect(rehearsed.refusals == [])
    }

    @Test func everythingThatCanBeSetIsTried() throws {
        let rehearsed = try Rehearsed()
        var tried: [String: Set<String>] = [:]
        for (thing, values) in Self.commands { tried[thing, default: []].formUnion(values.keys) }
        for thing in rehearsed.model.things {
            let settable = Set(thing.properties.filter { $0.isWritable && $0.isReported }.map(\.name))
            let left = settable.subtracting(tried[thing.id.description] ?? []).subtracting(["on", "color"])
            #expect(left.isEmpty, "\(thing.id): \(left)")
        }
    }

    @Test func colourSetsTheStrip() throws {
        var rehearsed = try Rehearsed()
        let blue = try #require(Color(hue: 240, saturation: 80))
        #expect(try rehearsed.command("living_room/light_strip", ["on": .boolean(true), "color": .color(blue)]) == .confirmed)
        #expect(rehearsed.value("living_room/light_strip", "color")?.color == blue)
    }

    @Test func smokeScenesAndTheVacuumAct() throws {
        var rehearsed = try Rehearsed()
        _ = try rehearsed.command("kitchen/smoke_detector", ["test": .boolean(true)], within: 2)
        #expect(rehearsed.value("kitchen/smoke_detector", "smoke") == .boolean(true))
        _ = try rehearsed.command("living_room/scenes", ["film": .boolean(true)], within: 5)
        #expect(rehearsed.value("living_room/light_strip", "on") == .boolean(true))
        #expect(rehearsed.value("living_room/venetian_blind", "position") == .number(0))
        _ = try rehearsed.command("living_room/robot_vacuum", ["start": .boolean(true)], within: 2)
        #expect(rehearsed.value("living_room/robot_vacuum", "state") == .text("cleaning"))
        #expect(rehearsed.home.vacuum.state == "cleaning")
    }

    @Test func buttonsAreToldOnceEach() throws {
        var rehearsed = try Rehearsed()
        rehearsed.home.press(.remote, "double")
        let first = rehearsed.reporter.reports(of: rehearsed.home).map(\.message)
        let again = rehearsed.reporter.reports(of: rehearsed.home).map(\.message)
        #expect(first.count { $0.topic == "demo-zigbee/living_remote/action" && $0.payload == Array("double".utf8) } == 1)
        #expect(!again.contains { $0.topic == "demo-zigbee/living_remote/action" })
    }

    @Test func whatHasNotChangedIsNotSaidAgainTooSoon() throws {
        var rehearsed = try Rehearsed()
        rehearsed.home.pass(1)
        #expect(rehearsed.reporter.reports(of: rehearsed.home).count < 12)
    }

    @Test func devicesSpeakOnlyOnTheTopicsOfTheirAccounts() {
        let accounts = Dictionary(uniqueKeysWithValues: DemoAccounts.needed.map { ($0.name, $0.topics) })
        #expect(accounts.count == DemoFamily.allCases.count)
        for device in DemoDevices(language: .english).all {
            let starts = (accounts[device.family.rawValue] ?? []).flatMap { [$0, "tele/\($0)", "stat/\($0)", "cmnd/\($0)"] }
            let topics = device.streams.map(\.topic) + [device.presence.topic] + device.orders.keys
            for topic in topics { #expect(starts.contains { topic == $0 || topic.hasPrefix($0 + "/") }, "\(topic)") }
            for topic in device.orders.keys where device.family != .tasmota {
                #expect(topic.hasSuffix("/set") || topic.contains("/set/"), "others could publish on \(topic)")
            }
        }
    }
}
