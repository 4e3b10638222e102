public import Foundation

/// A schedule at a site, ready to tell its moments.
///
/// ```swift
/// let plan = try SchedulePlan(schedule, at: site)
/// for run in plan.occurrences(after: clock.now).prefix(20) { print(run.date) }
/// ```
///
/// The same plan gives the same moments whenever it is asked, in order; those at one moment come in the order in which wall clocks would
/// show them, ends of blocks first, then by trigger. It knows none outside the years 1900 to 2199, nor behind 40 years without one.
public struct SchedulePlan: Sendable {
    /// The schedule.
    public let schedule: Schedule
    package let zone: TimeZoneRules
    let filter: DayFilter
    let sources: [MomentSource]

    /// - Throws: ``ScheduleError`` with `noPosition` if the schedule follows the sun and the site has no position, with `noCalendar` if it
    ///   names a calendar of holidays that the site doesn't have.
    public init(_ schedule: Schedule, at site: Site) throws(ScheduleError) {
        self.schedule = schedule
        zone = site.zone
        filter = try DayFilter(schedule, site)
        var sources: [MomentSource] = []
        for trigger in schedule.triggers { sources.append(try MomentSource(trigger.kind, site)) }
        self.sources = sources
    }

    /// The moments behind one, earliest first, as far as the plan knows them.
    /// - Parameters:
    ///   - date: A moment of the schedule at it is not among them.
    ///   - last: The latest that is wanted; nil: without end.
    public func occurrences(after date: Date, through last: Date? = nil) -> Occurrences {
        Occurrences(self, after: Instant(flooring: date), through: last.map { Instant(flooring: $0) } ?? Instant.supported.upperBound)
    }

    /// The first moment behind one; nil if there is none. Others may come at the same moment: ``occurrences(after:through:)`` has them all.
    public func next(after date: Date) -> Occurrence? {
        var all = occurrences(after: date)
        return all.next()
    }

    /// The last moment behind one and not later than another; nil if there is none.
    ///
    /// Looks backwards in windows that grow, so that it costs no more for a moment every second than for one a month.
    public func last(after date: Date, through last: Date) -> Occurrence? {
        let first = Instant(flooring: date)
        var (end, width) = (Instant(flooring: last), 60)
        while end > first {
            let start = Swift.max(first, end - width)
            var found: Occurrence?
            for occurrence in Occurrences(self, after: start, through: end) { found = occurrence }
            if let found { return found }
            (end, width) = (start, width * 4)
        }
        return nil
    }

    /// What the schedule's policy makes of moments behind one and not later than another, at which nobody acted: the last of them, or nil.
    /// - Parameters:
    ///   - date: Until when moments were acted on.
    ///   - last: Until when they were missed.
    ///   - now: When this is asked; what is too late then is dropped.
    public func missed(after date: Date, through last: Date, now: Date) -> Occurrence? {
        guard case .runOnce(let within) = schedule.missed else { return nil }
        return self.last(after: Swift.max(date, now - TimeInterval(within) - 1), through: Swift.min(last, now))
            .flatMap { now.timeIntervalSince($0.date) <= TimeInterval(within) ? $0 : nil }
    }
}

extension SchedulePlan {
    /// A block that has begun and not ended.
    public struct ActiveBlock: Hashable, Sendable {
        /// When it began.
        public let start: Date
        /// When it ends.
        public let end: Date
        /// The place of its trigger in the schedule, from 0.
        public let trigger: Int
    }

    /// The blocks that hold at a moment, the one that began last at the end. None when the schedule is off or paused then.
    ///
    /// This is what a thermostat is set to after a restart, whatever moments were missed.
    public func activeBlocks(at date: Date) -> [ActiveBlock] {
        let now = Instant(flooring: date)
        guard schedule.isEnabled, now >= schedule.pausedUntil ?? now else { return [] }
        let today = zone.wall(at: now).day
        var blocks: [(start: Instant, end: Instant, trigger: Int)] = []
        for (trigger, source) in sources.enumerated() {
            guard case .weekly(let days, let from, let length?) = source else { continue }
            for day in (today - 2)...today where days.contains(index: CalendarDay(ordinal: day).weekdayIndex) {
                let (start, end) = (zone.instant(wall: day * 86_400 + from), zone.instant(wall: day * 86_400 + length))
                if start <= now, now < end, filter.allows(CalendarDay(ordinal: day)) { blocks.append((start, end, trigger)) }
            }
        }
        return blocks.sorted { ($0.start, $0.trigger) < ($1.start, $1.trigger) }
            .map { ActiveBlock(start: $0.start.date, end: $0.end.date, trigger: $0.trigger) }
    }
}
