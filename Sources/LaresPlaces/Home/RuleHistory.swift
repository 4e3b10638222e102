internal import Foundation
internal import LaresThings

/// What was recorded of all that a rule looks at, in the order of time, a page of each series in memory at a time.
struct RuleHistory {
    /// What was known when the time began.
    private(set) var world: MemoryWorld
    /// What in the rule can't be replayed, and why.
    private(set) var gaps: [RuleWarning]
    /// Whether there was more than a replay reads.
    private(set) var isCut = false
    /// Until when it was read.
    private(set) var end: Date

    private var recordings: [Recording] = []
    private var heads: [RuleReplay.Recorded?] = []
    private var last: Date
    private let most: Int

    /// - Parameter most: So many readings are read.
    /// - Throws: ``TelemetryError``.
    init(
        _ rule: Rule, over range: Range<Timestamp>, in telemetry: any TelemetryStore, of home: Home, at site: Site,
        most: Int
    ) async throws {
        let survey = RuleSurvey(rule)
        (world, gaps, end, last, self.most) = (MemoryWorld(site: site), survey.gaps, range.upperBound.date, range.lowerBound.date, most)
        for (address, place) in survey.addresses {
            let property = home.property(address)
            var recording: Recording?
            if let property { recording = try await Recording(address, over: range, in: telemetry, property: property) }
            if let before = recording?.before { world.states[address] = before }
            if let place { note(recording?.keptFrom, from: range.lowerBound, place, ("property", "\(address)"), "unrecorded") }
            if let recording { recordings.append(recording) }
        }
        for (thing, place) in survey.things {
            // Of what is gone no rule knows anything, and not everybody may.
            guard home.availability(of: thing) != nil else {
                note(nil, from: range.lowerBound, place, ("thing", "\(thing)"), "reach")
                continue
            }
            let recording = try await Recording(thing, over: range, in: telemetry)
            world.availabilities[thing] = recording.keptFrom == nil ? home.availability(of: thing) : recording.reach
            note(recording.keptFrom, from: range.lowerBound, place, ("thing", "\(thing)"), "reach")
            recordings.append(recording)
        }
        for place in recordings.indices { heads.append(try await recordings[place].next(atMost: most)) }
    }

    private mutating func note(
        _ kept: Timestamp?, from start: Timestamp, _ place: String, _ what: (kind: String, name: RuleSentence.Argument), _ missing: String
    ) {
        guard let kept else { return gaps.append(RuleWarning(place, "replay.\(missing)", [what.kind: what.name])) }
        guard kept > start else { return }
        let day = RuleSentence.Argument.text(String("\(kept)".prefix(10)))
        gaps.append(RuleWarning(place, "replay.kept.\(what.kind)", [what.kind: what.name, "day": day]))
    }

    /// What happened next; nil: nothing more, or more than is read.
    ///
    /// - Throws: ``TelemetryError``.
    mutating func next() async throws -> RuleReplay.Recorded? {
        var first: Int?
        for place in heads.indices {
            guard let date = heads[place]?.date else { continue }
            if first.flatMap({ heads[$0]?.date }).map({ date < $0 }) ?? true { first = place }
        }
        guard recordings.reduce(0, { $0 + $1.count }) <= most else {
            (isCut, end) = (true, last)
            return nil
        }
        guard let first, let event = heads[first] else { return nil }
        last = event.date
        heads[first] = try await recordings[first].next(atMost: most)
        return event
    }
}
