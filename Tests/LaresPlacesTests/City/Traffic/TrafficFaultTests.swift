import Foundation
import LaresControl
import LaresJSON
import LaresPlaces
import LaresStore
import LaresThings
import Synchronization
import Testing

/// Whatever breaks, the shell holds, the fall-back is told of, and nothing unsafe is sent.
@Suite struct TrafficFaultTests {
    private let books: Books
    private let signal = ActuatorID("signal/c")!

    init() throws { books = try Books() }

    private func runner(
        _ source: ScriptedStreet, _ settings: JunctionSettings = JunctionSettings(.maxWave, from: .active),
        models: (any SignalModels)? = nil
    ) -> StreetRunner {
        let runner = StreetRunner(source, book: books.book, clock: books.clock, models: models)
        runner.set(["c": settings])
        return runner
    }

    /// Lets seconds pass; gives what happened.
    @discardableResult
    private func pass(_ seconds: Int, _ runner: StreetRunner) throws -> [TrafficOccurrence] {
        for _ in 0..<seconds {
            _ = try runner.second()
            books.clock.advance(by: 1)
        }
        return runner.takeOccurrences()
    }

    @Test func aStreetRunsAndEveryPhaseIsAnOrder() throws {
        let runner = runner(try ScriptedStreet())
        try runner.start()
        try pass(300, runner)
        let orders = try books.book.orders(limit: 1_000)
        #expect(orders.count > 5)
        #expect(orders.allSatisfy { $0.issuer == .controller("max-wave") && $0.actuator == signal })
        // All but the last have had their effect, and say why they were.
        #expect(orders.dropFirst().allSatisfy { $0.state == .effective && $0.effect["after"] != nil })
        let cause = try #require(orders.last?.cause)
        #expect(cause["controller"] == "max-wave" && cause["stage"] == "active" && cause["decided"] != nil)
        #expect(orders.contains { !($0.cause["readings"]?.elements ?? []).isEmpty })
        #expect(runner.street.violations == [])
    }

    @Test func aSimulatorThatDiesMidStepIsOpenedAgainWhereItWas() throws {
        struct Dead: Error {}
        let source = try ScriptedStreet { opening, second, reading in
            if opening == 1, second == 95 { throw TrafficError(.unreachable, "SUMO closed the connection: it ended, or was ended") }
            return reading
        }
        let runner = runner(source)
        try runner.start()
        #expect(throws: TrafficError.self) { try pass(200, runner) }
        let told = runner.takeOccurrences()
        #expect(told.contains { $0.kind == "fell-back" && $0.text.contains("SUMO closed the connection") })
        // Nothing is left on its way.
        #expect(try books.book.orders().allSatisfy { $0.state != .sent })
        try runner.start()
        #expect(source.openings.all == [nil, 94])
        // It begins with red for all.
        #expect(runner.views[0].aspects.allSatisfy { $0 == .red })
        try pass(120, runner)
        #expect(runner.time == 214.0)
        #expect(runner.street.violations == [] && runner.views[0].fallBack == nil)
    }

    @Test func trustSurvivesWhatBreaks() throws {
        let source = try ScriptedStreet { opening, second, reading in
            if opening == 1, second == 50 { throw TrafficError(.unreachable, "SUMO didn't answer within 15.0 s") }
            return reading
        }
        let runner = runner(source, JunctionSettings(.maxWave, from: .guarded))
        try runner.start()
        #expect(throws: TrafficError.self) { try pass(100, runner) }
        try runner.start()
        #expect(runner.views[0].stage == .guarded)
        try pass(10, runner)
        #expect(runner.views[0].stage == .guarded)
    }

    @Test func aLyingLoopMeansTheProgramme() throws {
        let source = try ScriptedStreet { _, _, reading in reading.withLoops() }
        var settings = JunctionSettings(.maxPressure, from: .active)
        settings.sensors = .loops
        let runner = runner(source, settings)
        try runner.start()
        try pass(10, runner)
        #expect(runner.views[0].fallBack == nil)
        runner.lie(.lying, signal: 0, approach: 0, loop: 0, for: 60)
        let told = try pass(40, runner)
        #expect(runner.views[0].fallBack == .detectors)
        #expect(told.contains { $0.kind == "loop-failed" && $0.text == "loop 0 of w_0 is lying" })
        #expect(told.contains { $0.kind == "fell-back" && $0.junction == "c" })
        // It tells the truth again, and is trusted again after a while.
        let later = try pass(400, runner)
        #expect(later.contains { $0.kind == "loop-regained" } && later.contains { $0.kind == "recovered" })
        #expect(runner.street.violations == [])
    }

    @Test func aStuckLoopIsFound() throws {
        let source = try ScriptedStreet { _, _, reading in reading.withLoops() }
        var settings = JunctionSettings(.actuated, from: .active)
        settings.sensors = .loops
        let runner = runner(source, settings)
        try runner.start()
        try pass(5, runner)
        runner.lie(.stuck, signal: 0, approach: 1, loop: 0, for: 3_600)
        let told = try pass(1_500, runner)
        #expect(told.contains { $0.kind == "loop-failed" && $0.text == "loop 0 of s_0 is stuck" })
        #expect(runner.views[0].fallBack == .detectors && runner.street.violations == [])
    }

    @Test func nothingSeenMeansTheProgramme() throws {
        let source = try ScriptedStreet { _, second, reading in
            var reading = reading
            if second > 20 { reading.signals = [] }
            return reading
        }
        let runner = runner(source)
        try runner.start()
        let told = try pass(300, runner)
        #expect(told.contains { $0.kind == "fell-back" && $0.text.contains("nothing is seen") })
        // The programme serves both directions, and the orders say that it decided.
        #expect(Set(try books.book.orders(limit: 1_000).compactMap { $0.value["phase"] }) == [0, 1])
        #expect(
            try books.book.orders(limit: 2).allSatisfy { $0.cause["why"]?.text == "nothing is seen" && $0.cause["decided"] != "controller" }
        )
        #expect(runner.street.violations == [])
    }

    /// A registry that may lose its file, and whose alias may move.
    private final class Models: SignalModels {
        let path: Mutex<String>
        let production = Mutex(1)
        init(path: String) { self.path = Mutex(path) }

        func signalModel(_ name: String, _ reference: String?) throws -> TrainedModel.Version {
            guard name == "planner" else { throw TrafficError(.badSetting, "there is no '\(name)'") }
            return .init(reference.flatMap { Int($0) } ?? production.withLock(\.self), at: path.withLock(\.self))
        }
    }

    /// The file of a model that can plan.
    private func goodModel() throws -> String {
        let path = books.home.file("good.json")
        try SignalModel.trained.write(to: path)
        return path
    }

    /// Weights that are finite and so large that what they come to isn't.
    @Test func aModelThatComesToNoNumberIsReplaced() throws {
        let path = books.home.file("signals.json"), count = SignalModel().flat.count
        let values = (0..<count).map { $0.isMultiple(of: 2) ? "3e38" : "-3e38" }.joined(separator: ",")
        try "{\"format\":\"lares signal controller 2\",\"parameters\":[\(values)]}".write(toFile: path, atomically: true, encoding: .utf8)
        var settings = JunctionSettings(.learned, from: .active)
        settings.model = "planner:4"
        let runner = runner(try ScriptedStreet(), settings, models: Models(path: path))
        try runner.start()
        let told = try pass(400, runner)
        #expect(told.contains { $0.kind == "fell-back" && $0.text.contains("the controller gave no answer") })
        // Three faults within an hour are a step back, by itself.
        #expect(told.contains { $0.kind == "stepped-back" })
        #expect(runner.views[0].stage != .active && runner.street.violations == [])
        #expect(try books.book.orders(limit: 1)[0].issuer == .controller("learned", model: "planner", version: 4))
    }

    /// Nothing else has earned its trust: not what comes with Lares either.
    @Test func aVersionThatIsNotThereIsToldOf() throws {
        var settings = JunctionSettings(.learned, from: .active)
        settings.model = "nothing:1"
        let runner = runner(try ScriptedStreet(), settings, models: Models(path: "/nowhere"))
        try runner.start()
        let told = try pass(200, runner)
        #expect(told.count { $0.kind == "model" && $0.text.contains("'nothing:1' can't be used") } == 1)
        #expect(told.contains { $0.kind == "fell-back" && $0.reason == "model" })
        #expect(runner.views[0].fallBack == .model && runner.views[0].stage == .active)
        // Its programme serves both directions, and orders say that it decided.
        let orders = try books.book.orders(limit: 1_000)
        #expect(Set(orders.compactMap { $0.value["phase"] }) == [0, 1] && orders.allSatisfy { $0.cause["decided"] != "controller" })
    }

    @Test func aVersionThatIsLostForAWhileIsTrustedAsBefore() throws {
        let models = Models(path: try goodModel())
        var settings = JunctionSettings(.learned, from: .active)
        settings.model = "planner:production"
        let runner = runner(try ScriptedStreet(), settings, models: models)
        try runner.start()
        try pass(60, runner)
        #expect(runner.views[0].fallBack == nil && runner.views[0].stage == .active)
        let good = models.path.withLock { path in
            defer { path = "/nowhere" }
            return path
        }
        try runner.start()
        #expect(try pass(120, runner).contains { $0.kind == "fell-back" && $0.reason == "model" })
        #expect(runner.views[0].fallBack == .model && runner.views[0].stage == .active)
        models.path.withLock { $0 = good }
        #expect(try pass(120, runner).contains { $0.kind == "recovered" })
        #expect(runner.views[0].fallBack == nil && runner.views[0].stage == .active)
        #expect(try books.book.orders(limit: 1)[0].issuer == .controller("learned", model: "planner", version: 1))
    }

    /// "production" is another version now: what the one before earned isn't its own.
    @Test func whatAnAliasMeansNowBeginsInTheShadow() throws {
        let models = Models(path: try goodModel())
        var settings = JunctionSettings(.learned, from: .active)
        settings.model = "planner:production"
        let runner = runner(try ScriptedStreet(), settings, models: models)
        try runner.start()
        try pass(20, runner)
        try runner.start()
        #expect(runner.views[0].stage == .active, "the same version")
        models.production.withLock { $0 = 2 }
        try runner.start()
        #expect(runner.views[0].stage == .shadow)
        #expect(try pass(1, runner).contains { $0.kind == "trust" && $0.text.contains("planner:2") && $0.text.contains("planner:1") })
    }

    @Test func otherSensorsBeginInTheShadow() throws {
        let runner = runner(try ScriptedStreet { _, _, reading in reading.withLoops() })
        try runner.start()
        try pass(5, runner)
        var settings = JunctionSettings(.maxWave)
        runner.configure(0, settings)
        #expect(runner.views[0].stage == .active, "nothing changed")
        settings.sensors = .loops
        runner.configure(0, settings)
        #expect(runner.views[0].stage == .shadow)
    }

    @Test func twoControllersDontFightForOneJunction() throws {
        try books.book.claim(signal, by: .controller("another"))
        let runner = runner(try ScriptedStreet())
        try runner.start()
        try pass(200, runner)
        // Its programme runs; nothing is ordered in our name, and the other's orders are taken.
        #expect(try books.book.orders().isEmpty)
        #expect(runner.views[0].owner == .controller("another"))
        runner.take("theirs", phase: 1, by: .controller("another"), at: 0)
        try pass(40, runner)
        #expect(runner.views[0].phase == 1 && runner.street.violations == [])
    }

    @Test func peopleTakeOverAndHandBack() throws {
        let runner = runner(try ScriptedStreet())
        try runner.start()
        try pass(30, runner)
        try books.book.takeOver(signal, by: "anna")
        try pass(2, runner)
        #expect(runner.views[0].isTakenOver)
        let order = try books.book.place(
            OrderRequest(id: "hers", actuator: signal, value: ["phase": 1], issuer: .person("anna"), expiresAt: books.clock.now + 60))
        #expect(try books.book.beginSending(order.id) != nil)
        runner.take(order.id, phase: 1, by: order.issuer, at: 0)
        try pass(40, runner)
        #expect(runner.views[0].phase == 1)
        #expect(try books.book.order("hers")?.state == .effective)
        // Nobody else's orders went out meanwhile, and the shell served the other street all the same.
        let before = try books.book.orders().count
        try pass(200, runner)
        #expect(try books.book.orders().count == before && runner.street.violations == [])
        try books.book.handBack(signal, by: "anna")
        try pass(100, runner)
        #expect(!runner.views[0].isTakenOver && runner.views[0].owner == .controller("max-wave"))
        #expect(try books.book.orders().count > before)
    }

    /// What one person ordered isn't the wish of the next.
    @Test func whoTakesOverFromSomebodyBeginsWithTheProgramme() throws {
        let runner = runner(try ScriptedStreet())
        try runner.start()
        try books.book.takeOver(signal, by: "anna")
        let order = try books.book.place(
            OrderRequest(id: "hers", actuator: signal, value: ["phase": 1], issuer: .person("anna"), expiresAt: books.clock.now + 60))
        runner.take(order.id, phase: 1, by: order.issuer, at: 0)
        try pass(40, runner)
        #expect(runner.street.keepers[0].hand == .phase(1))
        try books.book.takeOver(signal, by: "ben")
        try pass(2, runner)
        #expect(runner.views[0].owner == .person("ben") && runner.street.keepers[0].hand == .programme)
        // An order that was still on its way when hands changed does nothing either.
        runner.take(order.id, phase: 1, by: order.issuer, at: 0)
        try pass(2, runner)
        #expect(runner.street.keepers[0].hand == .programme)
    }

    @Test func aDemandThatIsOverBeginsAnew() throws {
        var source = try ScriptedStreet()
        source.end = 50
        let runner = runner(source)
        try runner.start()
        try pass(50, runner)
        #expect(runner.isOver)
        try runner.start()
        #expect(!runner.isOver, "else it would be opened again and again, and never run")
        try pass(10, runner)
        #expect(runner.time == 10 && source.openings.all == [nil, nil] && runner.street.violations == [])
    }

    /// A signal that doesn't show what it was told is told of.
    @Test func aSignalThatDisobeysIsToldOf() throws {
        let source = try ScriptedStreet { _, _, reading in
            var reading = reading
            reading.shown = ["rr"]
            return reading
        }
        let runner = runner(source)
        try runner.start()
        #expect(try pass(100, runner).contains { $0.kind == "disobeyed" && $0.text.contains("shows 'rr'") })
        #expect(try books.book.orders().contains { $0.state == .failed })
    }

    @Test func aNewControllerChangesNothingOnTheStreet() throws {
        let runner = runner(try ScriptedStreet())
        try runner.start()
        try pass(60, runner)
        let shown = runner.views[0].aspects
        runner.configure(0, JunctionSettings(.maxPressure, from: .shadow))
        #expect(runner.views[0].aspects == shown)
        try pass(200, runner)
        #expect(runner.street.violations == [] && runner.views[0].stage == .shadow)
        #expect(try books.book.owner(of: signal)?.owner == .controller("max-pressure"))
    }

    @Test func anOrderBookThatCannotBeWrittenStopsNoSignal() throws {
        let runner = runner(try ScriptedStreet())
        try runner.start()
        try pass(20, runner)
        // Nothing can be added any more: every order is refused as too many.
        var limits = OrderLimits()
        limits.open = 0
        let full = StreetRunner(try ScriptedStreet(), book: try books.again(limits: limits), clock: books.clock)
        full.set(["c": JunctionSettings(.maxWave, from: .active)])
        try full.start()
        #expect(try pass(200, full).contains { $0.kind == "orders" })
        #expect(full.street.violations == [] && full.time == 200)
    }

    @Test func closuresEndByThemselvesAndSurviveABreak() throws {
        let source = try ScriptedStreet { opening, second, reading in
            if opening == 1, second == 30 { throw TrafficError(.unreachable, "SUMO closed the connection: it ended, or was ended") }
            return reading
        }
        let runner = runner(source)
        try runner.start()
        try pass(5, runner)
        runner.close("w_0", for: 60)
        runner.breakDown(on: "s_0", at: 50, for: 60)
        #expect(runner.closures == ["w_0": 65] && source.lanes.closed(1) == ["w_0"])
        #expect(source.lanes.standing(1).map(\.lane) == ["s_0"])
        #expect(throws: TrafficError.self) { try pass(100, runner) }
        // SUMO knows nothing of it when it is opened again, 24 s later.
        try runner.start()
        #expect(source.lanes.closed(2) == ["w_0"])
        #expect(source.lanes.standing(2).map(\.lane) == ["s_0"] && source.lanes.standing(2).map(\.seconds) == [36])
        try pass(35, runner)
        #expect(runner.closures == ["w_0": 65] && source.lanes.closed(2) == ["w_0"] && runner.breakdowns["s_0"] != nil)
        let told = try pass(3, runner)
        #expect(runner.closures.isEmpty && source.lanes.closed(2).isEmpty && runner.breakdowns.isEmpty)
        #expect(told.map(\.text).contains("w_0 is open again"))
    }
}
