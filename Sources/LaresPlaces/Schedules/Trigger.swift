public import LaresJSON

/// What makes a schedule's moments, and what to do at them.
public struct Trigger: Hashable, Sendable {
    /// When it comes.
    public let kind: Kind
    /// What the schedule's owner wants to be told at its moments, such as a temperature to set. Schedules don't look into it.
    public let value: JSON?

    /// A trigger.
    public init(_ kind: Kind, value: JSON? = nil) { (self.kind, self.value) = (kind, value) }

    /// When a trigger comes.
    public enum Kind: Hashable, Sendable {
        /// On days of the week, from a time on and perhaps until another.
        case weekly(WeeklyBlock)
        /// One time only.
        case once(OneShot)
        /// Again and again after an elapsed time, which changes of the clock don't touch.
        case interval(Interval)
        /// As a crontab says.
        case cron(CronExpression)
        /// When the sun rises, sets, or otherwise marks the day.
        case sun(SunTrigger)
    }
}

/// A block of the week's plan: it begins at a time on some weekdays, and ends at another or is but a moment.
///
/// A time that clocks skip counts as the moment behind the gap, a time that they show twice as the first.
public struct WeeklyBlock: Hashable, Sendable {
    /// The weekdays on which it begins; never empty.
    public let days: Set<Weekday>
    /// When it begins.
    public let from: TimeOfDay
    /// When it ends, on the day after if that isn't later than its beginning; nil: it is a moment.
    public let to: TimeOfDay?

    /// Nil without days.
    public init?(days: Set<Weekday> = Set(Weekday.allCases), from: TimeOfDay, to: TimeOfDay? = nil) {
        guard !days.isEmpty else { return nil }
        (self.days, self.from, self.to) = (days, from, to)
    }

    /// Seconds from 00:00 of its first day to its end; nil for a moment.
    var end: Int? { to.map { $0 > from ? $0.seconds : $0.seconds + 86_400 } }
}

/// One moment.
public enum OneShot: Hashable, Sendable {
    /// What wall clocks show where the schedule is kept.
    case local(CalendarDay, TimeOfDay)
    /// Seconds since 1970-01-01T00:00:00Z, in the years 1900 to 2199.
    case instant(Int)
}

/// Moments at equal distances of elapsed time.
public struct Interval: Hashable, Sendable {
    /// Seconds between two of them, 1 to 31,622,400 (366 days).
    public let seconds: Int
    /// The first of them, in seconds since 1970-01-01T00:00:00Z.
    public let from: Int

    /// Seconds that may lie between two moments.
    public static let allowed = 1...366 * 86_400

    /// Nil for seconds out of range, and for a first moment outside the years 1900 to 2199.
    public init?(seconds: Int, from: Int = 0) {
        guard Self.allowed.contains(seconds), Instant.supported.contains(from) else { return nil }
        (self.seconds, self.from) = (seconds, from)
    }
}

/// What the sun does, moved and held within bounds. Where the sun doesn't do it on a day, there is no occurrence that day.
public struct SunTrigger: Hashable, Sendable {
    /// What the sun does.
    public let event: SunEvent
    /// How dark it is at dawn and dusk.
    public let twilight: Twilight
    /// Seconds behind it, negative before it; at most half a day either way.
    public let offset: Int
    /// It comes at this time if it would come earlier on its day.
    public let notBefore: TimeOfDay?
    /// It comes at this time of its day if it would come later.
    public let notAfter: TimeOfDay?
    /// The weekdays on which it comes; never empty.
    public let days: Set<Weekday>

    /// Seconds by which it may be moved.
    public static let offsets = -43_200...43_200

    /// Nil for an offset out of range, for bounds that cross, and without days.
    public init?(
        _ event: SunEvent, twilight: Twilight = .civil, offset: Int = 0, notBefore: TimeOfDay? = nil, notAfter: TimeOfDay? = nil,
        days: Set<Weekday> = Set(Weekday.allCases)
    ) {
        guard Self.offsets.contains(offset), !days.isEmpty else { return nil }
        if let notBefore, let notAfter, notBefore > notAfter { return nil }
        (self.event, self.twilight, self.offset) = (event, twilight, offset)
        (self.notBefore, self.notAfter, self.days) = (notBefore, notAfter, days)
    }
}
