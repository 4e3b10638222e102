internal import Foundation
internal import LaresThings

extension Rule {
    /// How many moments of its time triggers are looked at to find those that its conditions let through: 13 years of days that don't count, or
    /// three days of every minute.
    private static let mostLooks = 5_000

    /// When its time triggers come and its conditions on times and days let it act, earliest first, with what the triggers are called.
    ///
    /// - Parameters:
    ///   - site: The home's clocks, sun and holidays.
    ///   - start: A moment at it isn't among them.
    ///   - end: The last moment that is wanted.
    ///   - most: How many are wanted.
    /// - Throws: ``RuleError`` with `badSite`.
    func moments(at site: Site, after start: Date, until end: Date, most: Int) throws(RuleError) -> [(date: Date, trigger: String?)] {
        guard let plan = try plan(at: site) else { return [] }
        let timed = triggers.filter(\.isTime)
        var (found, looks, next) = ([(date: Date, trigger: String?)](), 0, Optional(start))
        while let from = next {
            next = nil
            for moment in plan.occurrences(after: from) {
                looks += 1
                guard looks <= Self.mostLooks, found.count < most, moment.date <= end else { return found }
                let judge = TimeJudge(site, moment.date, timed[moment.trigger].id)
                if let over = judge.endOfDay(without: conditions) {
                    next = over
                    break
                }
                // The end of a block triggers nothing.
                if moment.edge != .end, judge.holds(.all(conditions)) != false { found.append((moment.date, timed[moment.trigger].id)) }
            }
        }
        return found
    }

    /// Whether what its conditions look at is more than times and days, so that it may not act at one of its moments.
    public var isConditional: Bool { conditions.contains { $0.isOpen } }
}

extension RuleCondition {
    /// Whether clocks and calendars alone don't decide it.
    fileprivate var isOpen: Bool {
        switch self {
        case .all(let inner), .any(let inner): inner.contains { $0.isOpen }
        case .not(let inner): inner.isOpen
        case .between, .days, .holidays, .dates, .triggeredBy: false
        case .state, .number, .known, .template, .online: true
        }
    }
}

/// Says whether conditions hold at a moment to come, as far as clocks and calendars decide that.
private struct TimeJudge {
    private let scope: RuleScope<MemoryWorld>

    init(_ site: Site, _ date: Date, _ trigger: String?) {
        var occasion = RuleOccasion("time", at: date)
        occasion.id = trigger
        scope = RuleScope(world: MemoryWorld(site: site), now: date, occasion: occasion)
    }

    /// Whether a condition holds; nil: that depends on more, or with `wholeDay` on the time of the day.
    func holds(_ condition: RuleCondition, wholeDay: Bool = false) -> Bool? {
        switch condition {
        case .all(let inner): return Self.all(inner.map { holds($0, wholeDay: wholeDay) })
        case .any(let inner): return Self.all(inner.map { holds($0, wholeDay: wholeDay).map { !$0 } }).map { !$0 }
        case .not(let inner): return holds(inner, wholeDay: wholeDay).map { !$0 }
        case .days, .holidays, .dates: return try? scope.holds(condition)
        case .between, .triggeredBy: return wholeDay ? nil : try? scope.holds(condition)
        case .state, .number, .known, .template, .online: return nil
        }
    }

    private static func all(_ verdicts: [Bool?]) -> Bool? {
        verdicts.contains { $0 == false } ? false : verdicts.contains { $0 == nil } ? nil : true
    }

    /// The last second of its day, if the conditions hold at no time of that; nil otherwise.
    func endOfDay(without conditions: [RuleCondition]) -> Date? {
        guard holds(.all(conditions), wholeDay: true) == false else { return nil }
        return (scope.world.site.zone.start(ofDay: scope.today.ordinal + 1) - 1).date
    }
}
