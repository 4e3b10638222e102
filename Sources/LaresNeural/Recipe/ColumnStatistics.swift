import Glibc
import LaresTensor

/// Mean and deviation of each number of a column, over the rows that are learned from.
struct ColumnStatistics: Sendable {
    let mean: [Float]
    let deviation: [Float]

    /// NaN doesn't count; a column that never changes has the deviation 1.
    init(_ numbers: [Float], width: Int, rows: [Int]) {
        var (means, deviations): ([Float], [Float]) = ([], [])
        for column in 0..<width {
            let values = rows.lazy.map { Double(numbers[$0 * width + column]) }.filter { !$0.isNaN }
            var (count, mean, squares) = (0.0, 0.0, 0.0)
            // Welford 1962: exact for large means too.
            for value in values {
                count += 1
                let step = value - mean
                mean += step / count
                squares += step * (value - mean)
            }
            let deviation = count > 0 ? (squares / count).squareRoot() : 0
            means.append(Float(mean))
            deviations.append(deviation > Double(abs(mean)) * 1e-7 && deviation > 1e-20 ? Float(deviation) : 1)
        }
        (mean, deviation) = (means, deviations)
    }

    /// The numbers with the mean where one is missing.
    func filled(_ numbers: [Float]) -> [Float] {
        numbers.enumerated().map { $1.isNaN ? mean[$0 % mean.count] : $1 }
    }
}
