import Foundation
import LaresJSON
import LaresPlaces
import LaresThings

/// A rule, which is put in place, started, told of a change of all it looks at, and let run for two days. What is read must be written as the same.
func runRule(_ bytes: [UInt8]) {
    guard let rule = try? Rule(parsing: bytes) else { return }
    precondition((try? Rule(rule.json)) == rule, "it is written as something else")
    let now = Date(timeIntervalSince1970: 1_790_000_000), world = MemoryWorld(site: Site(zone: .utc))
    var engine = RuleEngine(at: now)
    guard (try? engine.set(rule, at: now, in: world)) != nil else { return }
    _ = engine.start(rule.id, at: now, in: world)
    for (number, address) in rule.addresses.sorted(by: { $0.description < $1.description }).enumerated() {
        let values: [PropertyValue] = [true, 41, "on"]
        let change = Change(address, from: nil, to: values[number % 3], at: now, by: .device)
        _ = engine.handle(.changed(change), at: now, in: world)
    }
    for hour in 1...48 { _ = engine.pass(to: now + Double(hour) * 3_600, in: world) }
    let kept = engine.kept(at: now + 172_800).json
    precondition((try? RuleMemory(kept)) != nil, "what is kept of it can't be read")
}

/// An iCalendar text of holidays.
func readCalendar(_ bytes: [UInt8]) { _ = try? HolidayCalendar(iCalendar: bytes, years: 2020...2030) }
