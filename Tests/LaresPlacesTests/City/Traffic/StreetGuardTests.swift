import Foundation
import LaresControl
import LaresPlaces
import LaresThings
import Synchronization
import Testing

/// What must not be shown isn't.
@Suite struct StreetGuardTests {
    private let books: Books
    private let signal = ActuatorID("signal/c")!

    init() throws { books = try Books() }

    private func runner(_ source: ScriptedStreet) -> StreetRunner {
        let runner = StreetRunner(source, book: books.book, clock: books.clock)
        runner.set(["c": JunctionSettings(.maxWave, from: .active)])
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

    /// Of what must not be a street that is opened again says as much as before.
    @Test func whatAMonitorSawIsNotForgotten() throws {
        let runner = runner(try ScriptedStreet())
        try runner.start()
        try pass(30, runner)
        runner.states = [[.green, .green]]
        let told = try pass(1, runner).filter { $0.kind == "violation" }
        #expect(told.map(\.junction) == ["c"] && told[0].text.contains("go at once and cross"))
        let seen = runner.violations
        #expect(!seen.isEmpty)
        try runner.start()
        #expect(runner.violations == seen)
    }

    /// Somebody takes the signal over in the second in which a change was to begin.
    @Test func anOrderThatIsRefusedIsNotShown() throws {
        final class Lamps: Sendable { let shown = Mutex<[String]>([]) }
        let (before, after, book, signal) = (Lamps(), Lamps(), books.book, self.signal)
        let first = runner(
            try ScriptedStreet { _, _, reading in
                before.shown.withLock { $0.append(reading.shown[0] ?? "") }
                return reading
            })
        try first.start()
        try pass(120, first)
        first.stop(because: "the test goes on")
        // The first yellow is that of the change that was ordered with the reading before it.
        let free = before.shown.withLock(\.self)
        let yellow = try #require(free.firstIndex { $0.contains("y") })

        let second = runner(
            try ScriptedStreet { _, second, reading in
                after.shown.withLock { $0.append(reading.shown[0] ?? "") }
                if second == yellow { try book.takeOver(signal, by: "anna") }
                return reading
            })
        try second.start()
        try pass(yellow + 1, second)
        let taken = after.shown.withLock(\.self)
        #expect(taken[yellow - 1] == free[yellow - 1] && taken[yellow] == taken[yellow - 1], "green goes on")
        #expect(try books.book.orders(limit: 1_000).contains { $0.state == .refused })
        #expect(second.street.violations == [])
    }
}
