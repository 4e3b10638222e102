import Foundation
import LaresPlaces
import LaresThings
import Testing

/// Days gone by, as they would have been recorded.
@Suite struct DemoHistoryTests {
    private static func history(days: Double, seed: UInt64 = 1) throws -> DemoHistory {
        var home = try VirtualHomeTests.home(seed: seed)
        let end = home.date + days * 86_400
        return DemoHistory(of: &home, until: end)
    }

    @Test func aWeekHasReadingsOfEveryThing() throws {
        let history = try Self.history(days: 7)
        let things = Set(history.changes.map(\.address.thing))
        #expect(things.count >= 40 && things.isSubset(of: Set(history.model.things.map(\.id))))
        #expect((20_000...400_000).contains(history.changes.count), "\(history.changes.count)")
        #expect(zip(history.changes, history.changes.dropFirst()).allSatisfy { $0.date <= $1.date })
    }

    @Test func theSameSeedMakesTheSameHistory() throws {
        let (a, b) = (try Self.history(days: 1), try Self.history(days: 1))
        #expect(
            a.changes.map { "\($0.address) \($0.date) \(String(describing: $0.new))" }
                == b.changes.map { "\($0.address) \($0.date) \(String(describing: $0.new))" })
    }

    @Test func metersOnlyRise() throws {
        let history = try Self.history(days: 3)
        let address = PropertyAddress(try #require(ThingID("hall/grid_meter")), "energy_bought")
        let values = history.changes.filter { $0.address == address }.compactMap { $0.new?.number }
        #expect(values.count > 50 && values == values.sorted())
    }

    @Test func aStuckThermometerSaysTheSameForHours() throws {
        let history = try Self.history(days: 6)
        let address = PropertyAddress(try #require(ThingID("kitchen/thermometer")), "temperature")
        let dates = history.changes.filter { $0.address == address }.map(\.date)
        #expect(zip(dates, dates.dropFirst()).contains { $1.timeIntervalSince($0) > 5 * 3_600 })
    }

    @Test func whatStaysAsItIsHasPulses() throws {
        let history = try Self.history(days: 0.5)
        #expect((142...144).contains(history.pulses.count), "\(history.pulses.count)")
        #expect(history.pulses.allSatisfy { $0.date == Pulse.mark(before: $0.date) && $0.pulses.count > 30 })
        #expect(zip(history.pulses, history.pulses.dropFirst()).allSatisfy { $1.date.timeIntervalSince($0.date) == Pulse.period })
    }

    @Test func anOvenIsNoRoom() throws {
        let history = try Self.history(days: 0.1)
        let oven = try #require(history.model.thing(ThingID("kitchen/oven")!)), now = Date(timeIntervalSince1970: 1_800_000_000)
        var engine = SenseEngine(at: now)
        _ = engine.describe(oven, at: now)
        let address = PropertyAddress(oven.id, "temperature")
        for (place, value) in [82.0, 190, 240].enumerated() {
            _ = engine.take(Change(address, from: nil, to: .number(value), at: now + Double(place) * 60, by: .device))
        }
        #expect(engine.faults.isEmpty)
    }

    @Test func aHistoryEndsWhereTheHomeIs() throws {
        var home = try VirtualHomeTests.home()
        let end = home.date + 3_600
        let history = DemoHistory(of: &home, until: end)
        #expect(home.date == end && history.changes.allSatisfy { $0.date <= end })
    }
}
