public import Foundation

/// When someone doesn't want to be disturbed, by the clocks of the home.
///
/// What is urgent comes through; all else waits until the end, exact where clocks change.
public struct QuietHours: Hashable, Sendable {
    /// When they begin and end, and on which weekdays they begin.
    public let block: WeeklyBlock

    /// Nil without an end, and when it is the beginning.
    public init?(_ block: WeeklyBlock) {
        guard let end = block.to, end != block.from else { return nil }
        self.block = block
    }

    /// When what comes at a moment may be told: the moment itself, or the end of the quiet hours around it.
    public func release(_ date: Date, in zone: TimeZoneRules) -> Date {
        guard let schedule = try? Schedule(triggers: [Trigger(.weekly(block))]),
            let plan = try? SchedulePlan(schedule, at: Site(zone: zone))
        else { return date }
        return plan.activeBlocks(at: date).map(\.end).max() ?? date
    }
}
