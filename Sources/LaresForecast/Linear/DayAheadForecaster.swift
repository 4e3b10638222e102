import LaresTensor

/// The load of the whole next day, forecast where a day ends: for each time of day a smooth function of past load, kind of day and weather.
///
///     let panel = try Panel(start: start, step: 1_800_000, series: [demand], known: [temperature, holidays])
///     let tomorrow = try DayAheadForecaster(clock: melbourne).fitted(to: panel).forecast(panel, steps: 48)[0]
///
/// Days are those of the clock. What is known beforehand is the temperature (as forecast, or as observed when the past is replayed) and 1 on holidays,
/// both through the day that is forecast. Each time of day has a kernel regression (a Gaussian process) of the logarithm of the load, less that of a
/// week before; a load that isn't always above 0 is taken as it is.
public struct DayAheadForecaster: Forecaster {
    /// What clocks show where the load is.
    public let clock: LocalClock
    /// How features count.
    public let setting: DayAheadSetting

    /// With the setting that was found on Victoria's load unless told otherwise.
    ///
    /// - Throws: `ForecastError.badSetting` for weights that are negative, or noise that isn't above 0.
    public init(clock: LocalClock = .utc, setting: DayAheadSetting = DayAheadSetting()) throws {
        guard setting.weights.values.allSatisfy({ $0 >= 0 && $0.isFinite }), setting.linearity >= 0, setting.linearity.isFinite,
            setting.noise > 0, setting.noise.isFinite, (DayFeatures.needed + 1...10_000).contains(setting.mostDays)
        else {
            throw ForecastError(
                .badSetting,
                "weights \(setting.weights), linearity \(setting.linearity), noise \(setting.noise), \(setting.mostDays) days: "
                    + "none may be negative, the noise is above 0, and there are 15 to 10,000 days")
        }
        (self.clock, self.setting) = (clock, setting)
    }

    /// `day-ahead`.
    public var name: String { "day-ahead" }

    /// Learns from all whole days.
    ///
    /// - Throws: ``ForecastError``: `tooShort` for fewer than 28 days, `badSeries` when temperature and holidays aren't what is known.
    public func fitted(to history: Panel) throws -> any FittedForecaster {
        FittedDayAhead(clock: clock, series: try history.series.indices.map { try learnt(history, series: $0) })
    }

    private func learnt(_ history: Panel, series: Int) throws -> FittedDayAhead.Series {
        let isLogarithmic = history.series[series].allSatisfy { $0.isNaN || $0 > 0 }
        let table = try DayTable(history, series: series, clock: clock), features = DayFeatures(table, isLogarithmic: isLogarithmic)
        let end = table.place(history.count).day
        let days = max(DayFeatures.needed, end - setting.mostDays)..<max(DayFeatures.needed, end)
        let regressions = ComputePool.shared.mapped(table.slots) { slot in regression(table, features, days, slot) }
        guard days.count >= 14, !regressions.contains(where: { $0 == nil }) else {
            throw ForecastError(
                .tooShort, "series \(series) has \(max(0, end)) days, or a time of day without values: 28 whole days are needed at least")
        }
        return FittedDayAhead.Series(isLogarithmic: isLogarithmic, regressions: regressions.compactMap(\.self))
    }

    private func regression(_ table: DayTable, _ features: DayFeatures, _ days: Range<Int>, _ slot: Int) -> KernelRegression? {
        var (rows, targets, groups) = ([Double](), [Double](), [DayFeatures.Group]())
        for day in days where !table.load[day][slot].isNaN {
            let values = features.values(day, slot), target = features.level(day, slot) - features.reference(day, slot)
            guard target.isFinite, values.allSatisfy(\.1.isFinite) else { continue }
            if groups.isEmpty { groups = values.map(\.0) }
            rows += values.map(\.1)
            targets.append(target)
        }
        guard targets.count >= 14 else { return nil }
        return KernelRegression(
            DoubleMatrix(targets.count, groups.count, rows), targets,
            KernelRegression.Setting(
                weights: groups.map { setting.weights[$0.rawValue] ?? 0 }, linearity: setting.linearity, noise: setting.noise))
    }
}

/// How the features of a day-ahead forecast count.
public struct DayAheadSetting: Sendable, Hashable {
    /// How fast the load may change along each group of features: past, day, previous, year, warmth, extremes, pastWarmth.
    public var weights: [String: Double]
    /// The weight of what is linear in them.
    public var linearity = 3.0
    /// The variance of noise, relative to that of the targets.
    public var noise = 0.015
    /// The latest days that are learnt from, at most.
    public var mostDays = 1_500

    // Found by coordinates on the year before Victoria's test months (docs/forecasting.md).
    /// The setting that was found on Victoria's load.
    public init() {
        weights = ["past": 0.08, "day": 0.02, "previous": 0.08, "year": 0.04, "warmth": 0.24, "extremes": 0.12, "pastWarmth": 0.08]
    }
}

/// A day-ahead forecaster that has learnt.
public struct FittedDayAhead: FittedForecaster {
    struct Series: Sendable {
        let isLogarithmic: Bool
        /// One for each time of day.
        let regressions: [KernelRegression]
    }

    let clock: LocalClock
    let series: [Series]

    /// The values of the day behind the history, `[series][step]`.
    ///
    /// - Throws: ``ForecastError``: `badSetting` when the history doesn't end where a day does, or more than that day is asked for; `tooShort` for
    ///   fewer than 14 days, and when temperature and holidays aren't known through the day; `badSeries` for another number of series.
    public func forecast(_ history: Panel, steps: Int) throws -> [[Double]] {
        guard history.series.count == series.count else {
            throw ForecastError(.badSeries, "the history has \(history.series.count) series, the forecaster learnt \(series.count)")
        }
        let known = history.known.map(\.count).min() ?? 0
        guard (1...300).contains(steps), known >= history.count + steps else {
            throw ForecastError(
                .tooShort,
                "\(steps) steps are asked for, temperature and holidays are known for \(max(0, known - history.count)): tell more of them")
        }
        let (recent, count) = try recent(history, steps)
        return try series.enumerated().map { place, series in
            try forecast(DayTable(recent, series: place, clock: clock), series, count..<(count + steps))
        }
    }

    // 36 days: means that forget by half in 72 hours remember nothing older, and the days that are compared with are younger.
    private static let recentDays = 36

    /// The end of a history, what is known for two days behind it, and how many steps of the series are left.
    private func recent(_ history: Panel, _ steps: Int) throws -> (Panel, Int) {
        let day = max(1, Int(LocalMoment.dayLength / history.step)), first = max(0, history.count - FittedDayAhead.recentDays * day)
        let known = history.known.map { Array($0[first..<min($0.count, history.count + steps + 2 * day)]) }
        let panel = try Panel(
            start: history.start + Int64(first) * history.step, step: history.step, series: history.series.map { Array($0[first...]) },
            known: known)
        return (panel, history.count - first)
    }

    private func forecast(_ table: DayTable, _ series: Series, _ steps: Range<Int>) throws -> [Double] {
        let places = steps.map(table.place), day = places[0].day
        guard places.allSatisfy({ $0.day == day }), steps.lowerBound == 0 || table.place(steps.lowerBound - 1).day < day else {
            throw ForecastError(.badSetting, "a day-ahead forecast is of the day behind the history's last one: end the history with a day")
        }
        guard day >= DayFeatures.needed, table.slots == series.regressions.count else {
            throw ForecastError(.tooShort, "\(day) days come before the one that is forecast: \(DayFeatures.needed) are needed")
        }
        let features = DayFeatures(table, isLogarithmic: series.isLogarithmic)
        return places.map { _, slot in
            let values = features.values(day, slot).map(\.1)
            return features.load(features.reference(day, slot) + series.regressions[slot](DoubleMatrix(1, values.count, values))[0])
        }
    }
}
