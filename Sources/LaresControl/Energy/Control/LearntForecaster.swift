import Glibc
import LaresForecast

/// Learns what homes use and make from their own past, again and again as it goes on: linear maps of `LaresForecast`, and means of the same time of
/// day until there is enough to learn from.
///
/// Use, sun and emissions each have one map for all homes. Nothing but the past is looked at: no weather forecast is needed.
public struct LearntForecaster: EnergyForecaster {
    /// How it learns.
    public struct Setting: Hashable, Sendable {
        /// Hours that are forecast.
        public var horizon = 36
        /// Hours that maps look back on; the best of them is chosen as it learns.
        public var lookbacks = [48, 168]
        /// Hours after which it learns anew.
        public var relearnHours = 336
        /// Hours that it needs before it learns for the first time.
        public var leastHours = 504
        /// Hours that it remembers.
        public var mostHours = 9_000

        /// Two weeks from one learning to the next.
        public init() {}
    }

    /// How it learns.
    public let setting: Setting
    private var past = EnergyPast()
    private var maps: Maps?
    private var sinceLearnt = 0
    private var errors: ForecastErrorBook

    private struct Maps: Sendable {
        let load: FittedLinear, solar: FittedLinear, emission: FittedLinear
    }

    /// A forecaster that has seen nothing yet.
    public init(_ setting: Setting = Setting()) {
        self.setting = setting
        errors = ForecastErrorBook(horizon: setting.horizon)
    }

    /// Means of the same time of day until it has learnt, and linear maps then.
    public var model: ForecastModel {
        ForecastModel(maps == nil ? "means" : "dlinear", hoursSinceLearning: maps == nil ? nil : sinceLearnt, hoursSeen: past.count)
    }

    /// Takes in an hour, and learns anew when it is time.
    public mutating func take(_ hour: SeenHour) {
        errors.take(hour)
        past.take(hour, most: setting.mostHours)
        sinceLearnt += 1
        guard past.count >= setting.leastHours, maps == nil || sinceLearnt >= setting.relearnHours else { return }
        sinceLearnt = 0
        // What can't be learnt from (a home without any use, say) leaves the maps that there are, or the means.
        if let learnt = try? learnt() { maps = learnt }
    }

    /// What the hours to come bring; `horizon` of them at most.
    public mutating func forecast(_ ahead: [KnownHour]) throws -> EnergyForecast {
        let ahead = Array(ahead.prefix(setting.horizon))
        guard past.count > 0 else { throw ForecastError(.tooShort, "nothing was seen yet: take in an hour first") }
        var forecast = try maps.map { try mapped($0, ahead) } ?? past.means(ahead)
        past.bound(&forecast, ahead)
        errors.note(forecast)
        (forecast.sharedError, forecast.homeErrors) = errors.errors(homes: forecast.load.count, steps: ahead.count)
        return forecast
    }

    private func learnt() throws -> Maps {
        func map(_ series: [[Double]], _ form: LinearForm) throws -> FittedLinear {
            try LinearForecaster(form, horizon: setting.horizon, lookbacks: setting.lookbacks, ridges: [0.01, 0.1, 1], season: 24)
                .learnt(from: Panel(start: 0, step: 3_600_000, series: series, known: past.calendar))
        }
        return Maps(load: try map(past.load, .dlinear), solar: try map(past.solar, .dlinear), emission: try map([past.emission], .dlinear))
    }

    private func mapped(_ maps: Maps, _ ahead: [KnownHour]) throws -> EnergyForecast {
        // A map looks back on so many hours; the rest of the past needn't be copied.
        let needed = setting.lookbacks.max() ?? 168, first = max(0, past.count - needed)
        let last = ahead.last ?? KnownHour(buying: 0, hour: 0, day: 0)
        let padded = ahead + [KnownHour](repeating: last, count: max(0, setting.horizon - ahead.count))
        let known = zip(past.calendar, EnergyPast.calendar(padded)).map { Array($0[first...]) + $1 }
        func values(_ map: FittedLinear, _ series: [[Double]]) throws -> [[Double]] {
            let recent = series.map { Array($0[first...]) }
            return try map.forecast(Panel(start: 0, step: 3_600_000, series: recent, known: known), steps: ahead.count)
        }
        return EnergyForecast(
            load: try values(maps.load, past.load), solar: try values(maps.solar, past.solar),
            emission: try values(maps.emission, [past.emission])[0])
    }
}
