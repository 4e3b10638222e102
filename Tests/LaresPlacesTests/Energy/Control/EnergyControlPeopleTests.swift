import Foundation
import LaresControl
import LaresJSON
import LaresPlaces
import LaresThings
import Synchronization
import Testing

/// People, other controllers, restarts and old orders.
@Suite struct EnergyControlPeopleTests {
    private func begun() async throws -> (ControlledHome, EnergyControl) {
        let home = try ControlledHome()
        try await home.live(past: 10)
        let control = try home.control()
        try await control.set(ControlledHome.settings, by: "anna")
        await control.adopt(ControlledHome.trusted())
        try await home.live(3, under: control)
        return (home, control)
    }

    /// Half an hour into an hour that is decided.
    private func midHour(_ home: ControlledHome, _ control: EnergyControl) async {
        home.clock.advance(by: 30)
        home.report(ControlledHome.charge, .number(home.world.withLock { $0.stored } / 6.4 * 100))
        await control.pass()
        home.clock.advance(by: 1_770)
    }

    @Test func aPersonHasItAtOnceUntilTheyHandItBack() async throws {
        let (home, control) = try await begun()
        await midHour(home, control)
        await control.takeOver(by: "ben", reason: "a storm is coming", kilowatts: 3)
        #expect(home.commands.last?.value == .number(3_000))
        #expect(await control.mode.takeover?.by == "ben")
        home.clock.advance(by: 1_800)
        try await home.live(2, under: control) { _ in
            let orders = await control.orders
            #expect(orders.map(\.reason) == ["manual"] && orders.map(\.kilowatts) == [3])
        }
        #expect(await control.handBack(by: "anna"))
        #expect(!(await control.handBack(by: "anna")))
        try await home.live(1, under: control)
        #expect(await control.mode == .automatic)
        #expect(await control.orders.first?.reason == "plan")
        let log = try await control.history(limit: 200)
        let kinds = log.compactMap { $0["kind"]?.text }.filter { ["takeover", "handback"].contains($0) }
        #expect(kinds == ["handback", "takeover"])
        #expect(log.first { $0["kind"]?.text == "takeover" }?["why"]?.text == "a storm is coming")
    }

    @Test func whoeverPausesItIsLeftAlone() async throws {
        let (home, control) = try await begun()
        await midHour(home, control)
        await control.takeOver(by: "ben")
        #expect(home.commands.last?.value == .number(0))
        let count = home.commands.count
        home.clock.advance(by: 1_800)
        try await home.live(5, under: control)
        #expect(home.commands.count == count)
        // It goes on looking, so that it knows the past when it is handed back.
        #expect(try await control.history(limit: 50, kind: "decision").count >= 8)
    }

    @Test func aHoldEndsByItself() async throws {
        let (home, control) = try await begun()
        await midHour(home, control)
        await control.takeOver(by: "ben", kilowatts: -1, until: home.clock.now + 600)
        home.clock.advance(by: 601)
        await control.pass()
        #expect(await control.mode == .automatic)
        await control.pass()
        #expect(await control.orders.first?.reason == "plan")
    }

    /// Two controllers at one battery: the other is left alone for the hour; one that does it again and again has it.
    @Test func anotherControllerIsNotFought() async throws {
        let (home, control) = try await begun()
        for round in 1...3 {
            await midHour(home, control)
            let count = home.commands.count
            home.report(ControlledHome.setpoint, .number(1_234), by: Cause(.rule, name: "other"))
            await control.pass()
            await control.pass()
            #expect(home.commands.count == count, "it isn't told anything in this hour any more")
            #expect(await control.orders.first?.progress == .contested)
            #expect(await control.faults.contains("battery.contested"))
            home.clock.advance(by: 1_800)
            #expect((await control.mode == .automatic) == (round < 3))
        }
        let takeover = try #require(await control.mode.takeover)
        #expect(takeover.by == "lares" && takeover.reason.contains("other"))
        await control.handBack(by: "anna")
        try await home.live(1, under: control)
        #expect(await control.orders.first?.progress == .confirmed)
    }

    @Test func aRestartWithinTheHourOrdersNothingTwice() async throws {
        let (home, control) = try await begun()
        await midHour(home, control)
        let (before, orders) = (home.commands.count, await control.orders)
        let again = try home.control()
        home.clock.advance(by: 60)
        await again.pass()
        #expect(home.commands.count == before)
        #expect(await again.orders == orders)
        #expect(await again.stage == .active)
        #expect(
            try await again.history(limit: 1, kind: "decision").first?["number"]
                == control.history(limit: 1, kind: "decision").first?["number"])
    }

    @Test func whatCouldNotBeSentIsSentAfterARestartByTheSameName() async throws {
        let (home, control) = try await begun()
        home.set(.unreachable)
        await midHour(home, control)
        let order = try #require(await control.orders.first)
        #expect(order.progress == .failed && order.tries >= 1)
        #expect(await control.faults.contains("battery.order"))
        home.set(.none)
        let again = try home.control()
        home.clock.advance(by: 120)
        await again.pass()
        #expect(await again.orders.first?.progress == .confirmed)
        #expect(home.commands.last?.id == order.id)
        #expect(!(await again.faults.contains("battery.order")))
    }

    /// An order of yesterday that was never sent is never sent.
    @Test func yesterdaysOrdersAreDead() async throws {
        let (home, control) = try await begun()
        home.set(.unreachable)
        await midHour(home, control)
        let old = try #require(await control.orders.first)
        home.set(.none)
        home.clock.advance(by: 86_400)
        home.report(ControlledHome.charge, .number(50))
        let again = try home.control()
        await again.pass()
        #expect(!home.commands.contains { $0.id == old.id })
        #expect(home.commands.allSatisfy { Int($0.at / 3_600) == $0.hour }, "each is sent in its own hour")
    }

    @Test func aTryIsRepeatedFiveTimesAndNoMore() async throws {
        let (home, control) = try await begun()
        home.set(.unreachable)
        await midHour(home, control)
        for _ in 0..<20 {
            home.clock.advance(by: 60)
            await control.pass()
        }
        #expect(await control.orders.first?.tries == 5)
    }

    @Test func settingsAreCheckedAgainstWhatIsThere() async throws {
        let (_, control) = try await begun()
        for (charge, order) in [
            ("cellar/battery/nothing", "cellar/battery/setpoint"), ("cellar/battery/battery_charge", "house/grid/energy_import"),
            ("garage/charger/plugged", "cellar/battery/setpoint"),
        ] {
            var settings = ControlledHome.settings
            settings.battery?.charge = try #require(PropertyAddress(charge))
            settings.battery?.order = try #require(PropertyAddress(order))
            let wrong = settings
            await #expect(throws: EnergyError.self) { try await control.set(wrong, by: "anna") }
        }
        #expect(await control.settings == ControlledHome.settings)
    }
}

/// Cars at their chargers.
@Suite struct EnergyControlCarTests {
    private func settings(_ more: String = "") throws -> EnergyControlSettings {
        try EnergyControlSettings(
            JSON(
                parsing: Array(
                    #"{"enabled": true, "cars": [{"name": "car", "charge": "garage/car/battery", "plugged": "garage/charger/plugged", "order": "garage/charger/power", "capacity_kwh": 50, "power_kw": 11, "needed": 0.8, "departure": "07:00"}]}"#
                        .utf8)))
    }

    @Test func itIsChargedWhileItIsCheapAndInTime() async throws {
        let home = try ControlledHome()
        try await home.live(past: 5)
        let control = try home.control()
        try await control.set(settings(), by: "anna")
        await control.adopt(ControlledHome.trusted())
        // Home at 16:00 with 20 of 50 kWh; it leaves at 7:00 with 40.
        home.clock.set(to: Date(timeIntervalSince1970: ControlledHome.start + 8 * 3_600))
        var stored = 20.0, dear = 0.0
        for _ in 0..<15 {
            home.clock.set(to: Date(timeIntervalSince1970: Double(home.hour) * 3_600 + 30))
            home.report(ControlledHome.carCharge, .number(stored / 50 * 100))
            home.report(ControlledHome.plugged, .boolean(true))
            await control.pass()
            let kilowatts = await control.orders.first { $0.device == "car" }?.kilowatts ?? 0
            if (17..<21).contains(home.hour % 24) { dear += kilowatts }
            stored += kilowatts * 0.9
            home.clock.set(to: Date(timeIntervalSince1970: Double(home.hour + 1) * 3_600))
        }
        #expect(stored >= 39.5 && stored <= 43, "\(stored)")
        #expect(dear < 0.1)
    }

    @Test func aCarThatSaysNothingIsChargedAtOnce() async throws {
        let home = try ControlledHome()
        try await home.live(past: 5)
        let control = try home.control()
        try await control.set(settings(), by: "anna")
        await control.adopt(ControlledHome.trusted())
        home.clock.advance(by: 7_300)
        home.report(ControlledHome.plugged, .boolean(true))
        await control.pass()
        #expect(await control.orders.first?.kilowatts == 11)
        #expect(await control.faults.contains("car.silent"))
        home.report(ControlledHome.plugged, .boolean(false))
        home.clock.advance(by: 3_600)
        await control.pass()
        #expect(await control.orders.isEmpty)
    }
}
