/// The transformer data of Zhou et al. ("Informer", arXiv 2012.07436) as papers evaluate on it: ETTh1 by its standard split.
///
/// Twelve months of 30 days to learn from, four to choose on, four to test on; every series standardised by the months to learn from; the mean over
/// all windows whose targets lie in the months to test on, with none left out.
public struct ETTEvaluation: Sendable {
    /// Hours to learn from; to choose on they go on to `choiceEnd`, to test on to `testEnd`.
    public static let trainingEnd = 12 * 30 * 24, choiceEnd = 16 * 30 * 24, testEnd = 20 * 30 * 24
    /// The horizons that papers give.
    public static let horizons = [96, 192, 336, 720]

    /// The seven series, standardised.
    public let panel: Panel

    /// Reads `ETTh1.csv`.
    ///
    /// - Throws: `ForecastError.badFile` for another table, or a shorter one.
    public init(contentsOf path: String) throws {
        let table = try TableFile(contentsOf: path), (start, step) = try table.times("date")
        guard table.count >= ETTEvaluation.testEnd, step == 3_600_000 else {
            throw ForecastError(
                .badFile, "'\(path)' has \(table.count) lines, \(step / 1000) s apart: ETTh1 has \(ETTEvaluation.testEnd) hours at least")
        }
        let series = try table.names.filter { $0 != "date" }.map { name in
            let values = try table.numbers(name), scale = SeriesScale(of: Array(values.prefix(ETTEvaluation.trainingEnd)))
            return values.prefix(ETTEvaluation.testEnd).map(scale.scaled)
        }
        panel = try Panel(start: start, step: step, series: series)
    }

    /// Mean squared and absolute errors.
    public struct Score: Sendable, Hashable {
        /// Mean squared error, and mean absolute error, of standardised series.
        public let mse: Double, mae: Double
    }

    /// The score over the windows whose targets lie in a range.
    ///
    /// - Throws: ``ForecastError``, as the forecaster does.
    public func score(_ fitted: some WindowForecaster, on range: Range<Int>) throws -> Score {
        let horizon = fitted.horizon
        var (squares, sizes, count) = (0.0, 0.0, 0)
        let origins = Array(range.lowerBound...(range.upperBound - horizon))
        for from in stride(from: 0, to: origins.count, by: 128) {
            let part = Array(origins[from..<min(origins.count, from + 128)])
            let ahead = try fitted.forecasts(panel, from: part)
            var at = 0
            for origin in part {
                for values in panel.series {
                    for step in 0..<horizon {
                        let error = ahead[at] - values[origin + step]
                        squares += error * error
                        sizes += abs(error)
                        at += 1
                    }
                }
            }
            count += at
        }
        return Score(mse: squares / Double(count), mae: sizes / Double(count))
    }

    /// The months to choose on.
    public static let choice = trainingEnd..<choiceEnd
    /// The months to test on.
    public static let test = choiceEnd..<testEnd
}
