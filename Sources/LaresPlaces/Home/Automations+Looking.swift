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
    /// Runs a rule over what was recorded.
    ///
    /// - Throws: ``RuleError``; ``TelemetryError``.
    public nonisolated func replay(_ rule: Rule, over range: Range<Timestamp>, in telemetry: any TelemetryStore) async throws
        -> RuleReplay
    {
        var (world, events) = (MemoryWorld(site: site), [RuleReplay.Recorded]())
        for address in rule.addresses.sorted(by: { $0.description < $1.description }) {
            let recording = try await Recording(address, over: range, in: telemetry, property: home.property(address))
            if let first = recording.before { world.states[address] = first }
            events += recording.events
        }
        events.sort { $0.date < $1.date }
        return try RuleReplay(rule, over: events, from: world, since: range.lowerBound.date, through: range.upperBound.date)
    }
}
