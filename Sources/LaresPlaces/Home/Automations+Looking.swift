public import Foundation
internal import LaresJSON
public import LaresThings

/// What a rule is as the home is now.
extension Automations {
    /// When time triggers of a rule come from now until a moment and its conditions on times and days let it act, and what these triggers are
    /// called; at most 500.
    ///
    /// - Throws: ``RuleError`` when the site can't have it.
    public nonisolated func occurrences(of rule: Rule, until end: Date) throws -> [(date: Date, trigger: String?)] {
        try rule.moments(at: site, after: clock.now, until: end, most: 500)
    }

    /// The next moments of a rule's time triggers at which its conditions on times and days let it act; empty when it has none.
    ///
    /// - Throws: ``RuleError`` when the site can't have it.
    public nonisolated func moments(of rule: Rule, count: Int = 20) throws -> [Date] {
        try rule.moments(at: site, after: clock.now, until: .distantFuture, most: count).map(\.date)
    }

    /// What can't work in a rule as things are at the moment.
    public nonisolated func warnings(of rule: Rule) -> [RuleWarning] {
        rule.warnings(property: { self.home.property($0) }, isThing: { self.home.availability(of: $0) != nil })
    }
}

/// What a rule would have done.
extension Automations {
    /// Runs a rule over what was recorded. What it does happens in the replayed home at once; what the rule did itself in the recorded time doesn't
    /// count there.
    ///
    /// - Parameters:
    ///   - rule: The rule, kept or not.
    ///   - range: From when, until before when.
    ///   - telemetry: What was recorded.
    ///   - most: So many readings are read; where there are more, the replay is cut.
    /// - Throws: ``RuleError``; ``TelemetryError``.
    public nonisolated func replay(
        _ rule: Rule, over range: Range<Timestamp>, in telemetry: any TelemetryStore, reading most: Int = RuleReplay.mostReadings
    ) async throws -> RuleReplay {
        var history = try await RuleHistory(rule, over: range, in: telemetry, of: home, at: site, most: most)
        var replay = try RuleReplay(rule, from: history.world, since: range.lowerBound.date, commands: { self.commands(of: $0) })
        while !replay.isCut, let event = try await history.next() { replay.take(event) }
        replay.end(at: history.end, isCut: history.isCut, unreplayable: history.gaps)
        return replay
    }

    /// What a scene has things do; nothing when it isn't there.
    private nonisolated func commands(of scene: String) -> [ThingCommand] {
        guard let scenes, let found = try? scenes.find(scene) else { return [] }
        return scenes.commands(found, by: Cause(.rule))
    }
}
