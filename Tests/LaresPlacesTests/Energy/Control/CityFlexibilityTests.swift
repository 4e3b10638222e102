import Foundation
import LaresControl
import LaresJSON
import LaresPlaces
import LaresStore
import LaresTesting
import LaresThings
import Synchronization
import Testing

/// A line to a city that is in the same program, which remembers all that went over it.
final class DeskLine: CityLine {
    let desk: FlexibilityDesk
    let said = Mutex<[String]>([])
    let isBroken = Mutex(false)

    init(_ desk: FlexibilityDesk) { self.desk = desk }

    private func go(_ what: String) throws {
        said.withLock { $0.append(what) }
        if isBroken.withLock(\.self) { throw EnergyError(.notReady, "no city") }
    }

    func requests() async throws -> [PublishedRequest] {
        try go("requests")
        return try await desk.requests().map { try PublishedRequest($0.json) }
    }

    func offer(_ offer: FlexibilityOffer) async throws {
        try go("offer \(offer.token) \(offer.change)")
        try await desk.take(offer)
    }

    func answer(_ request: String, token: String) async throws -> OfferAnswer {
        try go("answer \(token)")
        let json = try await desk.answer(request, token: token).json
        return try #require(OfferAnswer(json))
    }
}

/// A city that asks, and a home that answers within what its people allow.
@Suite struct CityFlexibilityTests {
    private struct Both {
        let home: ControlledHome, control: EnergyControl, desk: FlexibilityDesk, line: DeskLine, answers: CityAnswers
        let path: String
    }

    /// - Parameter capacity: Of the battery, in kWh: one that the evening empties has nothing to offer in it.
    private func both(
        willing: Bool = true, stage: Stage = .active, capacity: Double = ControlledHome.design.capacity
    ) async throws -> Both {
        let home = try ControlledHome(capacity: capacity)
        try await home.live(past: 10)
        let control = try home.control()
        var settings = ControlledHome.settings
        settings.battery?.capacity = capacity
        try await control.set(settings, by: "anna")
        await control.adopt(ControlledHome.trusted(stage))
        try await control.set(Self.allowed(willing), by: "anna")
        let path = NSTemporaryDirectory() + "/lares-city-\(UUID().uuidString)"
        let desk = FlexibilityDesk(store: try EnergyControlStore(home: try LaresHome(path: path)), telemetry: nil, clock: home.clock)
        let line = DeskLine(desk)
        let answers = try CityAnswers(control, store: home.store, clock: home.clock) { _ in line }
        return Both(home: home, control: control, desk: desk, line: line, answers: answers, path: path)
    }

    private static func allowed(_ willing: Bool) throws -> FlexibilitySettings {
        let text =
            #"{"willing": \#(willing), "most_less_kw": 2, "most_more_kw": 2, "reserve": 0.1, "city": "http://127.0.0.1:1", "key": "secret-key"}"#
        return try FlexibilitySettings(JSON(parsing: Array(text.utf8)))
    }

    /// Two hours of less, four hours from the next.
    private func ask(_ both: Both, kilowatts: Double = -1, id: String = "evening") async throws {
        let first = both.home.hour + 4, from = Date(timeIntervalSince1970: Double(first) * 3_600).formatted(.iso8601)
        let body: JSON = ["id": .string(id), "from": .string(from), "hours": 2, "kw": .double(kilowatts)]
        _ = try await both.desk.publish(PublishedRequest(new: body, now: both.home.now))
    }

    /// 14:00 of the second day, with a battery of which the evening needs half; the window of ``ask(_:kilowatts:id:)`` is from 18:00 to 20:00.
    private func inTheAfternoon(_ allowed: String? = nil) async throws -> Both {
        let both = try await both(capacity: 20)
        if let allowed { try await both.control.set(FlexibilitySettings(JSON(parsing: Array(allowed.utf8))), by: "anna") }
        try await both.home.live(30, under: both.control)
        return both
    }

    private func told(_ both: Both) -> [String] { both.line.said.withLock { $0.filter { $0.hasPrefix("offer") } } }

    @Test func whatWasPromisedIsKeptWithinATenthAndOneNumberIsTold() async throws {
        let both = try await inTheAfternoon()
        defer { try? FileManager.default.removeItem(atPath: both.path) }
        try await both.home.live(1, under: both.control) { _ in
            try await self.ask(both)
            await both.answers.pass()
            try await both.desk.award("evening")
            await both.answers.pass()
        }
        let told = told(both).map { $0.split(separator: " ") }
        #expect(told.count == 1 && told.first?.count == 3 && told.first?[1].count == 32)
        let offered = try #require(told.first.flatMap { Double($0[2]) })
        #expect(offered < 0 && offered >= -1 && (offered / 0.25).rounded() == offered / 0.25)
        #expect(try await both.control.history(limit: 50, kind: "promise").count == 1)
        try await both.home.live(3, under: both.control) { _ in await both.answers.pass() }
        #expect(self.told(both).count == 1)
        try await both.home.live(2, under: both.control) { _ in
            let order = try #require(await both.control.orders.first)
            #expect(order.reason == "promise")
            let decision = try #require(try await both.control.history(limit: 1, kind: "decision").first)
            let (usual, sent) = (decision["planned_kw"]?.number ?? .nan, decision["sent_kw"]?.number ?? .nan)
            #expect(abs(sent - usual - offered) <= 0.1 * abs(offered), "\(decision.serialized)")
            #expect(home(both, has: sent))
            // Whose order it was, and on whose behalf, stands in the book.
            #expect(try both.home.book.orders(limit: 1).first?.cause["plan"]?["promised_kw"]?.number == offered)
        }
        try await both.home.live(1, under: both.control)
        #expect(await both.control.orders.first?.reason == "plan")
    }

    /// Whether the battery was told so.
    private func home(_ both: Both, has kilowatts: Double) -> Bool {
        (both.home.commands.last?.value.number).map { abs($0 - kilowatts * 1_000) <= 1 } ?? false
    }

    /// The same afternoon, in which it would offer a kilowatt: more than people allow is nobody's.
    @Test(
        arguments: [
            (#""most_less_kw": 0.5, "reserve": 0.1"#, -0.5), (#""most_less_kw": 0, "most_more_kw": 2, "reserve": 0.1"#, nil),
            (#""most_less_kw": 2, "reserve": 0.95"#, nil), (#""most_less_kw": 2, "least_payment": 0.5"#, nil),
            (#""most_less_kw": 2, "most_in_week": 0"#, nil), (#""most_less_kw": 2, "reserve": 0.1"#, -1),
        ] as [(String, Double?)])
    func whatPeopleDoNotAllowIsNotOffered(allowed: String, most: Double?) async throws {
        let both = try await inTheAfternoon(
            #"{"willing": true, \#(allowed), "city": "http://127.0.0.1:1", "key": "secret-key"}"#)
        defer { try? FileManager.default.removeItem(atPath: both.path) }
        try await both.home.live(1, under: both.control) { _ in
            try await self.ask(both)
            await both.answers.pass()
        }
        let offered = told(both).compactMap { Double($0.split(separator: " ")[2]) }
        if let most {
            #expect(offered.count == 1 && offered.allSatisfy { $0 < 0 && $0 >= most })
        } else {
            #expect(offered.isEmpty && !told(both).contains { $0.hasPrefix("offer") })
        }
    }

    @Test func aRequestThatIsTakenBackIsUndone() async throws {
        let both = try await inTheAfternoon()
        defer { try? FileManager.default.removeItem(atPath: both.path) }
        try await both.home.live(1, under: both.control) { _ in
            try await self.ask(both)
            await both.answers.pass()
            #expect(self.told(both).count == 1)
            try await both.desk.cancel("evening")
            await both.answers.pass()
        }
        #expect(await both.answers.shown["answers"]?.elements?.first?["answer"] == "none")
        #expect(try await both.control.history(limit: 50, kind: "promise").isEmpty)
        try await both.home.live(6, under: both.control) { _ in
            await both.desk.pass()
            await both.answers.pass()
            #expect(await both.control.orders.first?.reason == "plan")
        }
    }

    @Test func whoChangesTheirMindIsFreeAtOnce() async throws {
        let both = try await inTheAfternoon()
        defer { try? FileManager.default.removeItem(atPath: both.path) }
        try await both.home.live(1, under: both.control) { _ in
            try await self.ask(both)
            await both.answers.pass()
            try await both.desk.award("evening")
            await both.answers.pass()
            #expect(try await both.control.history(limit: 50, kind: "promise").count == 1)
            try await both.control.set(Self.allowed(false), by: "anna")
        }
        try await both.home.live(6, under: both.control) { _ in #expect(await both.control.orders.first?.reason == "plan") }
    }

    @Test func aCityThatIsAwayIsTriedAgainAndTheOfferIsTheSame() async throws {
        let both = try await inTheAfternoon()
        defer { try? FileManager.default.removeItem(atPath: both.path) }
        try await both.home.live(1, under: both.control) { _ in
            try await self.ask(both)
            both.line.isBroken.withLock { $0 = true }
            await both.answers.pass()
            #expect(await both.answers.trouble != nil)
            both.line.isBroken.withLock { $0 = false }
            await both.answers.pass()
            // A home that was started again tells the same once more.
            let again = try CityAnswers(both.control, store: both.home.store, clock: both.home.clock) { _ in both.line }
            await again.pass()
        }
        #expect(Set(told(both)).count == 1)
        #expect(try await both.desk.outcome("evening")["offers"] == 1)
    }

    @Test func whoIsNotWillingIsNeverHeardOf() async throws {
        let both = try await both(willing: false)
        defer { try? FileManager.default.removeItem(atPath: both.path) }
        try await both.home.live(3, under: both.control) { _ in
            if both.home.hour == Int(ControlledHome.start / 3_600) { try await self.ask(both) }
            await both.answers.pass()
        }
        #expect(both.line.said.withLock(\.self) == [])
        #expect(await both.control.mayAnswer == false)
    }

    @Test(arguments: [Stage.shadow, .guarded]) func aControllerThatIsNotTrustedPromisesNothing(stage: Stage) async throws {
        let both = try await both(stage: stage)
        defer { try? FileManager.default.removeItem(atPath: both.path) }
        try await both.home.live(1, under: both.control) { _ in
            try await self.ask(both)
            await both.answers.pass()
        }
        #expect(both.line.said.withLock { $0.count { $0.hasPrefix("offer") } } == 0)
    }

    // MARK: The city's side

    private func desk(_ clock: FixedClock) throws -> (FlexibilityDesk, String) {
        let path = NSTemporaryDirectory() + "/lares-city-\(UUID().uuidString)"
        return (FlexibilityDesk(store: try EnergyControlStore(home: try LaresHome(path: path)), telemetry: nil, clock: clock), path)
    }

    private static let body: JSON = ["id": "r", "from": "2027-01-15T17:00:00Z", "hours": 2, "kw": -3]

    @Test func repeatingIsHarmlessAndContradictingIsRefused() async throws {
        let clock = FixedClock(Date(timeIntervalSince1970: ControlledHome.start)), (desk, path) = try desk(clock)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let request = try PublishedRequest(new: Self.body, now: ControlledHome.start)
        #expect(try await desk.publish(request).isNew)
        #expect(try await desk.publish(request).isNew == false)
        let other = try PublishedRequest(
            new: ["id": "r", "from": "2027-01-15T17:00:00Z", "hours": 3, "kw": -3], now: ControlledHome.start)
        await #expect(throws: EnergyError.self) { try await desk.publish(other) }
        let offer = try FlexibilityOffer(request: "r", token: "0123456789abcdef", change: -1)
        try await desk.take(offer)
        try await desk.take(offer)
        try await desk.take(FlexibilityOffer(request: "r", token: "0123456789abcdef", change: -2))
        #expect(try await desk.outcome("r")["offers"] == 1)
        #expect(try await desk.outcome("r")["offered_kw"]?.number == -2)
        await #expect(throws: (any Error).self) {
            try await desk.take(FlexibilityOffer(request: "r", token: "fedcba9876543210", change: 1))
        }
        await #expect(throws: EnergyError.self) { try await desk.take(FlexibilityOffer(request: "r", token: "short", change: -1)) }
        await #expect(throws: EnergyError.self) {
            try await desk.take(FlexibilityOffer(request: "nothing", token: "fedcba9876543210", change: -1))
        }
    }

    @Test func awardsComeAtTheTimeAndAreTheSameEverAfter() async throws {
        let clock = FixedClock(Date(timeIntervalSince1970: ControlledHome.start)), (desk, path) = try desk(clock)
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try await desk.publish(PublishedRequest(new: Self.body, now: ControlledHome.start))
        for (token, change) in [("aaaaaaaaaaaaaaaa", -2.0), ("bbbbbbbbbbbbbbbb", -4)] {
            try await desk.take(FlexibilityOffer(request: "r", token: token, change: change))
        }
        await desk.pass()
        #expect(try await desk.answer("r", token: "aaaaaaaaaaaaaaaa") == .waiting)
        // An hour before 17:00.
        clock.advance(by: 8 * 3_600)
        await desk.pass()
        #expect(try await desk.answer("r", token: "aaaaaaaaaaaaaaaa") == .awarded(-1))
        #expect(try await desk.answer("r", token: "bbbbbbbbbbbbbbbb") == .awarded(-2))
        await #expect(throws: EnergyError.self) {
            try await desk.take(FlexibilityOffer(request: "r", token: "cccccccccccccccc", change: -1))
        }
        await #expect(throws: EnergyError.self) { try await desk.cancel("r") }
        await #expect(throws: EnergyError.self) { try await desk.answer("r", token: "cccccccccccccccc") }
        // What was awarded is said by a city that was started again, too, until the request is over.
        let again = FlexibilityDesk(store: try EnergyControlStore(home: try LaresHome(path: path)), telemetry: nil, clock: clock)
        #expect(try await again.answer("r", token: "bbbbbbbbbbbbbbbb") == .awarded(-2))
        clock.advance(by: 4 * 3_600)
        #expect(try await again.requests().isEmpty)
    }

    @Test func whatWasTakenBackIsAwardedToNobody() async throws {
        let clock = FixedClock(Date(timeIntervalSince1970: ControlledHome.start)), (desk, path) = try desk(clock)
        defer { try? FileManager.default.removeItem(atPath: path) }
        _ = try await desk.publish(PublishedRequest(new: Self.body, now: ControlledHome.start))
        try await desk.take(FlexibilityOffer(request: "r", token: "aaaaaaaaaaaaaaaa", change: -2))
        try await desk.cancel("r")
        #expect(try await desk.answer("r", token: "aaaaaaaaaaaaaaaa") == OfferAnswer.none)
        await #expect(throws: EnergyError.self) { try await desk.award("r") }
    }

    @Test(arguments: [
        #"{"from": "2027-01-15T17:00:00Z", "hours": 25, "kw": -1}"#, #"{"from": "2027-01-15T17:30:00Z", "hours": 1, "kw": -1}"#,
        #"{"from": "2027-01-15T17:00:00Z", "hours": 1, "kw": 0}"#, #"{"from": "2027-01-14T17:00:00Z", "hours": 1, "kw": -1}"#,
        #"{"from": "2027-09-14T17:00:00Z", "hours": 1, "kw": -1}"#, #"{"from": "2027-01-15T17:00:00Z", "hours": 1, "kw": 1e300}"#,
        #"{"from": "2027-01-15T17:00:00Z", "hours": 1, "kw": -1, "id": "a/b"}"#,
        #"{"from": "2027-01-15T17:00:00Z", "hours": 1, "kw": -1, "answer_by": "2027-01-15T18:00:00Z"}"#,
        #"{"from": "2027-01-15T17:00:00Z", "hours": 1, "kw": -1, "home": "anna's"}"#, "[]", "{}",
    ]) func requestsThatCannotBeAreRefused(text: String) throws {
        let json = try JSON(parsing: Array(text.utf8))
        #expect(throws: EnergyError.self) { try PublishedRequest(new: json, now: ControlledHome.start) }
    }

    @Test func aKeyGoesNowhereInTheClearAndIsNeverShown() throws {
        func settings(_ city: String) throws -> FlexibilitySettings {
            try FlexibilitySettings(["willing": true, "city": .string(city), "key": "a-secret-key"])
        }
        for city in ["https://city.example.org", "http://127.0.0.1:8080", "http://192.168.1.4", "http://lares.local:8080"] {
            let made = try settings(city)
            #expect(!made.json.serialized.contains("a-secret-key"))
            #expect(!"\(made)".contains("a-secret-key"))
            // A form that leaves the key out keeps it, for the same city only.
            #expect(try FlexibilitySettings(made.json, replacing: made) == made)
            let elsewhere = try FlexibilitySettings(["willing": true, "city": "https://other.example.org"], replacing: made)
            #expect(elsewhere != made)
        }
        for city in [
            "http://city.example.org", "http://8.8.8.8", "ftp://127.0.0.1", "http://127.0.0.1.example.org", "http://10.0.0.example.1",
            "http://10..0.0.1", "city",
        ] {
            #expect(throws: EnergyError.self, "\(city)") { try settings(city) }
        }
    }

    /// Whatever comes is read or refused, and what is read is written as it was.
    @Test func damagedFormsAreRefusedOrRead() throws {
        let control =
            #"{"enabled": true, "battery": {"charge": "a/b/c", "order": "a/b/d", "capacity_kwh": 8, "power_kw": 3}, "heat_pumps": [{"name": "hp", "inside": "a/t/x", "order": "a/t/y", "power_kw": 2, "comfort": [20, 22], "night": {"from": "22:00", "to": "06:00", "comfort": [17, 20]}}]}"#
        let request = #"{"id": "r", "from": "2027-01-15T17:00:00Z", "hours": 2, "kw": -3, "answer_by": "2027-01-15T12:00:00Z"}"#
        let limits = #"{"willing": true, "most_less_kw": 2, "reserve": 0.2, "city": "https://a.example", "key": "k"}"#
        var mutations = Mutations(seed: 20_270_115), read = 0
        for place in 0..<Mutations.inputs / 5 {
            let text = [control, request, limits][place % 3]
            guard let json = try? JSON(parsing: mutations.mutate(Array(text.utf8))) else { continue }
            if let settings = try? EnergyControlSettings(json) {
                #expect(try EnergyControlSettings(settings.json) == settings)
                read += 1
            }
            if let request = try? PublishedRequest(new: json, now: ControlledHome.start) {
                #expect(try PublishedRequest(request.json).request == request.request)
                read += 1
            }
            if let settings = try? FlexibilitySettings(json) {
                #expect(try FlexibilitySettings(settings.json, replacing: settings) == settings)
                read += 1
            }
        }
        #expect(read > 100)
    }
}
