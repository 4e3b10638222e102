/// When something is to happen: plain data that a person writes, a model proposes, and a file keeps.
///
/// ```json
/// {
///   "name": "Heating, office",
///   "triggers": [
///     {"kind": "weekly", "days": ["mon", "tue", "wed", "thu", "fri"], "from": "07:00", "to": "18:30", "value": 21},
///     {"kind": "once", "at": "2026-12-24T16:00"},
///     {"kind": "interval", "every": 5400, "from": "2026-01-01T00:00:00Z"},
///     {"kind": "cron", "expression": "*/15 8-17 * * mon-fri"},
///     {"kind": "sun", "event": "sunset", "offset": -1800, "not_before": "16:30", "not_after": "21:00"}
///   ],
///   "dates": [{"from": "10-01", "through": "04-30"}, {"from": "2026-07-01", "through": "2026-07-14"}],
///   "holidays": {"days": "exclude", "calendars": ["de-be"]},
///   "enabled": true, "pause_until": "2026-12-27T00:00:00Z",
///   "missed": {"policy": "run_once", "within": 3600}
/// }
/// ```
///
/// Only `triggers` must be there. A ``SchedulePlan`` makes moments of it at a ``Site``.
public struct Schedule: Hashable, Sendable {
    /// What people call it; up to 200 characters.
    public let name: String?
    /// What makes its moments; 1 to 512.
    public let triggers: [Trigger]
    /// The days on which it holds; empty: always. A block that begins on such a day ends as planned. Up to 64.
    public let dates: [DateRange]
    /// What holidays mean to it; nil: nothing.
    public let holidays: HolidayFilter?
    /// Whether it makes moments at all.
    public var isEnabled: Bool
    /// Before this moment, in seconds since 1970-01-01T00:00:00Z, it makes none; nil: it isn't paused.
    public var pausedUntil: Int?
    /// What happens with moments that nobody was there to act on.
    public let missed: MissedPolicy

    /// Which days holidays leave over.
    public struct HolidayFilter: Hashable, Sendable {
        /// What holidays are to a schedule.
        public enum Rule: String, Sendable, CaseIterable, Hashable {
            /// It doesn't hold on holidays.
            case exclude
            /// It holds on holidays only.
            case only
        }

        /// What holidays are to the schedule.
        public let rule: Rule
        /// The calendars of the site that say what a holiday is; 1 to 16.
        public let calendars: [String]
    }

    /// A schedule. Throws ``ScheduleError`` with `badSchedule` for too many or too few parts, and for a `runOnce` out of range.
    public init(
        name: String? = nil, triggers: [Trigger], dates: [DateRange] = [], holidays: HolidayFilter? = nil, isEnabled: Bool = true,
        pausedUntil: Int? = nil, missed: MissedPolicy = .skip
    ) throws(ScheduleError) {
        guard (1...512).contains(triggers.count) else { throw ScheduleError(.badSchedule, "a schedule has 1 to 512 triggers") }
        guard dates.count <= 64 else { throw ScheduleError(.badSchedule, "a schedule has at most 64 ranges of dates") }
        guard name?.count ?? 0 <= 200 else { throw ScheduleError(.badSchedule, "a schedule's name has at most 200 characters") }
        if case .runOnce(let within) = missed, !(1...MissedPolicy.longest).contains(within) {
            throw ScheduleError(.badSchedule, "missed moments may be made up for within 1 second to 31 days")
        }
        (self.name, self.triggers, self.dates, self.holidays) = (name, triggers, dates, holidays)
        (self.isEnabled, self.pausedUntil, self.missed) = (isEnabled, pausedUntil, missed)
    }
}

extension Schedule.HolidayFilter {
    /// Nil unless there are 1 to 16 calendars.
    public init?(_ rule: Rule, calendars: [String]) {
        guard (1...16).contains(calendars.count) else { return nil }
        (self.rule, self.calendars) = (rule, calendars)
    }
}
