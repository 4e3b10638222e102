/// One linear map of one series from its last steps to the next, beside what the calendar and covariates say: a ``LinearForecaster`` that a plan may name.
struct CalendarLinear: Forecaster {
    private let calendar: CalendarPlan?
    private let linear: LinearForecaster

    /// Nil where the model is "auto" and nothing is known beforehand: exponential smoothing needs no such company.
    init?(_ plan: ForecastPlan) throws {
        if plan.model == "auto", plan.calendar == nil, plan.covariates.isEmpty { return nil }
        let season = max(plan.seasons.last ?? 0, min(plan.horizon, 500))
        calendar = plan.calendar
        linear = try LinearForecaster(
            horizon: plan.horizon, lookbacks: [season, 2 * season], ridges: [0.003, 0.03, 0.3], season: plan.seasons.first)
    }

    var name: String { "linear" }

    func fitted(to history: Panel) throws -> any FittedForecaster {
        let learnt = try linear.learnt(from: calendar.known(in: history, ahead: linear.horizon))
        return FittedCalendarMap(learnt, calendar, tail: HistoryTail(history, 0, learnt.lookback))
    }
}
