/// One network of all series of a plan, beside what the calendar and covariates say: a ``NeuralForecaster`` that a plan may name.
struct CalendarNeural: Forecaster {
    private let calendar: CalendarPlan?
    private let neural: NeuralForecaster

    init(_ plan: ForecastPlan) throws {
        calendar = plan.calendar
        neural = try NeuralForecaster((plan.network ?? NetworkPlan()).settings(for: plan))
    }

    var name: String { "stid" }

    func fitted(to history: Panel) throws -> any FittedForecaster {
        let known = try calendar.known(in: history, ahead: neural.settings.horizon)
        guard let learnt = try neural.fitted(to: known) as? FittedNeural else {
            throw ForecastError(.badSetting, "the network didn't learn what can be kept")
        }
        return FittedCalendarNeural(map: learnt, calendar: calendar, history: history)
    }
}

/// What it learnt of all series.
struct FittedCalendarNeural: SharedForecaster {
    let map: FittedNeural
    let calendar: CalendarPlan?
    private let tails: [HistoryTail]

    init(map: FittedNeural, calendar: CalendarPlan?, history: Panel) {
        (self.map, self.calendar) = (map, calendar)
        tails = history.series.indices.map { HistoryTail(history, $0, map.lookback) }
    }

    func forecast(_ history: Panel, steps: Int) throws -> [[Double]] {
        let rounds = (steps + map.horizon - 1) / map.horizon
        return try map.forecast(calendar.known(in: history, ahead: max(1, rounds) * map.horizon), steps: steps)
    }

    func alone(_ place: Int) -> any StorableForecaster {
        FittedCalendarMap(map.alone(place), calendar, tail: tails[place])
    }
}
