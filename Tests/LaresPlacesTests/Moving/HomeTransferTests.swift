import Foundation
import GRDB
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

@Suite struct HomeTransferTests {
    private let hall = AreaID("hall")!
    private let lamp = ThingID("hall/lamp")!
    private let second = ThingID("hall/lamp-2")!

    @Test func aHomeThatMovesIsTheSameThere() async throws {
        let (old, new) = (try await MovingHome.furnished(), try MovingHome())
        let file = try HomeFile(parsing: Array(old.transfer.export().text.utf8))
        let plan = try await new.transfer.apply(file, MovingPolicy(enablesRules: true, trustsRules: true))
        #expect(plan.count(.new) == 12 && plan.count(.conflict) == 0 && plan.count(.refused) == 0, "\(plan.json.indented)")
        #expect(try new.transfer.export() == file)
        #expect(new.home.things().map(\.thing) == old.home.things().map(\.thing) && new.home.areas() == old.home.areas())
        #expect(try new.again().things().map(\.thing) == old.home.things().map(\.thing))
        #expect(await new.automations.rules == [MovingHome.rule])
        #expect(await new.automations.isTrusted(MovingHome.rule.id))
        #expect(try new.store.site() == old.store.site())
    }

    @Test func tariffsMetersAndRetentionMoveWithTheHomeAndWithItsNames() async throws {
        let (old, new) = (try await MovingHome.furnished(), try MovingHome())
        let tariffs = try TariffBook(["currency": "EUR", "tariffs": [["from": "2020-01-01", "kind": "fixed", "price": 0.5]]])
        var meters = EnergyMeters()
        meters.roles[PropertyAddress(lamp, "power")] = .uncounted
        try EnergyStore(old.store).save(tariffs)
        try EnergyStore(old.store).save(meters)
        try old.store.save(RetentionBook(things: [lamp: Retention(readings: 30, beside: .usual)]))
        try new.announce("02")
        try new.announce("01")
        let plan = try await new.transfer.apply(try HomeFile(parsing: Array(old.transfer.export().text.utf8)))
        let settings = try #require(plan.section("settings"))
        #expect(settings.count(.new) == 3 && settings.changes.last?.reason?.contains("deleted") == true, "\(plan.json.indented)")
        #expect(try EnergyStore(new.store).tariffs() == tariffs)
        // What was the first lamp there is the second here.
        let (roles, book) = (try EnergyStore(new.store).meters().roles, try new.store.retention())
        #expect(roles == [PropertyAddress(second, "power"): .uncounted])
        #expect(book.things.keys.map(\.description) == ["hall/lamp-2"])
    }

    /// It goes on at once, with things called as they are here.
    @Test func whatMakesTheEmptyHomeLookLivedInMovesWithIt() async throws {
        let (old, new) = (try await MovingHome.furnished(), try MovingHome())
        func times(_ place: MovingHome) throws -> Timekeeper {
            try Timekeeper(
                home: place.home, store: place.store, telemetry: MemoryTelemetry(), automations: place.automations, clock: MovingHome.clock)
        }
        var plan = PresencePlan()
        (plan.isEnabled, plan.properties, plan.weeks, plan.jitter) = (true, [PropertyAddress(lamp, "on")], 2, 60)
        try await times(old).set(plan)
        try new.announce("02")
        try new.announce("01")
        let here = try times(new)
        let transfer = HomeTransfer(home: new.home, store: new.store, automations: new.automations, times: here)
        let done = try await transfer.apply(try HomeFile(parsing: Array(old.transfer.export().text.utf8)))
        #expect(done.section("settings")?.count(.new) == 1, "\(done.json.indented)")
        plan.properties = [PropertyAddress(second, "on")]
        #expect(await here.presence == plan)
        #expect(await (try times(new)).presence == plan)
    }

    @Test func floorsAndCalendarsOfHolidaysMoveWithTheHome() async throws {
        let (old, new) = (try await MovingHome.furnished(), try MovingHome())
        let text =
            "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20270706\r\nSUMMARY:Founding day\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        let bytes = Array(text.utf8)
        try await old.automations.set(bytes, try HolidayCalendar(iCalendar: bytes), as: "village")
        try old.store.save(Floor(level: 2, name: "Loft", names: ["zh": "阁楼"], aliases: ["attic"]))
        try new.store.save(Floor(level: 0, name: "Ground"))
        let file = try HomeFile(parsing: Array(old.transfer.export().text.utf8))
        let plan = try await new.transfer.apply(file)
        #expect(plan.section("holidays")?.count(.new) == 1 && plan.section("floors")?.count(.new) == 1, "\(plan.json.indented)")
        #expect(new.automations.site.holidays["village"]?.days.count == 1)
        #expect(try new.store.floors().map(\.name) == ["Ground", "Loft"])
        let again = try await new.transfer.apply(file)
        #expect(again.section("holidays")?.count(.same) == 1 && again.section("floors")?.count(.same) == 1)
    }

    @Test(arguments: [
        #"{"name": "../x", "calendar": "BEGIN:VCALENDAR\nEND:VCALENDAR\n"}"#, #"{"name": "x", "calendar": "BEGIN"}"#, #"{"name": "x"}"#,
        #"{"name": "x", "calendar": "BEGIN:VCALENDAR\nEND:VCALENDAR\n"}"#,
    ])
    func aCalendarThatIsWrongIsRefused(_ item: String) async throws {
        let home = try MovingHome()
        let plan = try await home.transfer.apply(HomeFile([.init("holidays", .array([try JSON(parsing: Array(item.utf8))]))]))
        #expect(plan.count(.refused) == 1 && plan.isEmpty, "\(plan.json.indented)")
    }

    @Test(arguments: [
        #"{"setting": "retention", "value": {"default": {"readings": 0}}}"#, #"{"setting": "tariffs", "value": []}"#,
        #"{"setting": "meters", "value": {"meters": [{"property": "x"}]}}"#, #"{"setting": "senses", "value": {}}"#,
        #"{"setting": "presence", "value": {"enabled": true, "weeks": 0}}"#,
    ])
    func aSettingThatIsWrongIsRefused(_ item: String) async throws {
        let home = try MovingHome()
        let plan = try await home.transfer.apply(HomeFile([.init("settings", .array([try JSON(parsing: Array(item.utf8))]))]))
        #expect(plan.count(.refused) == 1 && plan.isEmpty, "\(plan.json.indented)")
    }

    @Test func aPlanWritesNothing() async throws {
        let (old, new) = (try await MovingHome.furnished(), try MovingHome())
        let before = try new.transfer.export()
        #expect(!(try new.transfer.plan(old.transfer.export())).isEmpty)
        #expect(try new.transfer.export() == before && new.home.things().isEmpty)
    }

    @Test func theSameHomeIsTheSameTextWithALineForEachItem() async throws {
        let home = try await MovingHome.furnished()
        let text = try home.transfer.export().text
        #expect(try home.transfer.export().text == text)
        #expect(text.split(separator: "\n").contains { $0.contains(#"{"id": "loft", "name": "Loft""#) && $0.hasSuffix("}") })
    }

    @Test(arguments: [MovingPolicy(), MovingPolicy(.takeTheirs), MovingPolicy(.leave), MovingPolicy(enablesRules: true, trustsRules: true)])
    func whatIsImportedTwiceChangesNothingTheSecondTime(_ policy: MovingPolicy) async throws {
        let (old, new) = (try await MovingHome.furnished(), try MovingHome())
        try new.announce("02")
        try new.announce("01")
        try await new.automations.set(Rule("Hall light", when: .changes("a/b/c"), then: [.set("a/b/c", true)]), isTrusted: true)
        let file = try old.transfer.export()
        _ = try await new.transfer.apply(file, policy)
        let once = try new.transfer.export()
        let plan = try await new.transfer.apply(file, policy)
        #expect(plan.isEmpty, "\(plan.json.indented)")
        #expect(try new.transfer.export() == once)
    }

    @Test(
        arguments: [(MovingChoice.keepMine, "Diele", 1), (.takeTheirs, "Hall", 1), (.leave, "Diele", nil)] as [(MovingChoice, String, Int?)]
    )
    func wherePeopleDisagreeThePolicyDecides(_ choice: MovingChoice, _ name: String, _ level: Int?) async throws {
        let home = try MovingHome()
        try home.home.set(Area(id: hall, name: "Diele", aliases: ["a"]))
        let file = HomeFile([.init("areas", [["id": "hall", "name": "Hall", "aliases": ["a", "b"], "level": 1]])])
        let plan = try await home.transfer.apply(file, MovingPolicy(items: ["areas": ["hall": choice]]))
        #expect(plan.section("areas")?.changes.map(\.kind) == [.conflict])
        let aliases = choice == .leave ? ["a"] : ["a", "b"]
        #expect(home.home.areas() == [Area(id: hall, name: name, aliases: aliases, level: level)])
    }

    @Test func whatOnlyAddsIsNoConflict() async throws {
        let home = try MovingHome()
        try home.home.set(Area(id: hall, name: "Hall", names: ["de": "Diele"]))
        let file = HomeFile([.init("areas", [["id": "hall", "name": "Hall", "names": ["zh": "走廊"]], ["id": "loft", "name": "Loft"]])])
        #expect(try home.transfer.plan(file).section("areas")?.changes.map(\.kind) == [.changed, .new])
        _ = try await home.transfer.apply(file, MovingPolicy(.takeTheirs))
        #expect(home.home.areas().first?.names == ["de": "Diele", "zh": "走廊"])
    }

    @Test func whatHasNotAnnouncedItselfYetIsKnownWhenItDoes() async throws {
        let (old, new) = (try await MovingHome.furnished(), try MovingHome())
        let file = try old.transfer.export().with("announcements", [])
        _ = try await new.transfer.apply(file)
        #expect(new.home.things().isEmpty)
        // In the other order: without the file, 02 would be hall/lamp.
        try new.announce("02")
        try new.announce("01")
        #expect(new.home.things().map(\.thing.details).count == 2)
        let view = try #require(new.home.thing(lamp))
        #expect(view.thing.origin == "01" && view.thing.name == "Flurlicht" && view.thing.area == AreaID("loft"))
    }

    @Test func namesThatAreHereStayAndWhoNamesThemIsTold() async throws {
        let (old, new) = (try await MovingHome.furnished(), try MovingHome())
        try new.announce("02")
        try new.announce("01")
        let plan = try await new.transfer.apply(try old.transfer.export())
        #expect(new.home.thing(lamp)?.thing.origin == "02" && new.home.thing(second)?.thing.name == "Flurlicht")
        #expect(plan.section("things")?.changes.map(\.kind) == [.conflict, .conflict])
        #expect(plan.section("rules")?.changes.first?.reason?.contains("'hall/lamp', which is 'hall/lamp-2' here") == true)
    }

    @Test func thingsThatChangeNamesKeepWhatIsKnownOfThem() async throws {
        let (old, new) = (try await MovingHome.furnished(), try MovingHome())
        try new.announce("02")
        try new.announce("01")
        try new.home.receive([MQTTMessage("01", "ON"), MQTTMessage("02", "OFF"), MQTTMessage("01/there", "online")])
        let plan = try await new.transfer.apply(try old.transfer.export(), MovingPolicy(.takeTheirs))
        #expect(plan.section("things")?.changes.allSatisfy { $0.reason?.contains("its history stays") == true } == true)
        #expect(plan.section("rules")?.changes.first?.reason == nil)
        #expect(new.home.thing(lamp)?.thing.origin == "01" && new.home.thing(lamp)?.thing.name == "Flurlicht")
        #expect(new.home.thing(lamp)?.availability == .online && new.home.thing(second)?.availability == .unknown)
        #expect(new.home.state(of: PropertyAddress(lamp, "on"))?.reported == .boolean(true))
        #expect(new.home.state(of: PropertyAddress(second, "on"))?.reported == .boolean(false))
        try new.home.receive([MQTTMessage("01", "OFF")])
        #expect(new.home.state(of: PropertyAddress(lamp, "on"))?.reported == .boolean(false))
        try new.home.saveStates()
        let again = try new.again()
        #expect(again.thing(lamp)?.thing == new.home.thing(lamp)?.thing && again.thing(second)?.thing == new.home.thing(second)?.thing)
        #expect(again.state(of: PropertyAddress(second, "on"))?.reported == .boolean(false))
    }

    @Test func anotherDeviceOfTheSameNameBecomesAThingOfItsOwn() async throws {
        let new = try MovingHome()
        try new.announce("07")
        let file = HomeFile([.init("things", [["id": "hall/lamp", "identifiers": ["01"], "name": "Other"]])])
        let plan = try await new.transfer.apply(file, MovingPolicy(.takeTheirs))
        #expect(plan.section("things")?.changes.first?.key == "hall/lamp-2" && plan.section("things")?.changes.first?.reason != nil)
        #expect(new.home.thing(lamp)?.thing.name == "Lamp" && new.home.thing(lamp)?.thing.origin == "07")
        try new.announce("01")
        #expect(new.home.thing(second)?.thing.name == "Other")
    }

    @Test func watchersHearThatThingsAreCalledOtherwise() async throws {
        let (old, new) = (try await MovingHome.furnished(), try MovingHome())
        try new.announce("01")
        let events = new.home.events()
        _ = try await new.transfer.apply(try old.transfer.export())
        for await event in events {
            guard case .described(let id) = event else { continue }
            #expect(id == lamp)
            break
        }
    }
}

@Suite struct MovingRulesTests {
    private let id = MovingHome.rule.id

    @Test func rulesComeSwitchedOffAndNotTrusted() async throws {
        let (old, new) = (try await MovingHome.furnished(), try MovingHome())
        _ = try await new.transfer.apply(try old.transfer.export())
        #expect(await new.automations.rule(id)?.isEnabled == false)
        #expect(await !new.automations.isTrusted(id))
        #expect(try RuleStore(new.store).rules().map(\.isTrusted) == [false])
    }

    @Test func aRuleThatIsHereStaysAsItIsSwitched() async throws {
        let home = try await MovingHome.furnished()
        let file = try home.transfer.export()
        #expect(try await home.transfer.apply(file, MovingPolicy(.takeTheirs)).isEmpty)
        #expect(await home.automations.rule(id)?.isEnabled == true)
        #expect(await home.automations.isTrusted(id))
    }

    @Test func aRuleThatBecomesAnotherLosesItsTrust() async throws {
        let home = try await MovingHome.furnished()
        let other = Rule("Hall light", when: .becomes("hall/lamp/on", true), then: [.set("front/door/locked", false)])
        let file = HomeFile([.init("rules", [["rule": other.json, "trusted": true]])])
        #expect(try home.transfer.plan(file).section("rules")?.changes.map(\.kind) == [.conflict])
        _ = try await home.transfer.apply(file)
        #expect(await home.automations.rule(id) == MovingHome.rule)
        _ = try await home.transfer.apply(file, MovingPolicy(.takeTheirs))
        #expect(await home.automations.rule(id)?.actions == other.actions)
        #expect(await home.automations.rule(id)?.isEnabled == false)
        #expect(await !home.automations.isTrusted(id))
    }

    @Test func aRuleThatTheHomeCanNotKeepSaysWhy() throws {
        let home = try MovingHome()
        let rule: JSON = ["name": "R", "when": [["webhook": "x"]], "only": [["holidays": ["fr"]]], "then": [["scene": "x"]]]
        let plan = try home.transfer.plan(HomeFile([.init("rules", [["rule": rule]])]))
        #expect(plan.section("rules")?.changes.first?.reason != nil)
    }
}
