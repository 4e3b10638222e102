import Foundation
import LaresControl
import LaresJSON
import LaresPlaces
import LaresStore
import LaresTesting
import LaresThings
import Synchronization
import Testing

@Suite struct TrafficServiceTests {
    /// Runs a service with its own thread, at a hundred seconds a second, for as long as the test takes.
    private func withTraffic(
        _ source: ScriptedStreet, file: String? = nil, books: Books,
        prove: @escaping @Sendable (ShellRules, Int, () -> Bool) -> ShellProof = { ShellProof($0, limit: $1, while: $2) },
        _ test: @Sendable (TrafficService, inout AsyncStream<TrafficSecond>.AsyncIterator) async throws -> Void
    ) async throws {
        let traffic = TrafficService(orders: OrderDispatch(books.book), file: file, clock: books.clock, prove: prove) { _ in source }
        try traffic.set(speed: 100)
        traffic.run(source, folder: "test")
        try await withThrowingTaskGroup(of: Void.self) { group in
            var seconds = traffic.seconds().makeAsyncIterator()
            group.addTask { await traffic.run() }
            try await test(traffic, &seconds)
            group.cancelAll()
        }
    }

    private static func wait(
        _ seconds: inout AsyncStream<TrafficSecond>.AsyncIterator, atMost count: Int = 3_000, until isSo: () -> Bool
    ) async {
        for _ in 0..<count where !isSo() { _ = await seconds.next(isolation: #isolation) }
    }

    @Test func junctionsAreConfiguredTakenOverAndHandedBack() async throws {
        let books = try Books(), file = books.home.file("traffic.json")
        try await withTraffic(try ScriptedStreet(), file: file, books: books) { traffic, seconds in
            await Self.wait(&seconds) { traffic.status.state == .running && traffic.junction("c") != nil }
            #expect(traffic.junction("c")?["controller"] == "fixed")
            try traffic.configure("c", control: .maxWave)
            await Self.wait(&seconds) { traffic.junction("c")?["controller"] == "max-wave" }
            #expect(traffic.junction("c")?["stage"] == "shadow")
            try traffic.trust("c", .active)
            await Self.wait(&seconds) { traffic.junction("c")?["stage"] == "active" }
            try traffic.takeOver("c", by: "anna", reason: "a procession")
            await Self.wait(&seconds) { traffic.junction("c")?["takenOver"] == true }
            let ordered = try await traffic.orders.carryOut(
                OrderRequest(
                    id: "hers", actuator: ActuatorID("signal/c")!, value: ["phase": 1], issuer: .person("anna"),
                    expiresAt: books.clock.now - 1))
            #expect(ordered.state == .expired)
            try traffic.handBack("c", by: "anna")
            await Self.wait(&seconds) { traffic.junction("c")?["takenOver"] == false }
            #expect(traffic.occurrences(limit: 10).map(\.kind).contains("taken-over"))
            #expect(traffic.status.violations.isEmpty)
            #expect(throws: TrafficError.self) { try traffic.configure("nowhere", control: .fixed) }
            #expect(throws: TrafficError.self) { try traffic.close("nowhere", for: 60) }
        }
        // What was asked for and earned is there after a restart.
        let again = TrafficService(orders: OrderDispatch(books.book), file: file)
        again.run(try ScriptedStreet(), folder: "test")
        let kept = try JSON(parsing: Array(try Data(contentsOf: URL(filePath: file))))
        #expect(kept["junctions"]?["c"]?["controller"] == "max-wave")
        #expect(kept["junctions"]?["c"]?["ladder"]?.text?.contains("active") == true)
        #expect(kept["junctions"]?["c"]?["earned"] == ["controller": "max-wave", "model": .null, "sensors": "cameras"])
        // Junctions of another street aren't these.
        again.run(try ScriptedStreet(), folder: "another")
        #expect(try JSON(parsing: Array(try Data(contentsOf: URL(filePath: file))))["junctions"] == [:])
    }

    /// Topics and identifiers of things are of small letters: "C" and "c" are two junctions all the same.
    @Test func namesThatDifferInCapitalsAloneAreTwoThings() async throws {
        var street = try ScriptedStreet()
        street.rules = [try SmallCrossing.rules("c"), try SmallCrossing.rules("C"), try SmallCrossing.rules("D")]
        try await withTraffic(street, books: try Books()) { traffic, seconds in
            await Self.wait(&seconds) { traffic.junction("c") != nil && traffic.junction("C") != nil }
            let queues = ["C", "c", "D"].map { traffic.junction($0)?["series"]?["queue"]?.text ?? "" }
            #expect(queues[0] == "signal_c/queue" && queues[2] == "signal_d/queue")
            #expect(queues[1].hasPrefix("signal_c_") && queues[1] != queues[0])
        }
    }

    /// A city's network takes seconds to read: the thread of the street reads it, not one that others wait for.
    @Test func theStreetsOwnThreadReadsWhatWasRunBefore() async throws {
        let books = try Books(), file = books.home.file("traffic.json"), ownThread = Mutex<[Bool]>([])
        try #"{"folder": "crossing", "speed": 100}"#.write(toFile: file, atomically: true, encoding: .utf8)
        let traffic = TrafficService(orders: OrderDispatch(books.book), file: file, clock: books.clock) { folder in
            // A thread that tasks wait for would have one of them.
            ownThread.withLock { $0.append(withUnsafeCurrentTask { $0 == nil }) }
            #expect(folder == "crossing")
            return try ScriptedStreet()
        }
        await withTaskGroup(of: Void.self) { group in
            var seconds = traffic.seconds().makeAsyncIterator()
            group.addTask { await traffic.run() }
            await Self.wait(&seconds) { traffic.status.state == .running }
            group.cancelAll()
        }
        #expect(ownThread.withLock(\.self) == [true])
        #expect(traffic.folder == "crossing")
    }

    /// Nobody waits for the street's next second: what was asked for a moment ago is what is trusted, and what gets the signal back.
    @Test func whatIsAskedAtOnceIsDoneInItsOrder() async throws {
        let books = try Books()
        try await withTraffic(try ScriptedStreet(), books: books) { traffic, seconds in
            let signal = try #require(ActuatorID("signal/c"))
            await Self.wait(&seconds) { (try? books.book.owner(of: signal)) != nil && traffic.junction("c") != nil }
            #expect(throws: TrafficError.self) { try traffic.trust("c", .active) }
            try traffic.configure("c", control: .maxWave)
            try traffic.trust("c", .active)
            try traffic.takeOver("c", by: "anna")
            await Self.wait(&seconds) { traffic.junction("c")?["takenOver"] == true && traffic.junction("c")?["stage"] == "active" }
            #expect(traffic.junction("c")?["stage"] == "active")
            #expect(try traffic.handBack("c", by: "anna").to?.name == "max-wave")
        }
    }

    /// Each shell is proven beside the street, which doesn't wait for it.
    @Test func aShellIsProvenWhileTheStreetRuns() async throws {
        final class Gate: Sendable { let isOpen = Mutex(false) }
        let gate = Gate(), states = ShellProof(try SmallCrossing.rules()).states
        let prove = { @Sendable (rules: ShellRules, limit: Int, goesOn: () -> Bool) -> ShellProof in
            while !gate.isOpen.withLock(\.self), goesOn() { usleep(1_000) }
            return ShellProof(rules, limit: limit, while: goesOn)
        }
        try await withTraffic(try ScriptedStreet(), books: try Books(), prove: prove) { traffic, seconds in
            await Self.wait(&seconds) { (traffic.status.time ?? 0) > 20 }
            #expect(traffic.junction("c")?["shell"] == ["state": "proving", "states": .null, "why": .null])
            gate.isOpen.withLock { $0 = true }
            await Self.wait(&seconds, atMost: 6_000) { traffic.junction("c")?["shell"]?["state"] == "proven" }
            #expect(traffic.junction("c")?["shell"] == ["state": "proven", "states": .int(states), "why": .null])
            #expect(traffic.junctions[0]["shell"]?["state"] == "proven" && traffic.junction("c")?["fallBack"] == .null)
        }
    }

    /// A shell that may show what must not be has no controller behind it.
    @Test func nobodyIsHeardBehindAShellThatIsNotSafe() async throws {
        let prove = { @Sendable (rules: ShellRules, limit: Int, goesOn: () -> Bool) -> ShellProof in
            ShellProof(rules, limit: limit, while: goesOn) { state, wish, isClear in
                var state = state
                // It skips the yellow.
                if state.target != nil { state.set(passed: 99) }
                return rules.next(after: state, wish: wish, isClear: isClear)
            }
        }
        let books = try Books(), file = books.home.file("traffic.json")
        try Self.keep(["controller": "max-wave", "sensors": "cameras", "ladder": Self.ladder(.active)], in: file)
        try await withTraffic(try ScriptedStreet(), file: file, books: books, prove: prove) { traffic, seconds in
            await Self.wait(&seconds, atMost: 6_000) { traffic.junction("c")?["fallBackReason"] == "unproven" }
            let junction = try #require(traffic.junction("c"))
            #expect(junction["shell"]?["state"] == "failed" && junction["fallBackReason"] == "unproven" && junction["stage"] == "active")
            #expect(traffic.occurrences(limit: 50).contains { $0.kind == "fell-back" && $0.text.contains("the proof of its shell failed") })
        }
    }

    @Test func aProofThatComesToNoEndIsSaid() async throws {
        let prove = { @Sendable (rules: ShellRules, _: Int, goesOn: () -> Bool) in ShellProof(rules, limit: 10, while: goesOn) }
        try await withTraffic(try ScriptedStreet(), books: try Books(), prove: prove) { traffic, seconds in
            await Self.wait(&seconds, atMost: 6_000) { traffic.junction("c")?["shell"]?["state"] == "unproven" }
            #expect(traffic.junction("c")?["shell"]?["why"]?.text?.contains("more than") == true)
        }
    }

    private static func ladder(_ stage: Stage) throws -> JSON {
        .string(String(decoding: try JSONEncoder().encode(StageLadder(from: stage)), as: UTF8.self))
    }

    private static func keep(_ junction: JSON, in file: String) throws {
        let kept: JSON = ["folder": "test", "speed": 100, "junctions": ["c": junction]]
        try Data(kept.data).write(to: URL(filePath: file))
    }

    /// What a release before this one kept doesn't say what earned the trust: it begins in the shadow where that can't be told.
    @Test(
        arguments: [
            ("max-wave", .null, .null, "active"), ("learned", "planner:2", .null, "active"),
            ("learned", "planner:production", .null, "shadow"),
            ("learned", "planner", .null, "shadow"), ("learned", .null, .null, "shadow"),
            ("max-wave", .null, ["controller": "max-wave", "sensors": "cameras", "model": .null], "active"),
            ("max-wave", .null, ["controller": "max-wave", "sensors": "loops", "model": .null], "shadow"),
            ("max-wave", .null, ["controller": "actuated", "sensors": "cameras", "model": .null], "shadow"),
            ("max-wave", .null, "nonsense", "shadow"),
        ] as [(JSON, JSON, JSON, JSON)])
    func trustThatWasKeptIsThatOfWhatEarnedIt(control: JSON, model: JSON, earned: JSON, stage: JSON) async throws {
        let books = try Books(), file = books.home.file("traffic.json")
        var members: JSON.Members = ["controller": control, "model": model, "sensors": "cameras", "ladder": try Self.ladder(.active)]
        if earned != .null { members["earned"] = earned }
        try Self.keep(.object(members), in: file)
        try await withTraffic(try ScriptedStreet(), file: file, books: books) { traffic, seconds in
            await Self.wait(&seconds) { traffic.junction("c")?["controller"] == control }
            #expect(traffic.junction("c")?["stage"] == stage)
        }
    }

    @Test func aPersonsPhaseIsShown() async throws {
        let books = try Books()
        try await withTraffic(try ScriptedStreet(), books: books) { traffic, seconds in
            await Self.wait(&seconds) { traffic.junction("c") != nil }
            try traffic.takeOver("c", by: "anna")
            let order = try await traffic.orders.carryOut(
                OrderRequest(
                    id: "hers", actuator: ActuatorID("signal/c")!, value: ["phase": 1], issuer: .person("anna"),
                    expiresAt: books.clock.now + 60))
            #expect(order.state == .acknowledged)
            await Self.wait(&seconds) { (try? books.book.order("hers")?.state) == .effective }
            #expect(try books.book.order("hers")?.state == .effective)
            let bad = try await traffic.orders.carryOut(
                OrderRequest(
                    id: "bad", actuator: ActuatorID("signal/c")!, value: ["phase": 9], issuer: .person("anna"),
                    expiresAt: books.clock.now + 60))
            #expect(bad.state == .failed && bad.reason == "c has the phases 0 to 1")
        }
    }

    private final class Eyes: TrafficObserver {
        let (times, continuation) = AsyncStream.makeStream(of: Double.self)
        func saw(_ second: TrafficSecond) async { continuation.yield(second.time) }
    }

    @Test func observersSeeEverySecondInOrder() async throws {
        let books = try Books(), eyes = Eyes()
        let traffic = TrafficService(orders: OrderDispatch(books.book))
        try traffic.set(speed: 50)
        traffic.observe(eyes)
        traffic.run(try ScriptedStreet())
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await traffic.run() }
            var seen: [Double] = []
            for await time in eyes.times {
                seen.append(time)
                if seen.count == 20 { break }
            }
            #expect(zip(seen, seen.dropFirst()).allSatisfy { $1 == $0 + 1 })
            group.cancelAll()
        }
    }

    @Test func theStreetIsAMap() throws {
        let traffic = TrafficService(orders: OrderDispatch(try Books().book))
        #expect(traffic.network == nil)
        traffic.run(try ScriptedStreet())
        let network = try #require(traffic.network)
        #expect(network["lares"]?["crs"] == "local-metres" && network["bbox"] == [0.0, 0.0, 200.0, 200.0])
        let features = network["features"]?.elements ?? []
        let kinds = features.compactMap { $0["properties"]?["kind"]?.text }
        #expect(kinds.count { $0 == "lane" } == 4 && kinds.count { $0 == "junction" } == 1 && kinds.count { $0 == "head" } == 2)
        let lane = try #require(features.first { $0["id"] == "lane/w_0" })
        #expect(lane["geometry"]?["coordinates"] == [[0.0, 100.0], [95.0, 100.0]] && lane["properties"]?["junction"] == "c")
        // A light stands where its lane ends.
        #expect(features.first { $0["id"] == "head/c/1" }?["geometry"]?["coordinates"] == [100.0, 95.0])
    }

    @Test func aServiceWithoutAStreetSaysSo() throws {
        let traffic = TrafficService(orders: OrderDispatch(try Books().book))
        #expect(traffic.status.state == .off && traffic.statusJSON["state"] == "off")
        #expect(traffic.junctions.isEmpty && traffic.live["junctions"] == [])
        #expect(throws: TrafficError.self) { try traffic.takeOver("c", by: "anna") }
        #expect(throws: (any Error).self) { try traffic.open("/nowhere") }
    }
}

@Suite struct TrafficPartsTests {
    @Test func aStreetThatBreaksOffIsLeftAloneForLonger() {
        var delay = RestartDelay()
        #expect((0..<8).map { _ in delay.brokeOff(after: 1) } == [1, 2, 4, 8, 16, 32, 60, 60])
        #expect(delay.brokeOff(after: 61) == 1)
    }

    @Test func figuresAreThoseOfFiveMinutes() {
        var figures = JunctionFigures()
        #expect(figures.queue == nil && figures.delay == nil && figures.throughput == nil)
        for _ in 0..<600 { figures.add(standing: 4, passed: 0.5) }
        #expect(figures.queue == 4 && figures.delay == 8 && figures.throughput == 1_800)
        for _ in 0..<300 { figures.add(standing: .nan, passed: .infinity) }
        #expect(figures.queue == 0 && figures.delay == nil && figures.throughput == 0)
        var uncounted = JunctionFigures()
        uncounted.add(standing: 1, passed: nil)
        #expect(uncounted.throughput == nil)
    }

    @Test func settingsThatCannotBeReadAreThoseOfTheBeginning() throws {
        let books = try Books(), file = books.home.file("traffic.json")
        var mutations = Mutations(seed: 5)
        let good =
            #"{"folder": "x", "speed": 5, "clock": true, "junctions": {"c": {"controller": "learned", "model": "p:1", "sensors": "loops", "ladder": "{}"}}}"#
        for _ in 0..<300 {
            try Data(mutations.mutate(Array(good.utf8))).write(to: URL(filePath: file))
            let traffic = TrafficService(orders: OrderDispatch(books.book), file: file)
            #expect((0.1...100).contains(traffic.status.speed))
        }
    }
}
