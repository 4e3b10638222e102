public import Foundation
public import LaresThings

/// The alarms there are and the incidents they make up: what begins, comes back, is seen, put away and over. It knows no clock and no disk: each
/// act has its date, and what changed is asked for with ``takeChanged()``.
public struct AlarmBook: Sendable {
    /// What a detector, or something else that looks, thinks odd.
    public struct Sign: Hashable, Sendable {
        /// The watch that it comes from.
        public let watch: String
        /// Where it is.
        public let place: AreaID?
        /// How bad it is.
        public let severity: Alarm.Severity
        /// Why one thinks so.
        public let cause: Alarm.Cause

        /// A sign.
        public init(watch: String, place: AreaID?, severity: Alarm.Severity, cause: Alarm.Cause) {
            (self.watch, self.place, self.severity, self.cause) = (watch, place, severity, cause)
        }
    }

    /// What there can be one alarm of at a time.
    struct Key: Hashable, Sendable {
        let watch: String
        let series: SeriesKey
    }

    let rules: AlarmRules
    /// Those that aren't over, and those over so lately that they may come back, by number.
    private(set) var alarms: [Int: Alarm] = [:]
    /// Those that aren't over, and those that another alarm may still join.
    private(set) var incidents: [Int: Incident] = [:]
    /// What happened lately that an incident which begins will want to know, the oldest first.
    var recent: [(thing: String, place: AreaID?, entry: TimelineEntry)] = []
    private var numbers: [Key: Int] = [:]
    private var next = (alarm: 1, incident: 1)
    private var changed: (alarms: Set<Int>, incidents: Set<Int>) = ([], [])
    /// Alarms that began since it was asked, the latest of many.
    private var begun: [Int] = []
    /// The series of alarms that aren't over.
    private(set) var alarmed: Set<SeriesKey> = []

    /// A book that goes on from what was kept.
    ///
    /// - Parameters:
    ///   - rules: When alarms are over.
    ///   - alarms: Those that may matter again.
    ///   - incidents: Those that may matter again.
    ///   - last: The greatest numbers that were ever given.
    public init(
        _ rules: AlarmRules = AlarmRules(), alarms: [Alarm] = [], incidents: [Incident] = [], last: (alarm: Int, incident: Int) = (0, 0)
    ) {
        self.rules = rules
        for alarm in alarms {
            self.alarms[alarm.number] = alarm
            if alarm.clearedAt == nil { alarmed.insert(alarm.series) }
            numbers[alarm.key] = max(alarm.number, numbers[alarm.key] ?? 0)
        }
        for incident in incidents { self.incidents[incident.number] = incident }
        next = (max(last.alarm, alarms.map(\.number).max() ?? 0) + 1, max(last.incident, incidents.map(\.number).max() ?? 0) + 1)
    }

    /// Those that aren't over, the latest first.
    public var open: [Alarm] { alarms.values.filter { $0.clearedAt == nil }.sorted { $0.number > $1.number } }

    /// An alarm; nil: there is none, or it is long over.
    public func alarm(_ number: Int) -> Alarm? { alarms[number] }

    /// An incident; nil: there is none, or it is long over.
    public func incident(_ number: Int) -> Incident? { incidents[number] }

    /// Takes a sign: begins an alarm, or says that the one there is still so or is back.
    ///
    /// - Parameter before: What led to it, for the line of its incident if it begins an alarm.
    /// - Returns: The alarm's number; nil: there are too many.
    @discardableResult
    public mutating func take(_ sign: Sign, at date: Date, after before: [TimelineEntry] = []) -> Int? {
        let key = Key(watch: sign.watch, series: sign.cause.series)
        guard let number = numbers[key], var alarm = alarms[number] else { return begin(sign, key, at: date, after: before) }
        if let cleared = alarm.clearedAt {
            guard date.timeIntervalSince(cleared) <= rules.reopen else { return begin(sign, key, at: date, after: before) }
            alarm.comeBack(rules, at: date)
            reopen(alarm.incident)
            change(alarm)
            note(number, "back", at: date)
        }
        alarm.goOn(sign, at: date)
        change(alarm)
        return number
    }

    private mutating func begin(_ sign: Sign, _ key: Key, at date: Date, after before: [TimelineEntry]) -> Int? {
        guard alarms.count < 2 * rules.open, open.count < rules.open else { return nil }
        var alarm = Alarm(
            number: next.alarm, watch: sign.watch, place: sign.place, severity: sign.severity, cause: sign.cause, raisedAt: date,
            incident: 0)
        next.alarm += 1
        join(&alarm)
        numbers[key] = alarm.number
        change(alarm)
        noteBeginning(of: alarm, after: before)
        if begun.count >= Self.mostBegun { begun.removeFirst(begun.count / 2) }
        begun.append(alarm.number)
        return alarm.number
    }

    private static let mostBegun = 1_000

    /// The alarms that began since this was asked last.
    mutating func takeBegun() -> [Int] {
        defer { begun = [] }
        return begun
    }

    /// It is still so, though there is nothing new to be said.
    public mutating func goOn(_ watch: String, _ series: SeriesKey, at date: Date) {
        guard let number = numbers[Key(watch: watch, series: series)], var alarm = alarms[number], alarm.clearedAt == nil,
            alarm.lastAt < date
        else { return }
        alarm.lastAt = date
        change(alarm)
    }

    /// Lets time pass: what is calm for long is over, what was put away comes back, what is long over is forgotten here.
    public mutating func pass(to date: Date) {
        for var alarm in alarms.values.sorted(by: { $0.number < $1.number }) {
            if let until = alarm.shelvedUntil, until <= date {
                alarm.shelvedUntil = nil
                change(alarm)
                note(alarm.number, "unshelved", at: date)
            }
            let calm = date.timeIntervalSince(alarm.lastAt)
            if alarm.clearedAt == nil, calm >= (alarm.isFlapping ? rules.flapping : rules.settle) { end(&alarm, by: nil, at: date) }
            if let cleared = alarm.clearedAt, date.timeIntervalSince(cleared) > max(rules.reopen, rules.together) { forget(alarm) }
        }
        for incident in incidents.values
        where incident.endedAt.map({ date.timeIntervalSince($0) > max(rules.reopen, rules.together) }) ?? false {
            incidents[incident.number] = changed.incidents.contains(incident.number) ? incident : nil
        }
    }

    /// What changed since the last time it was asked for; whoever keeps it has it all.
    public mutating func takeChanged() -> (alarms: [Alarm], incidents: [Incident]) {
        defer { changed = ([], []) }
        return (changed.alarms.sorted().compactMap { alarms[$0] }, changed.incidents.sorted().compactMap { incidents[$0] })
    }

    /// Says that what was taken couldn't be kept: it is asked for again.
    public mutating func putBack(_ alarms: [Alarm], _ incidents: [Incident]) {
        changed.alarms.formUnion(alarms.map(\.number))
        changed.incidents.formUnion(incidents.map(\.number))
    }
}

/// How alarms and incidents change.
extension AlarmBook {
    mutating func change(_ alarm: Alarm) {
        alarms[alarm.number] = alarm
        changed.alarms.insert(alarm.number)
        if alarm.clearedAt == nil {
            alarmed.insert(alarm.series)
        } else if !alarms.values.contains(where: { $0.clearedAt == nil && $0.series == alarm.series }) {
            alarmed.remove(alarm.series)
        }
    }

    mutating func change(_ incident: Incident) {
        incidents[incident.number] = incident
        changed.incidents.insert(incident.number)
    }

    mutating func end(_ alarm: inout Alarm, by person: String?, because reason: String? = nil, at date: Date) {
        (alarm.clearedAt, alarm.clearedBy, alarm.clearedBecause, alarm.shelvedUntil) = (date, person, reason, nil)
        change(alarm)
        note(alarm.number, "cleared", at: date)
        guard var incident = incidents[alarm.incident], incident.alarms.allSatisfy({ alarms[$0]?.clearedAt != nil || alarms[$0] == nil })
        else {
            return
        }
        incident.endedAt = date
        change(incident)
    }

    private mutating func forget(_ alarm: Alarm) {
        // Until it is kept as it is, it isn't forgotten.
        guard !changed.alarms.contains(alarm.number) else { return }
        alarms[alarm.number] = nil
        if numbers[alarm.key] == alarm.number { numbers[alarm.key] = nil }
    }

    private mutating func reopen(_ number: Int) {
        guard var incident = incidents[number] else { return }
        incident.endedAt = nil
        change(incident)
    }

    /// Puts a new alarm to others of its place, or of its thing, that began lately; else it begins an incident.
    private mutating func join(_ alarm: inout Alarm) {
        let near = incidents.values.filter { incident in
            let isNear = incident.things.contains(alarm.series.thing) || (alarm.place != nil && incident.place == alarm.place)
            return isNear && alarm.raisedAt.timeIntervalSince(incident.lastAt) <= rules.together
        }
        guard var incident = near.max(by: { $0.number < $1.number }) else {
            alarm.incident = next.incident
            change(Incident(number: next.incident, of: alarm))
            next.incident += 1
            return
        }
        incident.alarms.append(alarm.number)
        incident.things.insert(alarm.series.thing)
        (incident.lastAt, incident.endedAt) = (alarm.raisedAt, nil)
        incident.severity = max(incident.severity, alarm.severity)
        alarm.incident = incident.number
        change(incident)
    }
}

extension Alarm {
    var key: AlarmBook.Key { AlarmBook.Key(watch: watch, series: series) }

    fileprivate mutating func goOn(_ sign: AlarmBook.Sign, at date: Date) {
        lastAt = max(lastAt, date)
        severity = max(severity, sign.severity)
        if sign.cause.score > worst.score { worst = sign.cause }
    }

    /// It is so again; who saw it before is asked again, unless it flaps.
    fileprivate mutating func comeBack(_ rules: AlarmRules, at date: Date) {
        (clearedAt, clearedBy, clearedBecause) = (nil, nil, nil)
        times += 1
        isFlapping = isFlapping || (times >= rules.flaps && date.timeIntervalSince(raisedAt) <= rules.flapping)
        if !isFlapping { acknowledged = nil }
    }
}
