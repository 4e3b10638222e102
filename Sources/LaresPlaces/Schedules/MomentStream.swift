/// The moments of one source in order, each once.
struct MomentStream {
    /// How many days are searched for a next moment: 40 years and their leap days, enough for 29 February on a given weekday.
    private static let patience = 14_611
    /// For how many days without it the sun is asked for an event: what doesn't come in two years of polar days and nights never comes.
    private static let sunPatience = 800
    /// By how many days a moment may lie from the day it belongs to: a block's end, a sun that sets after midnight, an offset.
    private static let reach = 3

    private let source: MomentSource
    private let zone: TimeZoneRules
    private let filter: DayFilter
    private let after, through: Instant
    /// What has been made of the days before `day`, and how much of it has been given out.
    private var moments: [Moment] = []
    private var given = 0
    private var day: Int
    /// From where elapsed time goes on, for sources that follow it.
    private var elapsed: Instant
    /// The last instants given out, by edge.
    private var last = (end: Instant.min, moment: Instant.min, start: Instant.min)

    init(_ source: MomentSource, _ plan: SchedulePlan, after: Instant, through: Instant) {
        (self.source, zone, filter) = (source, plan.zone, plan.filter)
        (self.after, self.through) = (max(after, Instant.supported.lowerBound - 1), min(through, Instant.supported.upperBound))
        day = plan.zone.wall(at: self.after).day - Self.reach
        elapsed = self.after + 1
    }

    mutating func next() -> Moment? {
        while true {
            while given < moments.count {
                let moment = moments[given]
                given += 1
                if moment.instant > through { return nil }
                if moment.instant > after, isNew(moment) { return moment }
            }
            moments.removeAll(keepingCapacity: true)
            given = 0
            guard refill() else { return nil }
        }
    }

    private mutating func isNew(_ moment: Moment) -> Bool {
        switch moment.edge {
        case .end: return Self.advance(&last.end, to: moment.instant)
        case .moment: return Self.advance(&last.moment, to: moment.instant)
        case .start: return Self.advance(&last.start, to: moment.instant)
        }
    }

    private static func advance(_ last: inout Instant, to instant: Instant) -> Bool {
        guard instant > last else { return false }
        last = instant
        return true
    }

    /// Makes more moments; false when there are none.
    private mutating func refill() -> Bool {
        switch source {
        case .once(let instant): return refillOnce(instant)
        case .interval(let interval): return refill(interval)
        case .hourlyCron(let expression, let times): return refill(expression, times)
        case .weekly, .cron, .sun: return refillDays()
        }
    }

    private mutating func refillDays() -> Bool {
        let end = min(day + Self.patience, through.flooredDivision(by: 86_400).quotient + Self.reach + 1)
        var attempts = source.isSun ? Self.sunPatience : .max
        while day <= end, attempts > 0, moments.isEmpty {
            let today = CalendarDay(ordinal: day)
            if filter.allows(today) {
                source.append(day: today, zone: zone, to: &moments)
                attempts -= 1
            }
            day += 1
        }
        return !moments.isEmpty
    }

    private mutating func refillOnce(_ instant: Instant) -> Bool {
        guard elapsed <= instant, instant <= through else { return false }
        elapsed = instant + 1
        let wall = instant + zone.offset(at: instant)
        guard filter.allows(CalendarDay(ordinal: wall.flooredDivision(by: 86_400).quotient)) else { return false }
        moments.append(Moment(instant: instant, wall: wall, edge: .moment))
        return true
    }

    private mutating func refill(_ interval: Interval) -> Bool {
        for _ in 0..<Self.patience {
            let steps = max(0, (elapsed - interval.from + interval.seconds - 1).flooredDivision(by: interval.seconds).quotient)
            let instant = interval.from + steps * interval.seconds
            guard instant <= through else { return false }
            elapsed = instant + 1
            let wall = instant + (filter.isOpen ? 0 : zone.offset(at: instant))
            let day = wall.flooredDivision(by: 86_400).quotient
            if filter.isOpen || filter.allows(CalendarDay(ordinal: day)) {
                moments.append(Moment(instant: instant, wall: wall, edge: .moment))
                return true
            }
            elapsed = max(elapsed, zone.start(ofDay: day + 1))
        }
        return false
    }

    /// The rest of a day, or what lies of it in front of a change of the clock.
    private mutating func refill(_ expression: CronExpression, _ times: [Int]) -> Bool {
        for _ in 0..<Self.patience {
            guard elapsed <= through else { return false }
            let (offset, change) = zone.steady(at: elapsed)
            let day = (elapsed + offset).flooredDivision(by: 86_400).quotient
            let (start, end) = (day * 86_400 - offset, min((day + 1) * 86_400 - offset, change ?? .max))
            let today = CalendarDay(ordinal: day)
            if expression.matches(today), filter.allows(today) {
                for time in times where start + time >= elapsed && start + time < end {
                    moments.append(Moment(instant: start + time, wall: start + time + offset, edge: .moment))
                }
            }
            elapsed = end
            if !moments.isEmpty { return true }
        }
        return false
    }
}
