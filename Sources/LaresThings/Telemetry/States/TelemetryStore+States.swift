extension TelemetryStore {
    /// When a property was in which state; for series of texts, and for what is on (1) or off (0).
    ///
    ///     let mode = try await store.states(of: series, in: lastWeek, atMost: 480)
    ///
    /// A text holds until the next one; what is on or off has a pulse every five minutes, and where none comes for 15 nothing is known.
    ///
    /// - Parameters:
    ///   - series: which one.
    ///   - range: from when, until before when.
    ///   - count: at most so many stretches of each state, 2 to 100,000.
    /// - Throws: ``TelemetryError``: `seriesNotFound`, `tooMuch`.
    public func states(of series: Series, in range: Range<Timestamp>, atMost count: Int) async throws -> StateChart {
        let whole = Timestamp.milliseconds(range.clamped(to: .earliest ..< .end))
        guard !whole.isEmpty else { return StateLine(0..<1, atMost: 1).finish() }
        if series.kind != .state,
            (whole.upperBound - whole.lowerBound) / Int64(max(2, count)) >= 2 * StatisticPeriod.fiveMinutes.milliseconds
        {
            return try await flags(of: series, in: whole, atMost: count)
        }
        return try await reported(of: series, in: whole, atMost: count)
    }

    /// From readings, newest first.
    private func reported(of series: Series, in range: Range<Int64>, atMost count: Int) async throws -> StateChart {
        let reach = series.kind == .state ? nil : 3 * PulseTime.period
        var line = StateLine(range, atMost: count, reach: reach), end = range.upperBound
        let (page, pages) = (10_000, 20)
        for _ in 0..<pages {
            let part = Timestamp(milliseconds: range.lowerBound)..<Timestamp(milliseconds: end)
            let readings = part.isEmpty ? [] : try await self.readings(of: series.id, in: part, order: .newestFirst, limit: page)
            for reading in readings { line.add(reading.time.milliseconds, reading.value.word) }
            guard readings.count == page, let oldest = readings.last?.time.milliseconds else {
                // A state that began earlier holds; 400 days before, it would not be believed anyway.
                let before = max(0, range.lowerBound - (reach ?? 400 * StatisticPeriod.day.milliseconds))
                let earlier = Timestamp(milliseconds: before)..<Timestamp(milliseconds: range.lowerBound)
                guard !earlier.isEmpty else { return line.finish() }
                if let reading = try await self.readings(of: series.id, in: earlier, order: .newestFirst, limit: 1).first {
                    line.add(reading.time.milliseconds, reading.value.word)
                }
                return line.finish()
            }
            end = oldest
        }
        return line.finish(isCut: true)
    }

    /// From statistics: what was both within a pixel is in both lanes there.
    private func flags(of series: Series, in range: Range<Int64>, atMost count: Int) async throws -> StateChart {
        let times = Timestamp(milliseconds: range.lowerBound)..<Timestamp(milliseconds: range.upperBound)
        let chart = try await timedBuckets(of: series, in: times, atMost: count)
        var line = StateLine(range, atMost: count)
        if let last = chart.buckets.last { line.end(in: ReadingValue.number(last.last).word) }
        var known = range.upperBound
        for stretch in chart.stretches(until: times.upperBound).reversed() {
            line.miss(max(range.lowerBound, min(known, stretch.end.milliseconds))..<known)
            var end = stretch.end.milliseconds
            for bucket in stretch.buckets.reversed() {
                let start = bucket.start.milliseconds, own = min(end, start + chart.width)
                // After its own width the last report holds until the next one.
                if own < end { line.hold(ReadingValue.number(bucket.last).word, clamped: own..<end, to: range) }
                let share = max(0, min(1, bucket.mean)), isBoth = bucket.max != bucket.min
                for (word, part) in [("true", share), ("false", 1 - share)] where isBoth || ReadingValue.number(bucket.last).word == word {
                    line.hold(word, clamped: start..<own, to: range, share: isBoth ? part : 1)
                }
                end = start
            }
            known = max(range.lowerBound, min(known, stretch.buckets.first?.start.milliseconds ?? known))
        }
        line.miss(range.lowerBound..<known)
        return line.finish(until: range.lowerBound)
    }
}

extension StateLine {
    fileprivate mutating func hold(_ state: String, clamped stretch: Range<Int64>, to range: Range<Int64>, share: Double = 1) {
        let part = stretch.clamped(to: range)
        guard !part.isEmpty else { return }
        hold(state, part, time: Int64(Double(part.upperBound - part.lowerBound) * share))
    }
}

extension ReadingValue {
    /// The state that it says.
    fileprivate var word: String {
        switch self {
        case .number(let number): number != 0 ? "true" : "false"
        case .state(let text): text
        }
    }
}
