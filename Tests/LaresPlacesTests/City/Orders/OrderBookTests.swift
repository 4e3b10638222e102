import Foundation
import LaresJSON
import LaresPlaces
import LaresStore
import LaresThings
import Testing

private let start = Date(timeIntervalSince1970: 1_800_000_000)
private let battery = ActuatorID("battery/home-3")!

/// An order book in a folder of its own, and its clock.
struct Books {
    let clock = FixedClock(start)
    let home: LaresHome
    let book: OrderBook

    init(limits: OrderLimits = OrderLimits()) throws {
        home = try LaresHome(path: FileManager.default.temporaryDirectory.appending(path: "lares-orders-\(UUID().uuidString)").path)
        book = try OrderBook(home: home, clock: clock, limits: limits)
    }

    /// The same book as another program would find it.
    func again(limits: OrderLimits = OrderLimits()) throws -> OrderBook { try OrderBook(home: home, clock: clock, limits: limits) }

    func request(
        _ id: String, by issuer: OrderIssuer = .controller("mpc", model: "loads", version: 3), value: JSON = ["power": 1_500],
        for seconds: Double = 60
    ) -> OrderRequest {
        OrderRequest(
            id: id, actuator: battery, value: value, issuer: issuer, expiresAt: clock.now + seconds,
            cause: ["readings": [["series": "home3/meter/power", "value": 820]], "decided": "charge"])
    }
}

@Suite struct OrderBookTests {
    @Test func whatPeopleOrderedAndWhatFailedIsFoundAmongAllElse() throws {
        let books = try Books()
        for number in 0..<20 { _ = try books.book.place(books.request("a\(number)")) }
        _ = try books.book.place(books.request("other", by: .controller("second")))
        _ = try books.book.takeOver(battery, by: "anna", reason: nil)
        _ = try books.book.place(books.request("hers", by: .person("anna")))
        var filter = OrderFilter()
        filter.isNotable = true
        let found = try books.again().orders(filter, limit: 100)
        #expect(found.first?.id == "hers" && found.contains { $0.id == "other" && $0.state == .refused })
        #expect(found.allSatisfy { $0.issuer.kind == .person || [.refused, .failed, .expired].contains($0.state) })
    }

    @Test func anOrderLives() throws {
        let books = try Books()
        let placed = try books.book.place(books.request("a"))
        #expect(placed.state == .ordered && placed.number == 1)
        let sent = try #require(try books.book.beginSending("a"))
        #expect(sent.state == .sent && sent.sentAt == start)
        books.clock.advance(by: 2)
        #expect(try books.book.acknowledge("a")?.state == .acknowledged)
        let seen = try #require(try books.book.sawEffect("a", ["charge": 0.42]))
        #expect(seen.state == .effective && seen.effect == ["charge": 0.42] && seen.answeredAt == start + 2)
        // The record goes from the readings through the model's version to the effect, and is on the disk.
        let kept = try #require(try books.again().order("a"))
        #expect(kept == seen)
        #expect(kept.cause["decided"] == "charge" && kept.issuer.version == 3)
    }

    @Test func theSameIDDoesNothingTwice() throws {
        let books = try Books()
        for _ in 0..<3 { _ = try books.book.place(books.request("a")) }
        #expect(try books.book.orders().count == 1)
        #expect(try books.book.beginSending("a") != nil)
        #expect(try books.book.beginSending("a") == nil)
        #expect(try books.book.place(books.request("a")).state == .sent)
        #expect(try books.book.placeForSending([books.request("a")])[0].number == 1)
        let error = #expect(throws: OrderError.self) { try books.book.place(books.request("a", value: ["power": 9])) }
        #expect(error?.code == .conflict)
    }

    /// What was about to leave when Lares was killed may have left: it isn't sent again.
    @Test func aKillBetweenSendingAndAnswerSendsNothingAgain() throws {
        let books = try Books()
        _ = try books.book.place(books.request("a"))
        _ = try books.book.beginSending("a")
        let again = try books.again()
        #expect(try again.beginSending("a") == nil)
        #expect(try again.order("a")?.state == .sent)
        books.clock.advance(by: 61)
        #expect(try books.again().order("a")?.state == .failed)
    }

    @Test func anOrderOfYesterdayIsNeverSent() throws {
        let books = try Books()
        let request = books.request("a")
        _ = try books.book.place(request)
        books.clock.advance(by: 86_400)
        #expect(try books.book.beginSending("a") == nil)
        #expect(try books.book.order("a")?.state == .expired)
        // Replayed under its own name, and under another one.
        #expect(try books.book.place(request).state == .expired)
        var copied = request
        copied.id = "b"
        #expect(try books.book.place(copied).state == .expired)
        #expect(try books.book.beginSending("b") == nil)
    }

    /// Even if it was forgotten meanwhile and the clock is set back.
    @Test func whatWasForgottenIsNotTakenAnew() throws {
        var limits = OrderLimits()
        limits.records = 5
        let books = try Books(limits: limits), first = books.request("first")
        _ = try books.book.place(first)
        for number in 0..<20 { _ = try books.book.place(books.request("n\(number)")) }
        books.clock.advance(by: 3_600)
        _ = try books.book.settle()
        _ = try books.book.settle()
        #expect(try books.book.order("first") == nil)
        #expect(try books.book.orders(limit: 100).count <= 6)
        books.clock.advance(by: -3_600)
        #expect(try books.book.place(first).state == .expired)
        #expect(try books.book.beginSending("first") == nil)
    }

    @Test func twoControllersDontFightForOneActuator() throws {
        let books = try Books()
        _ = try books.book.place(books.request("a", by: .controller("mpc")))
        let refused = try books.book.place(books.request("b", by: .controller("rule")))
        #expect(refused.state == .refused)
        #expect(
            refused.reason
                == "battery/home-3 is controlled by mpc, and has one controller at a time: 'rule' has to wait until it is released")
        #expect(try books.book.beginSending("b") == nil)
        #expect(throws: OrderError.self) { try books.book.claim(battery, by: .controller("rule")) }
        // A controller that died loses it after its lease.
        books.clock.advance(by: 3_601)
        #expect(try books.book.claim(battery, by: .controller("rule")).owner.name == "rule")
    }

    @Test func peopleTakeOverAtOnceAndHandBack() throws {
        let books = try Books()
        _ = try books.book.place(books.request("a", by: .controller("mpc")))
        let handover = try books.book.takeOver(battery, by: "anna", reason: "the fire brigade")
        #expect(handover.from?.name == "mpc" && handover.to == .person("anna"))
        // What waited is refused, and so is what comes.
        #expect(try books.book.order("a")?.state == .refused)
        #expect(try books.book.place(books.request("b", by: .controller("mpc"))).reason?.contains("anna") == true)
        #expect(try books.book.place(books.request("c", by: .person("ben"))).state == .refused)
        #expect(try books.book.place(books.request("d", by: .person("anna"))).state == .ordered)
        // Another person takes it from her; the controller that gets it back stays the same.
        try books.book.takeOver(battery, by: "ben")
        #expect(try books.book.order("d")?.state == .refused)
        #expect(try books.book.handBack(battery, by: "ben").to?.name == "mpc")
        #expect(try books.book.place(books.request("e", by: .controller("mpc"))).state == .ordered)
        #expect(throws: OrderError.self) { try books.book.handBack(battery, by: "ben") }
        #expect(try books.book.handovers(limit: 10).map(\.by) == ["ben", "ben", "anna"])
        #expect(try books.again().handovers(limit: 1)[0].reason == nil)
    }

    @Test func handsAreBounded() throws {
        var limits = OrderLimits()
        limits.owners = 2
        let books = try Books(limits: limits)
        try books.book.claim(battery, by: .controller("mpc"), lease: 60)
        let others = try (1...3).map { try #require(ActuatorID("battery/other-\($0)")) }
        try books.book.takeOver(others[0], by: "anna")
        #expect(throws: OrderError.self) { try books.book.takeOver(others[1], by: "anna") }
        // What is there changes hands all the same, and a lease that has lapsed makes room.
        try books.book.takeOver(others[0], by: "ben")
        books.clock.advance(by: 61)
        try books.book.takeOver(others[1], by: "anna")
        #expect(throws: OrderError.self) { try books.book.claim(others[2], by: .controller("mpc")) }
        #expect(try books.book.owners().map(\.actuator) == [others[0], others[1]])
    }

    /// Who does a controller's work from now on gets the actuator, at once or from the person who has it.
    @Test func anotherControllerFollows() throws {
        let books = try Books(), (old, new) = (OrderIssuer.controller("fixed"), OrderIssuer.controller("max-wave"))
        try books.book.claim(battery, by: old)
        try books.book.pass(battery, from: old, to: new)
        #expect(try books.book.owner(of: battery)?.owner == new)
        try books.book.takeOver(battery, by: "anna")
        try books.book.pass(battery, from: new, to: old)
        #expect(try books.book.owner(of: battery)?.owner == .person("anna"))
        // What somebody else has isn't theirs to pass on.
        try books.book.pass(battery, from: new, to: .controller("mpc"))
        #expect(try books.book.handBack(battery, by: "anna").to == old)
        try books.book.pass(battery, from: new, to: .controller("mpc"))
        #expect(try books.again().owner(of: battery)?.owner == old)
        try books.book.release(battery, by: old)
        try books.book.pass(battery, from: old, to: new)
        #expect(try books.book.owner(of: battery) == nil)
    }

    @Test func aPersonsHandsDontLapse() throws {
        let books = try Books()
        try books.book.takeOver(battery, by: "anna")
        books.clock.advance(by: 30 * 86_400)
        #expect(try books.again().owner(of: battery)?.owner == .person("anna"))
    }

    /// An order that was sent before somebody took over may still be answered.
    @Test func whatIsOnItsWayIsAnswered() throws {
        let books = try Books()
        _ = try books.book.placeForSending([books.request("a", by: .controller("mpc"))])
        try books.book.takeOver(battery, by: "anna")
        #expect(try books.book.acknowledge("a")?.state == .acknowledged)
    }

    @Test(arguments: ["", "has space", String(repeating: "x", count: 129), "ü"]) func idsAreNames(id: String) throws {
        let books = try Books()
        #expect(throws: OrderError.self) { try books.book.place(books.request(id)) }
    }

    @Test func whatIsTooLargeOrTooFarAheadIsRefused() throws {
        let books = try Books()
        #expect(throws: OrderError.self) { try books.book.place(books.request("a", value: .string(String(repeating: "x", count: 5_000)))) }
        #expect(throws: OrderError.self) { try books.book.place(books.request("a", for: 86_401)) }
        #expect(throws: OrderError.self) { try books.book.place(books.request("a", for: .infinity)) }
        var limits = OrderLimits()
        limits.open = 2
        let small = try Books(limits: limits)
        for id in ["a", "b"] { _ = try small.book.place(small.request(id)) }
        let error = #expect(throws: OrderError.self) { try small.book.place(small.request("c")) }
        #expect(error?.code == .full)
    }

    /// All or none: nothing of a batch with a fault in it stays.
    @Test func aBatchIsWhole() throws {
        let books = try Books()
        _ = try books.book.place(books.request("taken"))
        #expect(throws: OrderError.self) { try books.book.place([books.request("a"), books.request("taken", value: 7)]) }
        #expect(try books.book.order("a") == nil)
    }

    @Test func statesAreToldAsTheyAreReached() async throws {
        let books = try Books()
        let changes = books.book.changes()
        _ = try books.book.place(books.request("a"))
        _ = try books.book.beginSending("a")
        try books.book.fail("a", "the battery is away")
        var states: [Order.State] = []
        for await order in changes {
            states.append(order.state)
            if states.count == 3 { break }
        }
        #expect(states == [.ordered, .sent, .failed])
    }

    @Test func ordersAreFound() throws {
        let books = try Books()
        for id in ["a", "b", "c"] { _ = try books.book.place(books.request(id)) }
        _ = try books.book.beginSending("b")
        var filter = OrderFilter()
        filter.state = .sent
        #expect(try books.book.orders(filter).map(\.id) == ["b"])
        (filter.state, filter.before) = (nil, 3)
        #expect(try books.book.orders(filter).map(\.id) == ["b", "a"])
        (filter.before, filter.issuer) = (.max, "nobody")
        #expect(try books.book.orders(filter).isEmpty)
        filter = OrderFilter()
        filter.actuator = ActuatorID("signal/A1")
        #expect(try books.book.orders(filter).isEmpty)
    }

    @Test(arguments: ["", "/", "signal", "signal/", "/A1", "Signal/A1", "signal/A 1"]) func actuatorsHaveAKindAndAName(text: String) {
        #expect(ActuatorID(text) == nil)
    }
}

@Suite struct OrderDispatchTests {
    private struct Carrier: OrderCarrier {
        let fails: Bool
        func carry(_ order: Order) async throws -> JSON? {
            if fails { throw OrderError(.unknown, "the battery is away") }
            return ["done": order.value]
        }
    }

    @Test func whatIsCarriedOutIsWrittenDown() async throws {
        let books = try Books(), dispatch = OrderDispatch(books.book)
        await #expect(throws: OrderError.self) { try await dispatch.carryOut(books.request("a")) }
        #expect(try books.book.order("a") == nil)
        await dispatch.register("battery", Carrier(fails: false))
        #expect(try await dispatch.carryOut(books.request("a")).state == .effective)
        #expect(try await dispatch.carryOut(books.request("a")).state == .effective)
        await dispatch.register("battery", Carrier(fails: true))
        let failed = try await dispatch.carryOut(books.request("b"))
        #expect(failed.state == .failed && failed.reason == "the battery is away")
        // The same again is the same failure, not another try.
        await dispatch.register("battery", Carrier(fails: false))
        #expect(try await dispatch.carryOut(books.request("b")).state == .failed)
    }
}
