/// Makes the five-minute periods of a stretch of time from its readings, given in order of time.
struct RollupBuilder {
    private static let width = StatisticPeriod.fiveMinutes.milliseconds
    /// A silence so short says nothing: three pulses may be late, or a program begin anew.
    private static let shortSilence = 3 * width

    private let kind: SeriesKind
    private let stretch: Range<Int64>
    private var before: (time: Int64, value: Double)?
    private var pulse: Int64?
    private var rollups: [Rollup] = []

    /// - Parameters:
    ///   - kind: how readings add up.
    ///   - stretch: whole periods.
    ///   - before: the reading before the stretch, when it is within reach.
    ///   - pulse: the last pulse up to that reading; needn't be told when it is one itself.
    init(_ kind: SeriesKind, _ stretch: Range<Int64>, after before: (time: Int64, value: Double)?, pulse: Int64? = nil) {
        self.kind = kind
        self.stretch = stretch
        self.before = before
        self.pulse = pulse ?? before.flatMap { PulseTime.isPulse($0.time) ? $0.time : nil }
    }

    /// Takes the next reading of the stretch.
    mutating func add(_ time: Int64, _ value: Double) {
        let start = time.floor(to: Self.width)
        if kind == .power {
            hold(until: time)
            if PulseTime.isPulse(time) { pulse = time }
        }
        if rollups.last?.start != start { rollups.append(Rollup(start: start, held: value)) }
        rollups[rollups.count - 1].add(value)
        if kind == .meter, let before, time - before.time <= kind.reach {
            rollups[rollups.count - 1].amount += Self.growth(from: before.value, to: value)
        }
        before = (time, value)
    }

    /// The periods, after the reading that follows the stretch was seen, when it is within reach.
    mutating func finish(before next: Int64?) -> [Rollup] { changes(before: next).filter { !$0.isNothing } }

    /// The same, with those in which power was taken to flow as long as less was known, and of which nothing is left.
    mutating func changes(before next: Int64?) -> [Rollup] {
        if kind == .power, let next { hold(until: next) }
        return rollups
    }

    /// Adds the watt-hours of the reading before to every period it holds in.
    private mutating func hold(until time: Int64) {
        guard let before, time - before.time <= kind.reach else { return }
        let held = end(of: before.time, until: time)
        var from = max(before.time, stretch.lowerBound)
        let end = min(held, stretch.upperBound)
        while from < end {
            let start = from.floor(to: Self.width)
            let until = min(end, start + Self.width)
            if rollups.last?.start != start { rollups.append(Rollup(start: start, held: before.value)) }
            rollups[rollups.count - 1].amount += before.value * Double(until - from) / 3_600_000
            from = until
        }
        if held < time { leave(max(held, stretch.lowerBound)..<max(held, min(time, stretch.upperBound), stretch.lowerBound)) }
    }

    /// Until when power holds. Where there are pulses, whoever misses three of them is gone, and was there until the next was due.
    private func end(of time: Int64, until next: Int64) -> Int64 {
        guard next - time > Self.shortSilence, let pulse, time - pulse < 2 * PulseTime.period else { return next }
        return time.floor(to: Self.width) + Self.width
    }

    /// Nothing is known of whole periods.
    private mutating func leave(_ silence: Range<Int64>) {
        let starts = silence.lowerBound.ceiling(to: Self.width)..<silence.upperBound.floor(to: Self.width)
        for start in stride(from: starts.lowerBound, to: starts.upperBound, by: Int(Self.width)) {
            rollups.append(.nothing(start: start))
        }
    }

    /// What a meter counted from one reading to the next. The rule for resets is Home Assistant's (`sensor/recorder.py`, `reset_detected`).
    static func growth(from before: Double, to after: Double) -> Double { after < 0.9 * before ? after : after - before }
}
