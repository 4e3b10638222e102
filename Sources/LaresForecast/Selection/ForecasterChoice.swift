/// A choice among forecasters by a back-test, within a time.
///
///     let choice = try ForecasterChoice([AutoSmoothing(seasons: [24, 168]), SeasonalNaive(season: 24)], by: backtest)
///     let best = try choice.made(for: history).best
public struct ForecasterChoice: Sendable {
    /// What is tried, in this order: put first what has to be tried.
    public let candidates: [any Forecaster]
    /// How they are tried.
    public let backtest: Backtest
    /// After this no other candidate is begun; the first always is.
    public let budget: Duration

    /// - Throws: `ForecastError.badSetting` without candidates.
    public init(_ candidates: [any Forecaster], by backtest: Backtest, within budget: Duration = .seconds(60)) throws {
        if candidates.isEmpty { throw ForecastError(.badSetting, "there is no forecaster to choose: name one at least") }
        (self.candidates, self.backtest, self.budget) = (candidates, backtest, budget)
    }

    /// How a candidate did.
    public struct Trial: Sendable {
        /// The candidate.
        public let forecaster: any Forecaster
        /// What the back-test found; nil when it wasn't tried, or failed.
        public let result: BacktestResult?
        /// Why there is no result, for people; nil when there is.
        public let reason: String?

        /// What candidates are compared by: the mean absolute scaled error, or the plain one where no series ever changed.
        public var error: Double? {
            guard let errors = result?.overall, errors.count > 0 else { return nil }
            return errors.mase.isNaN ? errors.mae : errors.mase
        }
    }

    /// What was chosen, and why.
    public struct Outcome: Sendable {
        /// The candidate with the least error.
        public let best: any Forecaster
        /// What the back-test found of it.
        public let result: BacktestResult
        /// All candidates, the best first, those without a result last.
        public let trials: [Trial]
    }

    /// Tries the candidates on a history.
    ///
    /// - Throws: the first candidate's ``ForecastError`` when none could be tried.
    public func made(for history: Panel) throws -> Outcome { try made(for: history, clock: ContinuousClock()) }

    /// The same by a clock of one's own.
    public func made<C: Clock>(for history: Panel, clock: C) throws -> Outcome where C.Duration == Duration {
        let begun = clock.now
        var trials: [Trial] = [], fault: ForecastError?
        for candidate in candidates {
            if !trials.isEmpty, begun.duration(to: clock.now) >= budget {
                trials.append(Trial(forecaster: candidate, result: nil, reason: "not tried: the time for choosing was over"))
                continue
            }
            do {
                trials.append(Trial(forecaster: candidate, result: try backtest.run(candidate, on: history), reason: nil))
            } catch let error as ForecastError {
                fault = fault ?? error
                trials.append(Trial(forecaster: candidate, result: nil, reason: error.message))
            }
        }
        // A stable order: among equals the one named first.
        let ranked = trials.enumerated().sorted { ($0.element.error ?? .infinity, $0.offset) < ($1.element.error ?? .infinity, $1.offset) }
            .map(\.element)
        guard let best = ranked.first, let result = best.result, best.error != nil else {
            throw fault ?? ForecastError(.tooShort, "no value came in any window of the back-test: there is nothing to choose by")
        }
        return Outcome(best: best.forecaster, result: result, trials: ranked)
    }
}
