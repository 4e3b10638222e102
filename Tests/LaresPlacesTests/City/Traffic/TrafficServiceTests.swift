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
        _ test: @Sendable (TrafficService, inout AsyncStream<TrafficSecond>.AsyncIterator) async throws -> Void
    ) async throws {
        let traffic = TrafficService(orders: OrderDispatch(books.book), file: file, clock: books.clock)
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
