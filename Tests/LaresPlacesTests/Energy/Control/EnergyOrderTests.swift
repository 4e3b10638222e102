import Foundation
import LaresControl
import LaresJSON
import LaresPlaces
import LaresThings
import Synchronization
import Testing

/// Orders of energy stand in the book of all orders, and the control of energy changes hands there as signals do.
@Suite struct EnergyOrderTests {
    private func begun(hours: Int = 3) async throws -> (ControlledHome, EnergyControl) {
        let home = try ControlledHome()
        try await home.live(past: 10)
        let control = try home.control()
        try await control.set(ControlledHome.settings, by: "anna")
        await control.adopt(ControlledHome.trusted())
        try await home.live(hours, under: control)
        return (home, control)
    }

    /// The middle of an hour that is decided.
    private func midHour(_ home: ControlledHome, _ control: EnergyControl) async {
        home.clock.advance(by: 30)
        home.report(ControlledHome.charge, .number(home.world.withLock { $0.stored } / 6.4 * 100))
        await control.pass()
        home.clock.advance(by: 1_770)
    }

    private func orders(_ home: ControlledHome) throws -> [Order] {
        var filter = OrderFilter()
        filter.actuator = .energy
        return try home.book.orders(filter)
    }

    @Test func eachIsWrittenWithWhatLedToItAndWhatCameOfIt() async throws {
        let (home, control) = try await begun()
        let orders = try orders(home)
        #expect(orders.count == 3 && orders.count == home.commands.count)
        #expect(orders.allSatisfy { $0.state == .effective && $0.issuer.kind == .controller && $0.issuer.name == "energy" })
        let order = try #require(orders.first), told = try #require(await control.orders.first)
        #expect(order.value["device"] == "battery" && order.value["property"]?.text == "\(ControlledHome.setpoint)")
        #expect(abs((order.value["kw"]?.number ?? .nan) - told.kilowatts) < 1e-3)
        #expect(order.expiresAt.timeIntervalSince1970 == Double(told.hour + 1) * 3_600, "it is valid as long as its hour")
        #expect(order.effect["property"]?.text == "\(ControlledHome.setpoint)")
        let cause = order.cause
        #expect(cause["decided"] == "controller" && cause["stage"] == "active" && cause["why"] == "plan")
        #expect(cause["model"]?["name"] == "means" && (cause["model"]?["hours"]?.number ?? 0) >= 230)
        #expect(cause["prices"]?.elements?.count == 6 && cause["forecast"]?["load_kwh"]?.elements?.count == 6)
        #expect(cause["plan"]?["battery_kwh"]?.elements?.count == 6)
        #expect(cause["readings"]?["charge"]?.number != nil && cause["readings"]?["used_kwh"]?.number != nil)
    }

    @Test func whoTakesItOverHereHasItInTheBook() async throws {
        let (home, control) = try await begun()
        #expect(try home.book.owner(of: .energy)?.owner.name == "energy")
        await midHour(home, control)
        await control.takeOver(by: "ben", reason: "a storm is coming", kilowatts: 2)
        #expect(try home.book.owner(of: .energy)?.owner == .person("ben"))
        let mine = try #require(try orders(home).first)
        #expect(mine.issuer == .person("ben") && mine.state == .effective && mine.cause["decided"] == "person")
        await control.handBack(by: "anna", reason: "over")
        let handovers = try home.book.handovers(limit: 10)
        #expect(handovers.map(\.by) == ["anna", "ben"] && handovers.map(\.reason) == ["over", "a storm is coming"])
        #expect(handovers.first?.to?.name == "energy" && handovers.last?.from?.name == "energy")
    }

    @Test func whoTakesItOverInTheBookHasItHere() async throws {
        let (home, control) = try await begun()
        await midHour(home, control)
        try home.book.takeOver(.energy, by: "ben", reason: "a storm is coming")
        await control.pass()
        #expect(await control.mode.takeover?.by == "ben")
        #expect(await control.mode.takeover?.reason == "a storm is coming")
        #expect(home.commands.last?.value == .number(0))
        let count = home.commands.count
        home.clock.advance(by: 1_800)
        try await home.live(2, under: control)
        #expect(home.commands.count == count, "it is left alone")
        try home.book.takeOver(.energy, by: "cleo")
        await control.pass()
        #expect(await control.mode.takeover?.by == "cleo")
        try home.book.handBack(.energy, by: "anna", reason: "over")
        try await home.live(1, under: control)
        #expect(await control.mode == .automatic)
        #expect(await control.orders.first?.reason == "plan")
        let log = try await control.history(limit: 200).filter { ["takeover", "handback"].contains($0["kind"]?.text) }
        #expect(log.map { $0["by"]?.text } == ["anna", "cleo", "ben"])
    }

    @Test func whatAnotherControllerHasIsNotOrdered() async throws {
        let (home, control) = try await begun(hours: 0)
        try home.book.claim(.energy, by: .controller("other"), lease: 86_400)
        try await home.live(1, under: control)
        #expect(home.commands.isEmpty)
        #expect(await control.orders.first?.progress == .dropped)
        #expect(try orders(home).map(\.state) == [.refused])
    }

    @Test func eachTryIsAnOrderOfItsOwn() async throws {
        let (home, control) = try await begun(hours: 0)
        home.set(.unreachable)
        await midHour(home, control)
        home.set(.none)
        home.clock.advance(by: 60)
        await control.pass()
        let orders = try orders(home)
        #expect(orders.map(\.state) == [.effective, .failed])
        #expect(Set(orders.map(\.id)).count == 2 && orders.last?.reason == "nobody there")
    }

    @Test func aPersonOrdersOnceByTheBook() async throws {
        let (home, control) = try await begun()
        await midHour(home, control)
        let dispatch = OrderDispatch(home.book)
        await dispatch.register("energy", control)
        func order(_ id: String, _ value: JSON, by person: String = "ben") -> OrderRequest {
            OrderRequest(id: id, actuator: .energy, value: value, issuer: .person(person), expiresAt: home.clock.now + 60)
        }
        let early = try await dispatch.carryOut(order("early", ["kw": 1]))
        #expect(early.state == .refused)
        try home.book.takeOver(.energy, by: "ben")
        let done = try await dispatch.carryOut(order("mine", ["kw": 1.5]))
        #expect(done.state == .effective && home.commands.last?.value == .number(1_500))
        let count = home.commands.count
        #expect(try await dispatch.carryOut(order("mine", ["kw": 1.5])).number == done.number)
        #expect(home.commands.count == count, "the same order again does nothing")
        for (place, value) in ([["kw": "much"], ["kw": 1e9], ["kilowatts": 1], 3] as [JSON]).enumerated() {
            #expect(try await dispatch.carryOut(order("wrong-\(place)", value)).state == .failed)
        }
        home.clock.advance(by: 1_800)
        try await home.live(1, under: control)
        #expect(home.commands.last?.value == .number(1_500), "it holds until it is handed back")
    }
}
