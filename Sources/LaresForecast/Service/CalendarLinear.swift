/// One linear map of one series from its last steps to the next, beside what the calendar says: a ``LinearForecaster`` that a plan may name.
struct CalendarLinear: Forecaster {
    private let calendar: CalendarTerms?
    private let linear: LinearForecaster

    /// Nil where the model is "auto" and there is no calendar: exponential smoothing needs no such company.
    init?(_ plan: ForecastPlan) throws {
        if plan.model == "auto", plan.calendar == nil { return nil }
        let season = max(plan.seasons.last ?? 0, min(plan.horizon, 500))
        calendar = plan.calendar?.terms
        linear = try LinearForecaster(
            horizon: plan.horizon, lookbacks: [season, 2 * season], ridges: [0.003, 0.03, 0.3], season: plan.seasons.first)
    }

    var name: String { "linear" }

    func fitted(to history: Panel) throws -> any FittedForecaster {
        let learnt = try linear.learnt(from: calendar.known(in: history, ahead: linear.horizon))
        return FittedCalendarMap(
            learnt, calendar, tail: history.series.map { Array($0.suffix(learnt.lookback)) }.first ?? [], end: history.end)
    }
}
