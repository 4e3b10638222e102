import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

@Suite struct SenseSpeedTests {
    /// Prints how many changes a second one core takes of a thousand things; LARES_BENCH raises the count from a hundred thousand.
    @Test func aThousandThings() throws {
        let count = ProcessInfo.processInfo.environment["LARES_BENCH"].flatMap { Int($0) } ?? 100_000
        var theatre = SenseTheatre()
        var sensors: [(address: PropertyAddress, isBoolean: Bool)] = []
        for number in 0..<1_000 {
            let quantity = ["motion", "temperature", "door", "humidity", "power", "occupancy", "illuminance", "battery"][number % 8]
            let isBoolean = ["motion", "door", "occupancy"].contains(quantity)
            sensors.append((try theatre.add("room\(number / 20)/t\(number)", quantity, isBoolean ? .boolean : .number(.any)), isBoolean))
        }
        var random = SenseRandom(seed: 1)
        var changes: [Change] = []
        for number in 0..<count {
            let (address, isBoolean) = sensors[Int(random.next() % 1_000)]
            let value: PropertyValue = isBoolean ? .boolean(number.isMultiple(of: 2)) : .number(20 + random.unit())
            changes.append(Change(address, from: nil, to: value, at: theatre.now + Double(number) / 1_000, by: .device))
        }
        var (engine, found, next) = (theatre.engine, 0, theatre.now)
        let took = ContinuousClock().measure {
            for change in changes {
                if change.date >= next {
                    found += engine.pass(to: change.date).count
                    next = change.date + 5
                }
                found += engine.take(change).count
            }
        }
        let rate = Double(count) / (Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18)
        print("SenseEngine: \(Int(rate)) changes/s of 1,000 things, \(found) findings, \(engine.kept.json.data.count) bytes kept")
        #expect(found > 0)
    }
}
