import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

/// Rules as a picture: one line is what happens, one what they do, a column for each tick.
///
/// ```
/// hall/motion/motion   0-1---0------
/// hall/lamp/on       > --1--------0-
/// ```
///
/// "1" and "0" are true and false, "?" is unknown, "-" nothing; other characters stand in ``values``. The first column is what was so before. A line with
/// ">" is what rules set; "notify >" has an "n" for each text. Things obey at once, and say whose doing it was.
struct RuleStory {
    var start = "2026-11-28T18:00:00"
    var tick = 60.0
    var values: [Character: PropertyValue] = [:]
    var obeys = true
    var site = Site(zone: .utc)

    private static let known: [Character: PropertyValue] = ["1": true, "0": false]

    private struct Line {
        let name: String
        let isOutput: Bool
        let track: [Character]
    }

    private func lines(_ picture: String) -> [Line] {
        picture.split(separator: "\n").map { line in
            let words = line.split(separator: " ")
            return Line(name: String(words[0]), isOutput: words.contains(">"), track: Array(words[words.count - 1]))
        }
    }

    private func value(_ character: Character) -> PropertyValue? { Self.known[character] ?? values[character] }

    private func character(_ value: PropertyValue) -> Character {
        Self.known.first { $0.value == value }?.key ?? values.first { $0.value == value }?.key ?? "!"
    }

    /// Plays a picture and holds what rules do against it: once through, and once with a restart at each tick.
    @discardableResult
    func check(_ rules: [Rule], _ picture: String, at location: SourceLocation = #_sourceLocation) throws -> RuleTheatre {
        _ = try play(rules, lines(picture), restarts: true, location)
        return try play(rules, lines(picture), restarts: false, location)
    }

    private func play(_ rules: [Rule], _ lines: [Line], restarts: Bool, _ location: SourceLocation) throws -> RuleTheatre {
        var theatre = RuleTheatre(at: moment(start), site: site)
        (theatre.obeys, theatre.restarts) = (obeys, restarts)
        var seen: [String: [Character]] = [:]
        for line in lines where line.isOutput { seen[line.name] = Array(repeating: "-", count: line.track.count) }
        for line in lines where !line.isOutput { theatre.know(try #require(PropertyAddress(line.name)), value(line.track[0])) }
        for rule in rules { try theatre.engine.set(rule, at: theatre.now, in: theatre.world) }
        for column in 0..<(lines.map(\.track.count).max() ?? 0) {
            theatre.deeds = []
            if column > 0 { try theatre.pass(to: moment(start) + Double(column) * tick) }
            for line in lines where !line.isOutput && column > 0 && column < line.track.count && line.track[column] != "-" {
                try theatre.report(try #require(PropertyAddress(line.name)), value(line.track[column]))
            }
            for deed in theatre.deeds { note(deed, column, &seen) }
        }
        for line in lines where line.isOutput {
            #expect(
                String(seen[line.name] ?? []) == String(line.track), "\(line.name)\(restarts ? ", with restarts" : "")",
                sourceLocation: location)
        }
        return theatre
    }

    private func note(_ effect: RuleEffect, _ column: Int, _ seen: inout [String: [Character]]) {
        switch effect.kind {
        case .set(let command):
            for (name, value) in command.values { seen["\(PropertyAddress(command.thing, name))"]?[column] = character(value) }
        case .notify: seen["notify"]?[column] = "n"
        default: seen["other"]?[column] = "o"
        }
    }
}

/// A home for rules: things that obey, and a clock that is moved.
struct RuleTheatre {
    var engine: RuleEngine
    var world: MemoryWorld
    var now: Date
    var obeys = true
    var restarts = false
    /// What rules did since this was emptied.
    var deeds: [RuleEffect] = []
    /// What happened, as a recording has it.
    var log: [RuleReplay.Recorded] = []
    var answer: JSON?

    init(at now: Date, site: Site = Site(zone: .utc), limits: RuleLimits = RuleLimits()) {
        (engine, world, self.now) = (RuleEngine(at: now, limits: limits), MemoryWorld(site: site), now)
    }

    mutating func know(_ address: PropertyAddress, _ value: PropertyValue?) {
        guard let value else { return }
        var state = PropertyState()
        (state.reported, state.changedAt, state.cause) = (value, now - 86_400, .device)
        world.states[address] = state
    }

    /// Lets time pass, from one moment at which something is due to the next.
    mutating func pass(to date: Date) throws {
        while let next = engine.nextDate, next <= date {
            now = max(now, next)
            try carryOut(engine.pass(to: now, in: world))
        }
        now = date
        if restarts { try restart() }
    }

    /// What a restart does: everything is kept, written, read and gone on from.
    mutating func restart() throws {
        let bytes = engine.kept(at: now).json.data
        let memory = try RuleMemory(try JSON(parsing: bytes))
        var other = RuleEngine(from: memory, limits: engine.limits)
        for rule in engine.rules { try other.set(rule, at: now, in: world) }
        engine = other
        try carryOut(engine.resume(at: now, in: world))
    }

    mutating func report(_ address: PropertyAddress, _ value: PropertyValue?, by cause: Cause = .device) throws {
        try tell(.changed(Change(address, from: world.states[address]?.reported, to: value, at: now, by: cause)))
    }

    mutating func tell(_ event: RuleEvent) throws {
        log.append(RuleReplay.Recorded(now, event))
        world.apply(event)
        try carryOut(engine.handle(event, at: now, in: world))
    }

    private mutating func carryOut(_ effects: [RuleEffect]) throws {
        deeds += effects
        guard deeds.count < 500_000 else { throw RuleError(.full, "the rules never end") }
        for effect in effects { try carryOut(effect) }
    }

    private mutating func carryOut(_ effect: RuleEffect) throws {
        switch effect.kind {
        case .set(let command) where obeys:
            for (name, value) in command.values.sorted(by: { $0.key < $1.key }) {
                let address = PropertyAddress(command.thing, name)
                if world.states[address]?.reported != value { try report(address, value, by: command.cause) }
            }
            try tell(.completed(effect.id, .done))
        case .fire(let name, let data): try tell(.fired(name, data: data, by: effect.cause, isDoubted: effect.isDoubted))
        case .callModel: if let answer { try tell(.completed(effect.id, .answered(answer))) }
        default: break
        }
    }
}

extension Rule {
    /// A rule written as JSON text.
    init(_ text: String) throws { self = try Rule(parsing: Array(text.utf8)) }
}
