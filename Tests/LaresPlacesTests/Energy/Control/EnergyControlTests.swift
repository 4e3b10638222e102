import Foundation
import LaresControl
import LaresJSON
import LaresPlaces
import LaresThings
import Synchronization
import Testing

/// A home's battery under control, on a clock that the test moves.
@Suite struct EnergyControlTests {
    private func begun(_ stage: Stage = .shadow, past days: Int = 10) async throws -> (ControlledHome, EnergyControl) {
        let home = try ControlledHome()
        try await home.live(past: days)
        let control = try home.control()
        try await control.set(ControlledHome.settings, by: "anna")
        await control.adopt(ControlledHome.trusted(stage))
        return (home, control)
    }

    @Test func nothingIsOrderedUntilSomebodySaysSo() async throws {
        let home = try ControlledHome()
        try await home.live(past: 2)
        let control = try home.control()
        try await home.live(24, under: control)
        #expect(home.commands.isEmpty)
        #expect(await control.stage == .shadow)
    }

    @Test func inTheShadowTheRuleIsSent() async throws {
        let (home, control) = try await begun()
        try await home.live(24, under: control) { hour in
            let orders = await control.orders, order = try #require(orders.first)
            #expect(order.hour == hour && order.device == "battery" && order.progress == .confirmed)
            let ruled = TimeOfUseRule.usual.request(after: (hour - 1) % 24, capacity: 6.4)
            // The rule gives nothing that people keep back.
            #expect(ruled >= 0 ? abs(order.kilowatts - ruled) < 1e-9 : order.kilowatts >= ruled - 1e-9 && order.kilowatts <= 0)
        }
        #expect(await control.faults == [])
        #expect(home.commands.count == 24 && Set(home.commands.map(\.id)).count == 24)
    }

    @Test func inTheShadowNothingIsSentIfPeopleWantThat() async throws {
        let (home, control) = try await begun()
        var settings = ControlledHome.settings
        settings.sendsInShadow = false
        try await control.set(settings, by: "anna")
        try await home.live(24, under: control)
        #expect(home.commands.isEmpty)
        #expect(try await control.history(limit: 100, kind: "decision").count == 24)
    }

    /// Four weeks of days that cost less than under the rule: two stages, and what happened stands in the history.
    @Test func trustComesWithFigures() async throws {
        let (home, control) = try await begun()
        try await home.live(15 * 24, under: control)
        #expect(await control.stage == .guarded)
        try await home.live(15 * 24, under: control)
        #expect(await control.stage == .active)
        let stages = try await control.history(limit: 10, kind: "stage")
        #expect(stages.map { $0["to"]?.text } == ["active", "guarded"])
        let totals = await control.totals
        #expect(totals.hours > 28 * 24 && totals.controlled < 0.99 * totals.ruled && totals.ruled < totals.without)
        // What it may do now is what it plans.
        #expect(await control.orders.first?.reason == "plan")
    }

    @Test func guardedItStaysNearTheRule() async throws {
        let (home, control) = try await begun(.guarded)
        try await home.live(48, under: control) { hour in
            let order = try #require(await control.orders.first)
            let ruled = TimeOfUseRule.usual.request(after: (hour - 1) % 24, capacity: 6.4)
            #expect(order.kilowatts <= max(0, ruled + 1) + 1e-9 && order.kilowatts >= ruled - 1 - 1e-9)
        }
    }

    @Test func theReserveStaysForPeople() async throws {
        let (home, control) = try await begun(.active)
        try await home.live(72, under: control) { _ in #expect(home.world.withLock { $0.stored } >= 0.1 * 6.4 - 1e-6) }
        #expect(home.commands.contains { ($0.value.number ?? 0) < -1 } && home.commands.contains { ($0.value.number ?? 0) > 1 })
    }

    @Test func aBatteryThatSaysNothingIsIdledAndThatIsSeen() async throws {
        let (home, control) = try await begun(.active)
        try await home.live(12, under: control)
        home.set(.silent)
        try await home.live(2, under: control)
        let order = try #require(await control.orders.first)
        #expect(order.kilowatts == 0 && order.reason == "idle")
        #expect(await control.faults.contains("battery.silent"))
        #expect(try await control.history(limit: 50, kind: "fault").contains { $0["fault"]?.text == "battery.silent" })
        home.set(.none)
        // It is believed again after three sane readings.
        try await home.live(2, under: control)
        #expect(await control.faults.contains("battery.recovering"))
        try await home.live(2, under: control)
        #expect(await control.faults == [])
        #expect(await control.orders.first?.reason == "plan")
    }

    @Test func nonsenseWithinTheHourIdlesAtOnce() async throws {
        let (home, control) = try await begun(.active)
        var isDone = false
        try await home.live(48, under: control) { _ in
            // In the first hour in which it is told something.
            guard !isDone, await control.orders.first?.kilowatts ?? 0 != 0 else { return }
            isDone = true
            home.set(.nonsense)
            home.clock.advance(by: 5)
            await control.pass()
            let order = try #require(await control.orders.first)
            #expect(order.kilowatts == 0 && order.progress == .confirmed && home.commands.last?.value == .number(0))
            #expect(await control.faults.contains("battery.outOfRange"))
            home.set(.none)
        }
        #expect(isDone)
    }

    @Test(arguments: [Double.nan, .infinity, -3, 9_000]) func anAbsurdForecastLeadsToTheRule(value: Double) async throws {
        let home = try ControlledHome()
        try await home.live(past: 3)
        let control = try home.control { AbsurdForecaster(value: value) }
        try await control.set(ControlledHome.settings, by: "anna")
        await control.adopt(ControlledHome.trusted())
        try await home.live(6, under: control) { _ in
            #expect(await control.orders.first?.reason == "rule")
            #expect(await control.faults.contains { $0.hasPrefix("forecast.") })
        }
    }

    @Test func withoutATariffThereIsNoPlan() async throws {
        let (home, control) = try await begun(.active)
        try EnergyStore(home.homeStore).save(try #require(TariffBook(currency: "EUR", [])))
        try await home.live(2, under: control)
        #expect(await control.faults.contains("tariff.missing"))
        #expect(await control.orders.first?.reason == "rule")
    }

    @Test func faultsLeadBackByThemselves() async throws {
        let (home, control) = try await begun(.active)
        home.set(.nonsense)
        try await home.live(5 * 24, under: control)
        #expect(await control.stage < .active)
        #expect(try await control.history(limit: 10, kind: "stage").last?["to"]?.text == "guarded")
    }

    @Test func forwardGoesNobodyByHand() async throws {
        let (_, control) = try await begun(.guarded)
        await #expect(throws: EnergyError.self) { try await control.stepBack(to: .active, by: "anna") }
        try await control.stepBack(to: .shadow, by: "anna")
        #expect(await control.stage == .shadow)
    }
}

/// Says of everything the same.
struct AbsurdForecaster: EnergyForecaster {
    let value: Double

    mutating func take(_ hour: SeenHour) {}

    mutating func forecast(_ ahead: [KnownHour]) throws -> EnergyForecast {
        let row = ahead.map { _ in value }
        return EnergyForecast(load: [row], solar: [row], emission: ahead.map { _ in 0 })
    }
}
