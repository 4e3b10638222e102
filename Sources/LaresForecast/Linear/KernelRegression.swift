import Glibc
import LaresTensor

/// A smooth function of many inputs, from examples: kernel ridge regression, whose mean is that of a Gaussian process (Rasmussen & Williams 2006).
///
/// The kernel of two inputs is exp(-|x - y|²/2) + `linearity` x·y: a smooth function and a linear one. Inputs are standardised and then weighed, so
/// that the weight of an input says how fast the function may change along it.
struct KernelRegression: Sendable {
    /// What examples are weighed and smoothed by.
    struct Setting: Sendable, Hashable {
        /// One for each input.
        var weights: [Double]
        /// The weight of the linear part.
        var linearity: Double
        /// The variance of noise, relative to that of the targets.
        var noise: Double
    }

    let setting: Setting
    let inputScales: [SeriesScale]
    let targetScale: SeriesScale
    /// `[examples, inputs]`, standardised and weighed.
    let examples: DoubleMatrix
    /// One for each example.
    let factors: [Double]

    /// Learns from examples `[examples, inputs]`; nil when a number isn't finite.
    init?(_ inputs: DoubleMatrix, _ targets: [Double], _ setting: Setting) {
        demand(inputs.rows == targets.count && inputs.columns == setting.weights.count, "\(inputs.rows) inputs, \(targets.count) targets")
        let scales = (0..<inputs.columns).map { column in
            SeriesScale(of: (0..<inputs.rows).map { inputs[$0, column] })
        }
        (inputScales, targetScale, self.setting) = (scales, SeriesScale(of: targets), setting)
        // As many digits as a file keeps, so that what is read forecasts the same.
        var examples = KernelRegression.weighed(inputs, scales, setting.weights)
        for i in examples.numbers.indices { examples.numbers[i] = Double(Float(examples.numbers[i])) }
        self.examples = examples
        var system = DoubleMatrix(inputs.rows, inputs.rows), right = DoubleMatrix(inputs.rows, 1)
        for row in 0..<inputs.rows {
            let kernels = KernelRegression.kernels(examples, examples, row, setting.linearity, count: row + 1)
            for (column, kernel) in kernels.enumerated() { (system[row, column], system[column, row]) = (kernel, kernel) }
            system[row, row] += setting.noise
            right[row, 0] = targetScale.scaled(targets[row])
        }
        guard let factors = CholeskyFactor(system)?.solved(right).numbers, factors.allSatisfy(\.isFinite) else { return nil }
        self.factors = factors.map { Double(Float($0)) }
    }

    /// From a file.
    init(_ setting: Setting, inputScales: [SeriesScale], targetScale: SeriesScale, examples: DoubleMatrix, factors: [Double]) {
        (self.setting, self.inputScales, self.targetScale) = (setting, inputScales, targetScale)
        (self.examples, self.factors) = (examples, factors)
    }

    /// The function at inputs `[n, inputs]`.
    func callAsFunction(_ inputs: DoubleMatrix) -> [Double] {
        let points = KernelRegression.weighed(inputs, inputScales, setting.weights)
        return (0..<inputs.rows).map { row in
            let kernels = KernelRegression.kernels(examples, points, row, setting.linearity, count: examples.rows)
            var sum = 0.0
            for (kernel, factor) in zip(kernels, factors) { sum += kernel * factor }
            return targetScale.unscaled(sum)
        }
    }

    private static func weighed(_ inputs: DoubleMatrix, _ scales: [SeriesScale], _ weights: [Double]) -> DoubleMatrix {
        var result = inputs
        for row in 0..<inputs.rows {
            for (column, scale) in scales.enumerated() { result[row, column] = scale.scaled(inputs[row, column]) * weights[column] }
        }
        return result
    }

    /// The kernels of one point with the first examples.
    private static func kernels(_ examples: DoubleMatrix, _ points: DoubleMatrix, _ row: Int, _ linearity: Double, count: Int) -> [Double] {
        let width = examples.columns
        return points.numbers.withUnsafeBufferPointer { points in
            examples.numbers.withUnsafeBufferPointer { examples in
                guard let point = points.baseAddress.map({ $0 + row * width }), let first = examples.baseAddress else { return [] }
                let square = dotProduct(point, point, width)
                return (0..<count).map { other in
                    let example = first + other * width, product = dotProduct(point, example, width)
                    let distance = square + dotProduct(example, example, width) - 2 * product
                    return exp(-max(0, distance) / 2) + linearity * product
                }
            }
        }
    }
}
