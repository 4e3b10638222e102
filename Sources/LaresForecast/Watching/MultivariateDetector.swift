internal import Foundation

/// Watches several series that are measured together: how far a row is from the others, in the light of how the series move together.
///
/// The squared Mahalanobis distance by means and covariances that follow over four learning times, shrunk to the variances while rows are few. The score is the logarithm of its
/// tail under a normal spread: 0.5 is one in 10^5.
public struct MultivariateDetector: Sendable {
    /// Begins each state.
    public static let name = "multivariate"

    /// What it was told.
    public let settings: DetectorSettings
    private var clock = StreamClock()
    private var means: [Double]
    /// Rows of the lower half.
    private var covariances: [Double]

    /// No more series than this are watched together.
    public static let mostSeries = 16

    /// - Throws: `ForecastError.badSetting` for less than 2 or more than ``mostSeries``.
    public init(series: Int, _ settings: DetectorSettings = .standard) throws {
        guard (2...Self.mostSeries).contains(series) else {
            throw ForecastError(.badSetting, "2 to \(Self.mostSeries) series are watched together, not \(series)")
        }
        self.settings = settings
        means = Array(repeating: 0, count: series)
        covariances = Array(repeating: 0, count: series * (series + 1) / 2)
    }

    /// How many series are watched together.
    public var seriesCount: Int { means.count }
    /// How many rows were seen.
    public var count: Int { clock.count }

    /// Takes the next row in.
    ///
    /// - Parameters:
    ///   - values: One of each series; one that isn't finite is missing, and taken for the mean.
    ///   - time: When they were measured, in milliseconds since 1970-01-01T00:00Z.
    /// - Returns: How odd they are together, 0 to 1; 0 for a row of another length.
    public mutating func observe(_ values: [Double], at time: Int64) -> Double {
        guard values.count == means.count, let known = values.first(where: { $0.isFinite && abs($0) <= StreamClock.greatest }),
            clock.take(known, at: time) != .ignored
        else { return 0 }
        let off = zip(values, means).map { value, mean in
            !(value.isFinite && abs(value) <= StreamClock.greatest) ? 0 : clock.count == 1 ? 0 : value - mean
        }
        if clock.count == 1 {
            means = values.map { $0.isFinite && abs($0) <= StreamClock.greatest ? $0 : 0 }
        }
        let score = clock.count > settings.learning ? tail(of: distance(off)) : 0
        learn(off)
        return score
    }

    private mutating func learn(_ off: [Double]) {
        let rate = max(1 / Double(clock.count), 0.25 / Double(settings.learning))
        var place = 0
        for row in off.indices {
            for column in 0...row {
                covariances[place] = (1 - rate) * (covariances[place] + rate * off[row] * off[column])
                place += 1
            }
        }
        for row in off.indices { means[row] += rate * off[row] }
    }

    /// The squared distance, by the factor of Cholesky of the correlations.
    private func distance(_ off: [Double]) -> Double {
        let size = off.count
        let spreads = (0..<size).map { covariances[$0 * ($0 + 3) / 2].squareRoot() }
        let kept = 1 - Double(size) / Double(size + min(clock.count, 4 * settings.learning))
        var factor = [Double](repeating: 0, count: size * size)
        var solved = [Double](repeating: 0, count: size)
        for row in 0..<size {
            for column in 0...row {
                let scale = spreads[row] * spreads[column]
                var rest = row == column ? 1 : scale > 0 ? kept * covariances[row * (row + 1) / 2 + column] / scale : 0
                for inner in 0..<column { rest -= factor[row * size + inner] * factor[column * size + inner] }
                factor[row * size + column] = row == column ? max(1e-6, rest).squareRoot() : rest / factor[column * size + column]
            }
            // A series that never moved makes any move far, but not endlessly.
            var rest = spreads[row] > 0 ? off[row] / spreads[row] : off[row] == 0 ? 0 : 10
            for inner in 0..<row { rest -= factor[row * size + inner] * solved[inner] }
            solved[row] = rest / factor[row * size + row]
        }
        return solved.reduce(0) { $0 + $1 * $1 }
    }

    /// Of chi-squared, by the cube root's normal spread (Wilson and Hilferty 1931).
    private func tail(of distance: Double) -> Double {
        let share = 2 / (9 * Double(means.count))
        let units = (cbrt(distance / Double(means.count)) - 1 + share) / share.squareRoot()
        return min(1, max(0, -log10(max(1e-10, erfc(units / 2.0.squareRoot()))) / 10))
    }

    /// What it remembers, as bytes that ``init(state:)`` reads; at most 2 kB.
    public var state: [UInt8] {
        var writer = StateWriter(Self.name)
        settings.write(to: &writer)
        clock.write(to: &writer)
        writer.put(means.count)
        writer.put(means)
        writer.put(covariances)
        return writer.bytes
    }

    /// A detector as it was.
    ///
    /// - Throws: `ForecastError.badState`.
    public init(state bytes: [UInt8]) throws {
        guard bytes.count <= 2_048 else {
            throw ForecastError(.badState, "a state of \(Self.name) has at most 2048 bytes, not \(bytes.count)")
        }
        var reader = try StateReader(bytes, of: Self.name)
        settings = try DetectorSettings(from: &reader)
        clock = try StreamClock(from: &reader)
        let size = try reader.int(2...Self.mostSeries)
        means = try reader.doubles(size)
        covariances = try reader.doubles(size * (size + 1) / 2)
        guard (0..<size).allSatisfy({ [covariances] in covariances[$0 * ($0 + 3) / 2] >= 0 }) else {
            throw reader.fault("has a variance below 0")
        }
        try reader.finish()
    }
}
