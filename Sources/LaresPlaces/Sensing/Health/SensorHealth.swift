/// How one sensor does: what it said last, what is usual for it, and which faults it has. Times are seconds since 1970.
struct SensorHealth: Sendable {
    /// What became of a fault.
    enum Verdict: Hashable, Sendable {
        case raise(SensorFault.Reason, [String: Double])
        case clear(SensorFault.Code)
    }

    /// Faults it has.
    struct Faults: OptionSet, Hashable, Sendable {
        let rawValue: UInt8
        static let stuck = Faults(rawValue: 1)
        static let silent = Faults(rawValue: 2)
        static let impossible = Faults(rawValue: 4)
        static let flapping = Faults(rawValue: 8)
        static let lowBattery = Faults(rawValue: 16)
        /// Faults with which nothing that it says counts.
        static let untrusted: Faults = [.stuck, .silent, .impossible, .flapping]
    }

    let kind: SensorKind
    let limits: SensorLimits
    /// What it said last; nil: nothing, or that it doesn't know.
    var value: Double?
    /// The last number that could be.
    var good: Double?
    var changedAt: Double?
    var heardAt: Double?
    /// Reports since it changed.
    var reports = 0
    /// Changes in the minute that began then, and in the one before.
    var minute = 0.0
    var changes = (now: 0, before: 0)
    /// When it last did what can't be or changed too often, and reports since.
    var badAt = 0.0
    var goodReports = 0
    /// How often others in its area became true when it last did.
    var othersAt: Int?
    var faults: Faults = []

    var gaps = Habit()
    var runs = Habit()
    var jumps = Habit()
    var pace = Habit()
    var others = Habit()

    init(_ kind: SensorKind) { (self.kind, limits) = (kind, kind.limits) }

    /// A battery is low at this many percent, and is so until it has risen to the other.
    static let lowBattery = 15.0, fullBattery = 25.0
    /// After so many seconds and reports without anything that can't be, all is well again.
    static let recovery = 600.0, recoveryReports = 3
    /// So many times must a number be reported before it counts as stuck.
    static let sameReports = 10
    /// Others must become true more often than that before one counts as blind, and a day must pass.
    static let blind = Habit.Bounds(60, least: 30, most: 500), blindSeconds = 86_400.0

    /// Whether what it says counts.
    var isTrusted: Bool { faults.isDisjoint(with: .untrusted) }
}

/// What is heard.
extension SensorHealth {
    /// Takes in that it became something else.
    mutating func take(_ new: Double?, at now: Double, into verdicts: inout [Verdict]) {
        let before = heardAt
        hear(at: now, into: &verdicts)
        guard new != value else { return }
        count(at: now, into: &verdicts)
        endRun(at: now, into: &verdicts)
        value = new
        (changedAt, reports) = (now, 1)
        guard let new else { return }
        if kind == .battery || kind == .batteryLow { judgeBattery(new, into: &verdicts) }
        if !kind.isBoolean { judge(new, since: before, at: now, into: &verdicts) }
    }

    /// Takes over what is known of it already. Nothing is learned by it.
    mutating func begin(with new: Double, since changed: Double, heard: Double, into verdicts: inout [Verdict]) {
        guard value != new else { return }
        (value, changedAt, reports, heardAt) = (new, changed, 1, max(heardAt ?? heard, heard))
        if kind == .battery || kind == .batteryLow { judgeBattery(new, into: &verdicts) }
        if !kind.isBoolean { judge(new, since: nil, at: heard, into: &verdicts) }
    }

    /// Takes in that it said something, be it the same again.
    mutating func hear(at now: Double, into verdicts: inout [Verdict]) {
        if let heardAt, let bounds = limits.silence, now > heardAt { gaps.learn(now - heardAt, bounds) }
        heardAt = max(heardAt ?? now, now)
        reports += 1
        goodReports += 1
        clear(.silent, .silent, into: &verdicts)
    }

    private mutating func endRun(at now: Double, into verdicts: inout [Verdict]) {
        if let changedAt, let value, let bounds = limits.stuck, value == 1 || !kind.isBoolean {
            runs.learn(max(0, now - changedAt), bounds)
        }
        clear(.stuck, .stuck, into: &verdicts)
    }

    /// Counts changes by the minute: those of the minute before count as far as it still lies within the last sixty seconds.
    private mutating func count(at now: Double, into verdicts: inout [Verdict]) {
        guard let bounds = limits.pace else { return }
        turn(to: now)
        changes.now += 1
        let (rate, limit) = (rate(at: now), pace.limit(bounds))
        guard rate > limit else { return }
        badAt = now
        raise(.tooManyChanges, .flapping, ["count": rate.rounded(), "limit": limit], into: &verdicts)
    }

    private mutating func turn(to now: Double) {
        guard now - minute >= 60 || now < minute else { return }
        if let bounds = limits.pace, changes.now > 0 { pace.learn(Double(changes.now), bounds) }
        changes = (0, now - minute < 120 && now > minute ? changes.now : 0)
        minute = (now / 60).rounded(.down) * 60
    }

    private func rate(at now: Double) -> Double { Double(changes.now) + Double(changes.before) * max(0, 1 - (now - minute) / 60) }

    private mutating func judge(_ new: Double, since before: Double?, at now: Double, into verdicts: inout [Verdict]) {
        if let range = limits.range, !range.contains(new) {
            (badAt, goodReports) = (now, 0)
            return raise(.outOfRange, .impossible, ["value": new, "least": range.lowerBound, "most": range.upperBound], into: &verdicts)
        }
        defer { good = new }
        // A meter that falls was set back to zero.
        guard let good, let bounds = limits.jump, let before, kind != .energy || new > good else { return }
        let allowed = limits.drift * max(0, now - before)
        let limit = jumps.limit(bounds) + allowed
        let moved = abs(new - good)
        jumps.learn(max(0, moved - allowed), bounds)
        guard moved > limit else { return }
        (badAt, goodReports) = (now, 0)
        let figures = ["from": good, "value": new, "seconds": max(0, now - before), "limit": limit]
        raise(.jump, .impossible, figures, into: &verdicts)
    }

    private mutating func judgeBattery(_ new: Double, into verdicts: inout [Verdict]) {
        if kind == .batteryLow {
            new == 1 ? raise(.lowBattery, .lowBattery, [:], into: &verdicts) : clear(.lowBattery, .lowBattery, into: &verdicts)
        } else if (0...Self.lowBattery).contains(new) {
            raise(.lowBattery, .lowBattery, ["value": new], into: &verdicts)
        } else if new >= Self.fullBattery {
            clear(.lowBattery, .lowBattery, into: &verdicts)
        }
    }
}

/// What only time shows.
extension SensorHealth {
    /// Looks at what has lasted.
    mutating func pass(to now: Double, into verdicts: inout [Verdict]) {
        judgeSilence(at: now, into: &verdicts)
        judgeSameness(at: now, into: &verdicts)
        guard !faults.isDisjoint(with: [.impossible, .flapping]) else { return }
        turn(to: now)
        guard now - badAt >= Self.recovery else { return }
        if goodReports >= Self.recoveryReports { clear(.impossible, .impossible, into: &verdicts) }
        if rate(at: now) < pace.limit(limits.pace ?? .init(1, least: 1, most: 1)) / 2 { clear(.flapping, .flapping, into: &verdicts) }
    }

    private mutating func judgeSilence(at now: Double, into verdicts: inout [Verdict]) {
        guard !faults.contains(.silent), let bounds = limits.silence, let heardAt, now - heardAt >= bounds.least else { return }
        let limit = gaps.limit(bounds)
        if now - heardAt > limit { raise(.noReport, .silent, ["seconds": now - heardAt, "limit": limit], into: &verdicts) }
    }

    private mutating func judgeSameness(at now: Double, into verdicts: inout [Verdict]) {
        guard !faults.contains(.stuck), let bounds = limits.stuck, let changedAt, let value, now - changedAt >= bounds.least else { return }
        let figures = { (limit: Double) in ["value": value, "seconds": now - changedAt, "limit": limit] }
        if kind.isBoolean {
            let limit = runs.limit(bounds)
            if value == 1, now - changedAt > limit { raise(.trueTooLong, .stuck, figures(limit), into: &verdicts) }
        } else if reports >= Self.sameReports, !faults.contains(.silent) {
            // Until it was last heard: a sensor that is silent isn't stuck.
            let limit = runs.limit(bounds)
            if (heardAt ?? 0) - changedAt > limit { raise(.sameNumber, .stuck, figures(limit), into: &verdicts) }
        }
    }

    /// Tells a sensor of people how often others in its area have become true by now; a blind one doesn't when they do.
    mutating func compare(with count: Int, at now: Double, into verdicts: inout [Verdict]) {
        guard kind == .motion || kind == .presence, !faults.contains(.stuck), value == 0, let changedAt, let othersAt else { return }
        let limit = others.limit(Self.blind)
        guard Double(count - othersAt) > limit, now - changedAt > Self.blindSeconds, others.usual.count >= Habit.evidence else { return }
        raise(.neverTrue, .stuck, ["count": Double(count - othersAt), "limit": limit], into: &verdicts)
    }

    /// It became true: what the others did since the last time is usual.
    mutating func note(others count: Int) {
        if let othersAt { others.learn(Double(max(0, count - othersAt)), Self.blind) }
        othersAt = count
    }

    /// Nobody was there to hear it for some time, or the clock was set.
    mutating func shift(by seconds: Double) {
        if let heardAt { self.heardAt = heardAt + seconds }
        if let changedAt { self.changedAt = changedAt + seconds }
        (badAt, minute) = (badAt + seconds, minute + seconds)
    }

    /// A clock was set back: nothing was heard in the future.
    mutating func bound(by now: Double) {
        (heardAt, changedAt) = (heardAt.map { min($0, now) }, changedAt.map { min($0, now) })
        (badAt, minute) = (max(0, min(badAt, now)), max(0, min(minute, now)))
    }

    private mutating func raise(_ reason: SensorFault.Reason, _ fault: Faults, _ figures: [String: Double], into verdicts: inout [Verdict])
    {
        guard faults.insert(fault).inserted else { return }
        verdicts.append(.raise(reason, figures))
    }

    private mutating func clear(_ code: SensorFault.Code, _ fault: Faults, into verdicts: inout [Verdict]) {
        if faults.remove(fault) != nil { verdicts.append(.clear(code)) }
    }
}
