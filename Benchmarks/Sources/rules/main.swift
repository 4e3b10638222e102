import Dispatch
import Foundation
import LaresJSON
import LaresPlaces
import LaresThings

// Changes a second that the rule engine takes in, with 1,000 rules in place. The bar is 10,000.

/// A home with so many properties and 1,000 rules.
struct RuleBench {
    let name: String
    var properties = 1000
    var changes = 100_000
    /// What a rule is made of, for the property that it looks out for.
    let when, only, then: (String) -> String
    /// The value of the nth report.
    var value: (Int) -> PropertyValue = { .boolean($0 % 2 == 1) }

    static let start = Date(timeIntervalSince1970: 1_795_900_000)

    func run() throws {
        let site = Site(zone: try TimeZoneRules("Europe/Berlin"), position: GeographicPosition(latitude: 52.52, longitude: 13.405))
        let addresses = (0..<properties).compactMap { PropertyAddress(String("room\($0 / 10)/thing\($0)/value")) }
        var (world, engine) = (MemoryWorld(site: site), RuleEngine(at: Self.start))
        for number in 0..<1000 {
            let address = addresses[number % properties].description
            let text =
                #"{"name": "r\#(number)", "when": [\#(when(address))], "only": [\#(only(address))], "then": [\#(then(address))], "mode": "restart"}"#
            try engine.set(Rule(parsing: Array(text.utf8)), at: Self.start, in: world)
        }
        var (effects, longest) = (0, UInt64(0))
        let begun = DispatchTime.now().uptimeNanoseconds
        for number in 0..<changes {
            let (now, value) = (Self.start + Double(number) / 10_000, value(number / properties + 1))
            let event = RuleEvent.changed(Change(addresses[number * 7919 % properties], from: nil, to: value, at: now, by: .device))
            world.apply(event)
            let before = DispatchTime.now().uptimeNanoseconds
            effects += engine.handle(event, at: now, in: world).count
            _ = engine.nextDate
            longest = max(longest, DispatchTime.now().uptimeNanoseconds - before)
        }
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - begun) / 1e9
        print("\(name): \(Int(Double(changes) / seconds)) changes/s, longest \(longest / 1000) µs, \(effects) effects")
    }
}

let becomes: (String) -> String = { #"{"becomes": "\#($0)", "to": true}"# }
let lamp: (String) -> String = { _ in #"{"set": {"a/lamp/on": true}}"# }
let always: (String) -> String = { _ in #"{"not": {"known": "a/nothing/on"}}"# }
let number: (Int) -> PropertyValue = { .number(Double($0 * 37 % 100)) }

try RuleBench(name: "each its own property, a set", when: becomes, only: always, then: lamp).run()
try RuleBench(
    name: "the sun says no", when: becomes, only: { _ in #"{"all": [{"between": ["sunset", "sunset+1s"]}]}"# }, then: lamp
).run()
try RuleBench(
    name: "set, wait, restart", when: becomes, only: always, then: { _ in #"{"set": {"a/lamp/on": true}}, {"wait": "5m"}, {"scene": "x"}"# }
).run()
try RuleBench(
    name: "templates", when: { #"{"becomes": "\#($0)"}"# }, only: { #"{"template": "{{ states['\#($0)'] > 20 }}"}"# },
    then: { _ in #"{"set": {"a/lamp/brightness": "{{ trigger.to * 0.5 }}"}}"# }, value: number
).run()
try RuleBench(
    name: "thresholds that must last", when: { #"{"crosses": "\#($0)", "above": 50, "margin": 10, "for": "1m"}"# }, only: always,
    then: lamp,
    value: number
).run()
try RuleBench(
    name: "100 rules on each of 10 properties, all say no", properties: 10, changes: 20_000, when: becomes,
    only: { _ in #"{"known": "a/nothing/on"}"# }, then: lamp
).run()
try RuleBench(name: "20,000 properties", properties: 20_000, when: becomes, only: always, then: lamp).run()
