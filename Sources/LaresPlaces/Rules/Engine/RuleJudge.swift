internal import Foundation
internal import LaresJSON
internal import LaresThings

/// Says whether conditions hold.
extension RuleScope {
    /// Whether all hold. Throws ``RuleError`` for a template that comes to nothing.
    func holds(_ conditions: [RuleCondition]) throws(RuleError) -> Bool {
        for condition in conditions { guard try holds(condition) else { return false } }
        return true
    }

    func holds(_ condition: RuleCondition) throws(RuleError) -> Bool {
        switch condition {
        case .all(let inner): return try holds(inner)
        case .any(let inner):
            for condition in inner { if try holds(condition) { return true } }
            return false
        case .not(let inner): return try !holds(inner)
        case .state(let being): return objection(to: being) == nil
        case .number(let address, let above, let below):
            return world.state(of: address)?.reported?.number.map { Self.lies($0, above, below) } ?? false
        case .known(let address): return world.state(of: address)?.reported != nil
        case .between(let from, let to): return window(from, to).isInside
        case .days(let days): return days.contains(today.weekday)
        case .holidays(let names): return names.contains { world.site.holidays[$0]?.days[today] != nil }
        case .dates(let ranges): return ranges.contains { $0.contains(today) }
        case .template(let template): return JSON(rendered: try text(template)).isTrue
        case .online(let thing): return world.availability(of: thing) == .online
        case .triggeredBy(let ids): return occasion.id.map(ids.contains) ?? false
        }
    }

    static func lies(_ number: Double, _ above: Double?, _ below: Double?) -> Bool {
        (above.map { number > $0 } ?? true) && (below.map { number < $0 } ?? true)
    }

    var today: CalendarDay { CalendarDay(ordinal: world.site.zone.wall(at: Instant(flooring: now)).day) }

    /// How a property falls short of what it should be.
    enum Objection {
        case value, short(TimeSpan), long(TimeSpan), cause(Cause.Kind?)
    }

    func objection(to being: RuleCondition.Being) -> Objection? {
        let state = world.state(of: being.address)
        guard let value = state?.reported, being.values.contains(value) else { return .value }
        let age = TimeSpan.seconds(state?.changedAt.map { now.timeIntervalSince($0) } ?? TimeSpan.longest.seconds)
        if age < being.lasting { return .short(age) }
        if let within = being.within, age > within { return .long(age) }
        guard being.by.isEmpty || state?.cause.map({ being.by.contains($0.kind) }) == true else { return .cause(state?.cause?.kind) }
        return nil
    }

    /// Whether it is between two moments, and when these are: of the window that holds, else of today's.
    func window(_ from: DayMoment, _ to: DayMoment) -> (isInside: Bool, from: Instant?, to: Instant?) {
        let (instant, site) = (Instant(flooring: now), world.site)
        let today = today
        for day in [today.adding(-1), today, today.adding(1)] {
            guard let start = from.instant(on: day, at: site), start <= instant else { continue }
            let sameDay = to.instant(on: day, at: site)
            guard let end = sameDay.flatMap({ $0 > start ? $0 : nil }) ?? to.instant(on: day.adding(1), at: site) else { continue }
            if instant < end { return (true, start, end) }
        }
        return (false, from.instant(on: today, at: site), to.instant(on: today, at: site))
    }
}
