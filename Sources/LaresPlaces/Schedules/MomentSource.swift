/// A moment on its way to becoming an ``Occurrence``.
struct Moment {
    let instant: Instant
    /// What wall clocks were meant to show, in seconds; it orders what a gap throws together.
    let wall: Int
    let edge: Occurrence.Edge

    /// Whether it comes in front of another.
    func precedes(_ other: Moment) -> Bool { (instant, wall, edge.rank) < (other.instant, other.wall, other.edge.rank) }
}

extension Occurrence.Edge {
    var rank: Int {
        switch self {
        case .end: 0
        case .moment: 1
        case .start: 2
        }
    }
}

/// A trigger at a site, with everything that can be made ready beforehand. Times of day are in seconds.
enum MomentSource: Sendable {
    case once(Instant)
    case interval(Interval)
    case weekly(WeekdaySet, from: Int, end: Int?)
    /// A crontab's, by wall clocks.
    case cron(CronExpression, times: [Int])
    /// A crontab's for every hour, by elapsed time.
    case hourlyCron(CronExpression, times: [Int])
    case sun(SunTrigger, WeekdaySet, GeographicPosition)

    init(_ kind: Trigger.Kind, _ site: Site) throws(ScheduleError) {
        switch kind {
        case .weekly(let block): self = .weekly(WeekdaySet(block.days), from: block.from.seconds, end: block.end)
        case .once(.instant(let instant)): self = .once(instant)
        case .once(.local(let day, let time)): self = .once(site.zone.instant(wall: day.ordinal * 86_400 + time.seconds))
        case .interval(let interval): self = .interval(interval)
        case .cron(let expression):
            let times = expression.secondsOfDay
            self = expression.isHourly ? .hourlyCron(expression, times: times) : .cron(expression, times: times)
        case .sun(let trigger):
            guard let position = site.position else {
                throw ScheduleError(
                    .noPosition, "the schedule follows the sun, and the place has no position: give its latitude and longitude")
            }
            self = .sun(trigger, WeekdaySet(trigger.days), position)
        }
    }
}

extension MomentSource {
    /// Whether a day costs the search for an event of the sun.
    var isSun: Bool {
        if case .sun = self { true } else { false }
    }
}

// What a day of the wall calendar has. Moments of one day are in order, and none comes before the day's predecessor's last.
extension MomentSource {
    /// Appends the moments that belong to a day, if the day is one of the source's.
    func append(day: CalendarDay, zone: TimeZoneRules, to moments: inout [Moment]) {
        switch self {
        case .once, .interval, .hourlyCron: break
        case .weekly(let days, let from, let end):
            guard days.contains(index: day.weekdayIndex) else { return }
            let start = day.ordinal * 86_400 + from
            moments.append(Moment(instant: zone.instant(wall: start), wall: start, edge: end == nil ? .moment : .start))
            guard let end else { return }
            let wall = day.ordinal * 86_400 + end
            moments.append(Moment(instant: zone.instant(wall: wall), wall: wall, edge: .end))
        case .cron(let expression, let times):
            guard expression.matches(day) else { return }
            Self.append(times, day: day, zone: zone, to: &moments)
        case .sun(let trigger, let days, let position):
            guard days.contains(index: day.weekdayIndex) else { return }
            guard let instant = trigger.instant(on: day, zone, position) else { return }
            moments.append(Moment(instant: instant, wall: instant + zone.offset(at: instant), edge: .moment))
        }
    }

    private static func append(_ times: [Int], day: CalendarDay, zone: TimeZoneRules, to moments: inout [Moment]) {
        let start = day.ordinal * 86_400
        if let offset = zone.steadyOffset(ofDay: day.ordinal) {
            for time in times { moments.append(Moment(instant: start + time - offset, wall: start + time, edge: .moment)) }
        } else {
            for time in times { moments.append(Moment(instant: zone.instant(wall: start + time), wall: start + time, edge: .moment)) }
        }
    }
}

extension SunTrigger {
    /// Its moment on a day; nil where the sun doesn't do it.
    func instant(on day: CalendarDay, _ zone: TimeZoneRules, _ position: GeographicPosition) -> Instant? {
        let midnight = day.ordinal * 86_400
        let sun = SolarDay(nearest: zone.instant(wall: midnight + 43_200), at: position)
        guard let event = sun.instant(of: event, twilight) else { return nil }
        var instant = event + offset
        if let notBefore { instant = max(instant, zone.instant(wall: midnight + notBefore.seconds)) }
        if let notAfter { instant = min(instant, zone.instant(wall: midnight + notAfter.seconds)) }
        return instant
    }
}
