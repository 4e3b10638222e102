/// The last known value, for ever.
public struct Naive: Forecaster {
    /// A forecaster without settings.
    public init() {}

    /// `naive`.
    public var name: String { "naive" }

    /// Remembers the last values. Throws `ForecastError.tooShort` when a series has none.
    public func fitted(to history: Panel) throws -> any FittedForecaster { try FittedNaive(history, season: 1) }
}

/// The last known value of the same place in the season.
public struct SeasonalNaive: Forecaster {
    /// Steps of the season.
    public let season: Int

    /// - Throws: `ForecastError.badSetting` for a season that isn't from 2 to 20,000 steps.
    public init(season: Int) throws {
        try ForecastBounds.check(season: season)
        self.season = season
    }

    /// `seasonal-naive`.
    public var name: String { "seasonal-naive" }

    /// Remembers the last season; a place of which nothing is known gets the last value of all. Throws `ForecastError.tooShort` when a series has none.
    public func fitted(to history: Panel) throws -> any FittedForecaster { try FittedNaive(history, season: season) }
}

/// The last known value, and on along the line from the first known one to it.
public struct Drift: Forecaster {
    /// A forecaster without settings.
    public init() {}

    /// `drift`.
    public var name: String { "drift" }

    /// Remembers the last values and the lines. Throws `ForecastError.tooShort` when a series has no value.
    public func fitted(to history: Panel) throws -> any FittedForecaster { try FittedNaive(history, season: 1, isLine: true) }
}

/// What is repeated of series.
package struct FittedNaive: FittedForecaster, Hashable {
    /// What is known of a series where a history ends.
    package struct Memory: Sendable, Hashable {
        /// The last season, as long as it is.
        package let cycle: [Double]
        /// By how much a line goes on from step to step; 0 where none is drawn.
        package let slope: Double

        package init(cycle: [Double], slope: Double) { (self.cycle, self.slope) = (cycle, slope) }
    }

    package let season: Int
    package let isLine: Bool
    /// When the step comes that follows what was learnt from, in milliseconds since 1970, and how long a step is.
    package let end: Int64, step: Int64
    package let memories: [Memory]

    init(_ history: Panel, season: Int, isLine: Bool = false) throws {
        (self.season, self.isLine, step, end) = (season, isLine, history.step, history.end)
        memories = try history.series.enumerated().map { place, values in
            guard let memory = FittedNaive.memory(of: values, season, isLine) else {
                throw ForecastError(.tooShort, "series \(place) has no value: there is nothing to repeat")
            }
            return memory
        }
    }

    /// What was read from a file.
    package init(season: Int, isLine: Bool, end: Int64, step: Int64, memories: [Memory]) {
        (self.season, self.isLine, self.end, self.step, self.memories) = (season, isLine, end, step, memories)
    }

    /// A history that begins where learning ended is looked at with what was learnt; of any other, nothing else is looked at.
    ///
    /// - Throws: `ForecastError.tooShort` when a series has no value, `badSeries` for another number of series or another clock, `badSetting` for
    ///   `steps` out of range.
    package func forecast(_ history: Panel, steps: Int) throws -> [[Double]] {
        try ForecastBounds.check(steps: steps)
        guard history.series.count == memories.count, history.step == step else {
            throw ForecastError(
                .badSeries,
                "the history has \(history.series.count) series every \(history.step) ms, the model learnt \(memories.count) every \(step) ms"
            )
        }
        return try history.series.enumerated().map { place, values in
            let goesOn = history.start == end
            guard let memory = FittedNaive.memory(of: values, season, isLine, after: goesOn ? memories[place] : nil) else {
                throw ForecastError(.tooShort, "series \(place) has no value: there is nothing to repeat")
            }
            let most = Double.greatestFiniteMagnitude
            return (0..<steps).map { min(max(memory.cycle[$0 % season] + memory.slope * Double($0 + 1), -most), most) }
        }
    }

    /// What is known after some values; nil when nothing is.
    private static func memory(of values: [Double], _ season: Int, _ isLine: Bool, after earlier: Memory? = nil) -> Memory? {
        let last = values.lastIndex { !$0.isNaN }
        guard let otherwise = last.map({ values[$0] }) ?? earlier?.cycle.last else { return nil }
        if isLine { return line(values, last: last, after: earlier) }
        let cycle = (0..<season).map { place in
            stride(from: values.count + place - season, through: 0, by: -season).lazy.map { values[$0] }.first { !$0.isNaN }
                ?? earlier.map { $0.cycle[(values.count + place) % season] } ?? otherwise
        }
        return Memory(cycle: cycle, slope: 0)
    }

    /// The line from the first to the last known value, or the slope that was learnt; at the end of the values.
    private static func line(_ values: [Double], last: Int?, after earlier: Memory?) -> Memory? {
        guard let last, let first = values.firstIndex(where: { !$0.isNaN }) else {
            return earlier.map { Memory(cycle: [$0.cycle[0] + $0.slope * Double(values.count)], slope: $0.slope) }
        }
        let slope = earlier?.slope ?? (last > first ? (values[last] - values[first]) / Double(last - first) : 0)
        return Memory(cycle: [values[last] + slope * Double(values.count - 1 - last)], slope: slope)
    }
}

extension Panel {
    /// When the step comes that follows the last.
    var end: Int64 { start + Int64(count) * step }
}
