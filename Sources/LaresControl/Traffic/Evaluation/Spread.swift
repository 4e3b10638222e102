internal import Foundation

/// Mean, 95% interval and extremes of a few values.
public struct Spread: Sendable, Hashable {
    /// The values, in their order.
    public let values: [Double]

    /// Of these values, at least one.
    public init(_ values: [Double]) { self.values = values }

    /// Their mean.
    public var mean: Double { values.reduce(0, +) / Double(max(1, values.count)) }
    /// The greatest.
    public var worst: Double { values.max() ?? 0 }

    /// Half the width of the mean's 95% interval (Student); nil for a single value.
    public var halfWidth: Double? {
        guard values.count > 1 else { return nil }
        let mean = mean
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)
        return Self.quantile(values.count - 1) * (variance / Double(values.count)).squareRoot()
    }

    /// The 97.5% quantile of Student's distribution (Hill 1970's expansion; within 0.5% from three degrees of freedom on).
    static func quantile(_ degrees: Int) -> Double {
        let exact = [12.706, 4.303, 3.182, 2.776, 2.571]
        if degrees <= exact.count { return exact[max(0, degrees - 1)] }
        let (z, n) = (1.959964, Double(degrees))
        return z + (pow(z, 3) + z) / (4 * n) + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / (96 * n * n)
    }
}
