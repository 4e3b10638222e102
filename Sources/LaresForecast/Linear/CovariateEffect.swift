/// What a series owes to what is known beforehand: a ridge regression on the covariates, whose remainder the linear map forecasts.
struct CovariateEffect: Sendable, Hashable {
    let weights: [Double]
    // Keeps covariates that say the same (all hours and a constant, say) from making the system singular; standardised, so 1e-4 hardly shrinks.
    private static let ridge = 1e-4

    init(_ weights: [Double]) { self.weights = weights }

    /// Learns from standardised values, NaN where missing, and covariates.
    init(_ values: ArraySlice<Double>, _ known: [[Double]]) {
        var (system, right, count) = (DoubleMatrix(known.count, known.count), DoubleMatrix(known.count, 1), 0.0)
        for time in values.indices where !values[time].isNaN {
            count += 1
            for i in known.indices {
                let factor = known[i][time]
                right[i, 0] += factor * values[time]
                for j in 0...i { system[i, j] += factor * known[j][time] }
            }
        }
        for i in known.indices {
            for j in 0..<i { system[j, i] = system[i, j] }
            system[i, i] += CovariateEffect.ridge * max(1, count)
        }
        weights = known.isEmpty ? [] : CholeskyFactor(system)?.solved(right).numbers ?? known.map { _ in 0 }
    }

    func effect(_ known: [[Double]], at time: Int) -> Double {
        var sum = 0.0
        for (weight, row) in zip(weights, known) { sum += weight * row[time] }
        return sum
    }
}
