public import Foundation

/// Plans by name, and until when their moments have been acted on: says what is due, and when to look again.
///
/// ```swift
/// var agenda = Agenda(checkedUntil: restored)      // the moment kept from before the restart
/// agenda.set(plan, for: "hall", at: clock.now)
/// for due in agenda.due(at: clock.now) { act(on: due) }
/// let wake = agenda.nextDate                       // sleep until then, at most a minute at once: clocks are set
/// ```
///
/// It does nothing itself. The caller acts on what is due and then keeps ``checkedUntil``; stopped in between, it acts again.
///
/// - What is at most ``grace`` late is on time: each such moment is due.
/// - Of what is later, after a restart, a sleep, or a clock set forwards, the schedule's ``MissedPolicy`` makes at most one, and none when
///   a moment of the same schedule is on time.
/// - When the clock is set back by up to an hour, nothing is due a second time. When it is set back further, it was wrong before, and the
///   agenda starts again from the new time.
public struct Agenda: Sendable {
    /// Seconds by which a moment may be late and still be on time.
    public static let grace: TimeInterval = 60
    /// Seconds by which a clock may be set back without the agenda starting again.
    public static let setback: TimeInterval = 3600

    private struct Entry: Sendable {
        let plan: SchedulePlan
        /// Moments until then are none of the agenda's business.
        var since: Date
        var next: Date?
    }

    /// Something to act on.
    public struct Due: Hashable, Sendable {
        /// The name of the plan.
        public let plan: String
        /// The moment.
        public let occurrence: Occurrence
        /// Whether it was missed and is made up for.
        public let isLate: Bool
    }

    private var entries: [String: Entry] = [:]
    /// Until when moments have been acted on. Keep it: after a restart it is where the agenda goes on.
    public private(set) var checkedUntil: Date

    /// An agenda without plans that goes on from a moment: the one kept before a restart, or the present.
    public init(checkedUntil: Date) { self.checkedUntil = checkedUntil }

    /// Adds or replaces a plan, whose moments until now are not made up for.
    /// - Parameters:
    ///   - plan: The plan; nil removes it.
    ///   - name: Its name.
    ///   - now: When it was given. After a restart, give ``checkedUntil`` for the plans that were there before.
    public mutating func set(_ plan: SchedulePlan?, for name: String, at now: Date) {
        entries[name] = plan.map { Entry(plan: $0, since: now, next: $0.next(after: now)?.date) }
    }

    /// When the next moment comes; nil: never.
    public var nextDate: Date? { entries.values.compactMap(\.next).min() }

    /// What is to be acted on now, earliest first and then by the plan's name.
    public mutating func due(at now: Date) -> [Due] {
        if now < checkedUntil - Self.setback { restart(at: now) }
        guard now > checkedUntil else { return [] }
        var due: [Due] = []
        for (name, entry) in entries {
            guard let next = entry.next, next <= now else { continue }
            due += Self.due(of: entry, name, at: now)
            entries[name]?.since = now
            entries[name]?.next = entry.plan.next(after: now)?.date
        }
        checkedUntil = now
        return due.enumerated().sorted { a, b in
            (a.element.occurrence.date, a.element.plan, a.offset) < (b.element.occurrence.date, b.element.plan, b.offset)
        }.map(\.element)
    }

    private static func due(of entry: Entry, _ name: String, at now: Date) -> [Due] {
        let punctual = max(entry.since, now - grace)
        let onTime = entry.plan.occurrences(after: punctual, through: now).map { Due(plan: name, occurrence: $0, isLate: false) }
        guard onTime.isEmpty else { return onTime }
        return entry.plan.missed(after: entry.since, through: punctual, now: now).map { [Due(plan: name, occurrence: $0, isLate: true)] }
            ?? []
    }

    private mutating func restart(at now: Date) {
        checkedUntil = now
        for (name, entry) in entries {
            entries[name]?.since = now
            entries[name]?.next = entry.plan.next(after: now)?.date
        }
    }
}
