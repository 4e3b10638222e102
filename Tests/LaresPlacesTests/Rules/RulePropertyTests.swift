import Foundation
import LaresJSON
import LaresPlaces
import LaresTesting
import LaresThings
import Testing

/// Random rules in a random home, from a printed seed. LARES_SEED chooses it, LARES_FUZZ raises the count.
@Suite struct RulePropertyTests {
    static let seed = ProcessInfo.processInfo.environment["LARES_SEED"].flatMap { UInt64($0) } ?? 20_261_128
    private static let homes = ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap { Int($0) }.map { $0 / 500 } ?? 30

    @Test func runsKeepToTheirModesAndAllEnd() throws {
        print("RulePropertyTests: seed \(Self.seed)")
        for home in 0..<Self.homes {
            var random = RuleRandom(seed: Self.seed &+ UInt64(home))
            var theatre = try random.theatre(rules: 6)
            for _ in 0..<120 {
                try theatre.step(&random)
                for rule in theatre.engine.rules {
                    let count = theatre.engine.runs.count { $0.rule == rule.id }
                    guard count <= rule.mode.most else { return failed(home, "\(rule.id) has \(count) runs") }
                }
            }
            let last = theatre.engine.runs.last?.number ?? 0
            for _ in 0..<240 {
                theatre.deeds = []
                try theatre.pass(to: theatre.now + 3600)
            }
            guard theatre.engine.runs.allSatisfy({ $0.number > last }) else { return failed(home, "a run never ends") }
            for rule in theatre.engine.rules { theatre.engine.remove(rule.id, at: theatre.now, in: theatre.world) }
            guard theatre.engine.runs.isEmpty, theatre.engine.nextDate == nil else {
                return failed(home, "something is left of removed rules")
            }
        }
    }

    @Test func aReplayOfALogDoesWhatWasDone() throws {
        for home in 0..<Self.homes {
            var random = RuleRandom(seed: Self.seed &+ 10_000 &+ UInt64(home))
            // One rule alone, in a home that doesn't obey, so that the recording is what the rule saw.
            var theatre = try random.theatre(rules: 1)
            theatre.obeys = false
            let (world, start, rule) = (theatre.world, theatre.now, theatre.engine.rules[0])
            for _ in 0..<120 { try theatre.step(&random) }
            let log = theatre.log.filter { if case .completed = $0.event { false } else { true } }
            let replay = try RuleReplay(rule, over: log, from: world, since: start, through: theatre.now) { _ in nil }
            guard replay.deeds.map(\.effect) == theatre.deeds else {
                return failed(home, "the replay does something else: \(rule.json.serialized)")
            }
        }
    }

    @Test func restartsChangeNothing() throws {
        for home in 0..<Self.homes {
            var deeds: [[RuleEffect.Kind]] = []
            var text = ""
            for restarts in [false, true] {
                var random = RuleRandom(seed: Self.seed &+ 20_000 &+ UInt64(home))
                var theatre = try random.theatre(rules: 1)
                (theatre.restarts, theatre.obeys) = (restarts, false)
                for _ in 0..<60 { try theatre.step(&random) }
                deeds.append(theatre.deeds.map(\.kind))
                text = theatre.engine.rules[0].json.serialized
            }
            guard deeds[0] == deeds[1] else {
                let place = zip(deeds[0], deeds[1]).prefix { $0 == $1 }.count
                return failed(
                    home,
                    "restarts change what is done from deed \(place) on: \(deeds.map { $0.dropFirst(max(place - 2, 0)).prefix(6) })\n\(text)"
                )
            }
        }
    }

    private func failed(_ home: Int, _ what: String) { Issue.record("seed \(Self.seed), home \(home): \(what)") }
}

extension RuleTheatre {
    /// Something happens.
    mutating func step(_ random: inout RuleRandom) throws {
        let address = random.address()
        switch Int.random(in: 0..<10, using: &random) {
        case 0...4: try report(address, random.value(of: address), by: random.cause())
        case 5: try tell(.fired("ping", data: nil, by: .device))
        default: try pass(to: now + Double(Int.random(in: 1...400, using: &random)))
        }
    }
}

/// Makes rules up.
struct RuleRandom: RandomNumberGenerator {
    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    mutating func next() -> UInt64 { random.next() }

    mutating func one(_ texts: String...) -> String { texts.randomElement(using: &self) ?? "" }

    mutating func address() -> PropertyAddress {
        PropertyAddress(String("a/\(one("x", "y", "z"))/\(one("on", "on", "level"))")) ?? "a/x/on"
    }

    mutating func value(of address: PropertyAddress) -> PropertyValue? {
        if Int.random(in: 0..<12, using: &self) == 0 { return nil }
        return address.property == "on" ? .boolean(Bool.random(using: &self)) : .number(Double(Int.random(in: 0...9, using: &self)))
    }

    mutating func cause() -> Cause { Bool.random(using: &self) ? .device : Cause(.principal, name: "anna") }

    mutating func theatre(rules: Int) throws -> RuleTheatre {
        var theatre = RuleTheatre(at: moment("2026-11-28T18:00"))
        for number in 0..<rules {
            let mode = one(#""single""#, #""restart""#, #""queued", "most": 3"#, #""parallel", "most": 4"#)
            let text = """
                {"name": "r\(number)", "when": [\(trigger()), \(trigger())], "only": [\(condition())], "then": [\(actions(3))], "mode": \(mode)}
                """
            try theatre.engine.set(try Rule(text), at: theatre.now, in: theatre.world)
        }
        return theatre
    }

    private mutating func span() -> String { one("1s", "30s", "1m", "3m", "10m") }

    mutating func trigger() -> String {
        one(
            #"{"becomes": "a/x/on", "to": true}"#, #"{"becomes": "a/y/on", "to": false, "for": "\#(span())"}"#,
            #"{"becomes": "a/z/level"}"#,
            #"{"crosses": "a/x/level", "above": 5, "margin": 2, "for": "\#(span())"}"#, #"{"crosses": "a/y/level", "below": 4}"#,
            #"{"event": "ping"}"#,
            #"{"time": {"kind": "interval", "every": 900}}"#, #"{"happens": "a/z/on"}"#)
    }

    private mutating func condition() -> String {
        one(
            #"{"known": "a/x/on"}"#, #"{"any": [{"known": "a/x/on"}, {"known": "a/y/on"}]}"#, #"{"not": {"state": "a/z/on", "is": true}}"#,
            #"{"number": "a/x/level", "above": 2}"#, #"{"template": "{{ not states['a/y/on'] }}"}"#, #"{"between": ["06:00", "23:00"]}"#)
    }

    private mutating func actions(_ depth: Int) -> String {
        (0..<Int.random(in: 1...3, using: &self)).map { _ in action(depth) }.joined(separator: ", ")
    }

    private mutating func action(_ depth: Int) -> String {
        let inner = depth > 0 ? actions(depth - 1) : #"{"scene": "x"}"#
        return one(
            #"{"set": {"a/\#(one("x", "y", "z"))/on": \#(one("true", "false"))}}"#, #"{"wait": "\#(span())"}"#,
            #"{"notify": "{{ trigger.kind }}"}"#,
            #"{"wait_for": [\#(trigger()), \#(trigger())], "timeout": "\#(span())", "on_timeout": "\#(one("stop", "go_on"))"}"#,
            #"{"repeat": [\#(inner)], "times": 3}"#, #"{"repeat": [\#(inner)], "until": [\#(condition())], "most": 4}"#,
            #"{"parallel": [[\#(inner)], [{"wait": "\#(span())"}]]}"#,
            #"{"choose": [{"only": [\#(condition())], "then": [\#(inner)]}], "else": [\#(inner)]}"#,
            #"{"after": "\#(span())", "then": [\#(inner)]}"#, #"{"let": {"n": "{{ (n or 0) + 1 }}"}}"#, #"{"fire": "ping"}"#,
            #"{"only": [\#(condition())]}"#)
    }
}
