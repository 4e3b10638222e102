/// Makes the five-minute periods of a stretch of time from its readings, given in order of time.
struct RollupBuilder {
    private static let width = StatisticPeriod.fiveMinutes.milliseconds

    private let kind: SeriesKind
    private let stretch: Range<Int64>
    private var before: (time: Int64, value: Double)?
    private var rollups: [Rollup] = []

    /// - Parameters:
    ///   - kind: how readings add up.
    ///   - stretch: whole periods.
    ///   - before: the reading before the stretch, when it is within reach.
    init(_ kind: SeriesKind, _ stretch: Range<Int64>, after before: (time: Int64, value: Double)?) {
        self.kind = kind
        self.stretch = stretch
        self.before = before
    }

    /// Takes the next reading of the stretch.
    mutating func add(_ time: Int64, _ value: Double) {
        let start = time.floor(to: Self.width)
        if kind == .power { hold(until: time) }
        if rollups.last?.start != start { rollups.append(Rollup(start: start, held: value)) }
        rollups[rollups.count - 1].add(value)
        if kind == .meter, let before, time - before.time <= kind.reach {
            rollups[rollups.count - 1].amount += Self.growth(from: before.value, to: value)
        }
        before = (time, value)
    }

    /// The periods, after the reading that follows the stretch was seen, when it is within reach.
    mutating func finish(before next: Int64?) -> [Rollup] {
        if kind == .power, let next { hold(until: next) }
        return rollups
    }

    /// Adds the watt-hours of the reading before to every period it holds in.
    private mutating func hold(until time: Int64) {
        guard let before, time - before.time <= kind.reach else { return }
        var from = max(before.time, stretch.lowerBound)
        let end = min(time, stretch.upperBound)
        while from < end {
            let start = from.floor(to: Self.width)
            let until = min(end, start + Self.width)
            if rollups.last?.start != start { rollups.append(Rollup(start: start, held: before.value)) }
            rollups[rollups.count - 1].amount += before.value * Double(until - from) / 3_600_000
            from = until
        }
    }

    /// What a meter counted from one reading to the next. The rule for resets is Home Assistant's (`sensor/recorder.py`, `reset_detected`).
    static func growth(from before: Double, to after: Double) -> Double { after < 0.9 * before ? after : after - before }
}
