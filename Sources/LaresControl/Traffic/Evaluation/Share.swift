internal import Foundation

/// How many of how many, with the interval in which the true share lies with 95%.
public struct Share: Sendable, Hashable {
    /// How many.
    public let count: Int
    /// Of how many.
    public let total: Int

    /// A share.
    public init(_ count: Int, of total: Int) { (self.count, self.total) = (max(0, count), max(0, total)) }

    /// 0…1; 0 of none.
    public var value: Double { total > 0 ? Double(count) / Double(total) : 0 }

    /// The 95% interval (Wilson 1927).
    public var interval: ClosedRange<Double> {
        guard total > 0 else { return 0...1 }
        let (n, z) = (Double(total), 1.959964)
        let middle = (value + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (value * (1 - value) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, middle - half)...min(1, middle + half)
    }
}

/// Events that were counted over a time, with the interval in which their true number lies with 95% (Poisson; Wilson and Hilferty's cube root).
public struct EventCount: Sendable, Hashable {
    /// How many.
    public let count: Int

    /// A count.
    public init(_ count: Int) { self.count = max(0, count) }

    /// The 95% interval.
    public var interval: ClosedRange<Double> {
        let z = 1.959964
        func bound(_ n: Double, _ z: Double) -> Double { n * pow(1 - 1 / (9 * n) + z / (3 * n.squareRoot()), 3) }
        return (count > 0 ? max(0, bound(Double(count), -z)) : 0)...bound(Double(count + 1), z)
    }
}
