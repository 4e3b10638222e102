/// What is known beforehand, standardised, with the mean where a value is missing.
struct KnownScale: Sendable, Hashable {
    let scales: [SeriesScale]

    init(_ scales: [SeriesScale]) { self.scales = scales }

    /// As it was over the first `end` steps.
    init(of known: [[Double]], before end: Int) { scales = known.map { SeriesScale(of: Array($0.prefix(end))) } }

    func scaled(_ known: [[Double]]) -> [[Double]] {
        zip(scales, known).map { scale, row in row.map { $0.isNaN ? 0 : scale.scaled($0) } }
    }

    /// Throws unless a panel has the covariates, known until `end`.
    func check(_ panel: Panel, until end: Int) throws {
        guard panel.known.count == scales.count else {
            throw ForecastError(
                .badSeries, "\(panel.known.count) covariates are given, the forecaster learnt with \(scales.count): give the same, in order"
            )
        }
        if let short = panel.known.map(\.count).min(), short < end {
            throw ForecastError(.tooShort, "covariates are known for \(short) steps, the forecast needs them until step \(end)")
        }
    }
}
