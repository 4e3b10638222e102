internal import Foundation

/// Tells what an appliance does from the power that it takes. Times are seconds since 1970, power in W, energy in Wh.
struct ApplianceMeter: Sendable {
    /// What came of a step.
    enum Step: Hashable, Sendable {
        case none
        /// It is doing something else now.
        case changed
        case finished(ApplianceCycle)
    }

    /// Without a threshold that was given or learned it works above so many watts; below `off` it takes nothing.
    static let running = 10.0, off = 0.5
    /// Work counts when it has lasted so many seconds, and as a cycle when it has lasted so many.
    static let start = 20.0, shortest = 60.0
    /// For how long it can rest within a cycle: pauses of soaking and turning, as far as learned.
    static let rest = Habit.Bounds(240, least: 90, most: 1200)
    /// For how long it counts as finished.
    static let finished = 1800.0
    /// A power that was reported so long ago doesn't go on.
    static let silence = 7200.0

    var given: ApplianceLimits?
    private(set) var state = ApplianceState.off
    var histogram = PowerHistogram()
    private(set) var pauses = Habit()
    /// How many cycles it has done.
    private(set) var cycles = 0
    private(set) var last: ApplianceCycle?
    private(set) var power: Double?
    /// Since when the power is what it is, and until when it was taken in.
    private(set) var heardAt = 0.0, countedAt = 0.0
    /// The work going on, if it is any.
    private(set) var work: Work?
    /// What was learned, and when the histogram is worth another look.
    private(set) var learned: Double?
    private(set) var learnedAt = 0.0
    /// Whether it has given power back: no appliance then.
    private(set) var isSource = false

    struct Work: Hashable, Sendable {
        let startedAt: Double
        var energy = 0.0
        var peak: Double
        /// Since when it rests, and what it had taken by then.
        var rest: (at: Double, energy: Double)?

        static func == (a: Work, b: Work) -> Bool { a.kept == b.kept }
        func hash(into hasher: inout Hasher) { hasher.combine(kept) }
        var kept: [Double] { [startedAt, energy, peak] + (rest.map { [$0.at, $0.energy] } ?? []) }
    }

    /// Above how many watts it works.
    var threshold: Double { given?.running ?? learned ?? Self.running }
    /// Whether it is known to be an appliance: somebody said so, or it idles and works.
    var isAppliance: Bool { !isSource && (given != nil || learned != nil) }
    /// For how long it can rest before it is done.
    var patience: Double { given?.rest ?? pauses.limit(Self.rest) }
}

extension ApplianceMeter {
    /// Takes in what it takes now.
    mutating func take(_ new: Double?, at now: Double) -> Step {
        count(until: now)
        if let new, new < -5 { isSource = true }
        (power, heardAt) = (new, now)
        return step(at: now)
    }

    /// Takes in that it takes the same still.
    mutating func hear(at now: Double) {
        count(until: now)
        heardAt = max(heardAt, now)
    }

    /// Lets time pass.
    mutating func pass(to now: Double) -> Step {
        count(until: now)
        if now - learnedAt >= 600 || now < learnedAt { (learned, learnedAt) = (histogram.threshold, now) }
        return step(at: now)
    }

    /// Adds up what it took since the last time, as far as that is known.
    private mutating func count(until now: Double) {
        defer { countedAt = now }
        let duration = min(now, heardAt + Self.silence) - countedAt
        guard let power, duration > 0 else { return }
        histogram.take(power, for: duration)
        work?.energy += max(0, power) * duration / 3600
    }

    private mutating func step(at now: Double) -> Step {
        guard !isSource else { return .none }
        let before = state
        // Unknown is no rest: the plug may be away.
        guard let power, now - heardAt < Self.silence else { return giveUp(at: now) }
        let step = power >= threshold ? workOn(power, at: now) : rest(power, at: now)
        return step == .none && state != before ? .changed : step
    }

    private mutating func workOn(_ power: Double, at now: Double) -> Step {
        guard var work else {
            learnFromTheEnd(at: now)
            self.work = Work(startedAt: now, peak: power)
            return .none
        }
        if let rest = work.rest {
            pauses.learn(now - rest.at, Self.rest)
            work.rest = nil
        }
        work.peak = max(work.peak, power)
        self.work = work
        if state != .running, now - work.startedAt >= Self.start { state = .running }
        return .none
    }

    /// It goes on shortly after it was taken to be done: it rests for longer than one thought.
    private mutating func learnFromTheEnd(at now: Double) {
        guard state == .finished, let last else { return }
        let pause = now - last.endedAt.timeIntervalSince1970
        if pause < 2 * patience { pauses.learn(pause, Habit.Bounds(2 * patience, least: 2 * patience, most: Self.rest.most)) }
    }

    private mutating func rest(_ power: Double, at now: Double) -> Step {
        guard var work else {
            idle(power, at: now)
            return .none
        }
        if state != .running, now - work.startedAt < Self.start {
            self.work = nil
            idle(power, at: now)
            return .none
        }
        if work.rest == nil { work.rest = (now, work.energy) }
        self.work = work
        guard let rest = work.rest, now - rest.at >= patience else { return .none }
        return end(work, at: rest.at, energy: rest.energy, power, now)
    }

    private mutating func end(_ work: Work, at ended: Double, energy: Double, _ power: Double, _ now: Double) -> Step {
        self.work = nil
        guard ended - work.startedAt >= Self.shortest else {
            state = power < Self.off ? .off : .standby
            return .none
        }
        let cycle = ApplianceCycle(
            startedAt: Date(timeIntervalSince1970: work.startedAt), endedAt: Date(timeIntervalSince1970: ended), energy: energy,
            peak: work.peak)
        (last, state) = (cycle, .finished)
        cycles += 1
        return .finished(cycle)
    }

    private mutating func idle(_ power: Double, at now: Double) {
        if state == .finished, let last, now - last.endedAt.timeIntervalSince1970 < Self.finished { return }
        state = power < Self.off ? .off : .standby
    }

    /// Nothing is known any more: what was going on can't be told to its end.
    private mutating func giveUp(at now: Double) -> Step {
        guard work != nil || state == .running else { return .none }
        (work, state) = (nil, .off)
        return .changed
    }
}

/// Over a restart.
extension ApplianceMeter {
    init?(
        state: ApplianceState, histogram: PowerHistogram, pauses: Habit, cycles: Int, last: ApplianceCycle?, power: Double?,
        heardAt: Double,
        countedAt: Double, work kept: [Double]?, isSource: Bool, learned: Double?, learnedAt: Double
    ) {
        (self.state, self.histogram, self.pauses, self.cycles, self.last) = (state, histogram, pauses, cycles, last)
        (self.power, self.heardAt, self.countedAt, self.isSource) = (power, heardAt, countedAt, isSource)
        (self.learned, self.learnedAt) = (learned, learnedAt)
        if let kept {
            guard kept.count == 3 || kept.count == 5, kept.allSatisfy({ (0...SenseMemory.latest).contains($0) }) else { return nil }
            work = Work(startedAt: kept[0], energy: kept[1], peak: kept[2], rest: kept.count == 5 ? (kept[3], kept[4]) : nil)
        }
    }

    /// Takes over what a history taught.
    mutating func learn(from other: ApplianceMeter) {
        (histogram, pauses, isSource) = (other.histogram, other.pauses, other.isSource)
        learned = histogram.threshold
    }

    /// A clock was set back: nothing happened in the future.
    mutating func bound(by now: Double) {
        if countedAt > now { work = nil }
        (heardAt, countedAt, learnedAt) = (min(heardAt, now), min(countedAt, now), min(learnedAt, now))
        if let work, work.startedAt > now || (work.rest?.at ?? 0) > now { self.work = nil }
        if work == nil, state == .running { state = .standby }
    }
}
