/// Makes forecasts of a hierarchy add up.
///
///     let coherent = try Reconciliation(.minTrace, isNonNegative: true).reconciled(forecasts, in: city, residuals: backtestResiduals)
///
/// Each node is forecast by itself; reconciliation moves the forecasts as little as their errors allow, so that sums are sums.
public struct Reconciliation: Sendable, Hashable {
    /// What is taken from the forecasts of the nodes.
    public enum Method: String, Sendable, CaseIterable {
        /// Only the leaves.
        case bottomUp = "bottom-up"
        /// Only the roots, shared out as the forecasts below them are to each other (Athanasopoulos, Ahmed & Hyndman 2009). Trees only.
        case topDown = "top-down"
        /// All, as if they erred alike (Hyndman et al. 2011).
        case ordinary = "ols"
        /// All, as if the leaves erred alike and sums as their leaves together do (Athanasopoulos et al. 2017).
        case structural = "wls-structural"
        /// All, by the variances of their residuals (Hyndman, Lee & Wang 2016).
        case variances = "wls"
        /// All, by the covariances of their residuals, shrunk towards the variances (MinT; Wickramasuriya, Athanasopoulos & Hyndman 2019).
        case minTrace = "mint"
    }

    /// What is taken from the forecasts.
    public let method: Method
    /// Whether no leaf may be below zero. Those that would be are set to zero before the sums are made (Di Fonzo & Girolimetto 2023).
    public let isNonNegative: Bool

    /// A way of reconciling.
    public init(_ method: Method, isNonNegative: Bool = false) { (self.method, self.isNonNegative) = (method, isNonNegative) }

    /// Forecasts that add up, `[node][step]`.
    ///
    /// - Parameters:
    ///   - forecasts: Of each node by itself, `[node][step]`.
    ///   - residuals: What came less what was forecast one step ahead, `[node][time]`, for `variances` and `minTrace`; NaN where it is missing.
    /// - Throws: `ForecastError.badSeries` for forecasts or residuals that don't fit the hierarchy or aren't finite, `tooShort` for too few
    ///   residuals, `badSetting` for `topDown` where sums cross.
    public func reconciled(_ forecasts: [[Double]], in hierarchy: Hierarchy, residuals: [[Double]] = []) throws -> [[Double]] {
        let steps = forecasts.first?.count ?? 0
        guard forecasts.count == hierarchy.nodes.count, forecasts.allSatisfy({ $0.count == steps }) else {
            throw ForecastError(
                .badSeries, "there are \(forecasts.count) forecasts for \(hierarchy.nodes.count) nodes: give each one, all as long")
        }
        if let odd = forecasts.firstIndex(where: { !$0.allSatisfy(\.isFinite) }) {
            throw ForecastError(.badSeries, "the forecast of '\(hierarchy.nodes[odd])' has a value that is no number")
        }
        var leaves = try leafForecasts(forecasts, hierarchy, residuals)
        if isNonNegative { leaves = leaves.map { $0.map { max(0, $0) } } }
        let coherent = try hierarchy.summed(leaves)
        guard coherent.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw ForecastError(.badSeries, "the forecasts, or their residuals, are too large to be added up")
        }
        return coherent
    }

    private func leafForecasts(_ forecasts: [[Double]], _ hierarchy: Hierarchy, _ residuals: [[Double]]) throws -> [[Double]] {
        switch method {
        case .bottomUp: return hierarchy.leaves.map { forecasts[$0] }
        case .topDown: return try Reconciliation.sharedOut(forecasts, hierarchy)
        case .ordinary: return try projected(forecasts, hierarchy, .diagonal(hierarchy.nodes.map { _ in 1 }))
        case .structural: return try projected(forecasts, hierarchy, .diagonal(hierarchy.members.map { Double($0.count) }))
        case .variances: return try projected(forecasts, hierarchy, .diagonal(ResidualCovariance(residuals, hierarchy).variances))
        case .minTrace: return try projected(forecasts, hierarchy, .full(ResidualCovariance(residuals, hierarchy).shrunk))
        }
    }

    /// Each child its share of what its parent got. Children that are forecast to be nothing together get equal shares.
    private static func sharedOut(_ forecasts: [[Double]], _ hierarchy: Hierarchy) throws -> [[Double]] {
        guard let tree = hierarchy.tree else {
            throw ForecastError(.badSetting, "sums that cross can't be shared out from above: use 'mint' or another method")
        }
        var shares = forecasts, order = tree.indices.filter { node in !tree.contains { $0.contains(node) } }, next = 0
        while next < order.count {
            let node = order[next], children = tree[node]
            for step in shares[node].indices {
                let sum = children.reduce(0) { $0 + forecasts[$1][step] }
                for child in children {
                    shares[child][step] = shares[node][step] * (sum != 0 ? forecasts[child][step] / sum : 1 / Double(children.count))
                }
            }
            order += children
            next += 1
        }
        return hierarchy.leaves.map { shares[$0] }
    }

    private enum Weight {
        case diagonal([Double])
        case full([[Double]])
    }

    /// The leaves of the projection onto what adds up, along the errors' covariance W: with U' the rows that say "a sum less its leaves is zero",
    /// ỹ = ŷ - W U (U' W U)⁻¹ U' ŷ. Only a matrix as large as there are sums is inverted.
    private func projected(_ forecasts: [[Double]], _ hierarchy: Hierarchy, _ weight: Weight) throws -> [[Double]] {
        let (sums, leaves, members) = (hierarchy.sums, hierarchy.leaves, hierarchy.members)
        guard !sums.isEmpty else { return forecasts }
        // W U, a row for each node.
        let spread: [[Double]] = forecasts.indices.map { node in
            sums.map { sum in
                switch weight {
                case .full(let rows): return rows[node][sum] - members[sum].reduce(0) { $0 + rows[node][leaves[$1]] }
                case .diagonal(let values):
                    return node == sum ? values[node] : members[sum].contains { leaves[$0] == node } ? -values[node] : 0
                }
            }
        }
        let inner = sums.map { sum in
            sums.indices.map { column in spread[sum][column] - members[sum].reduce(0) { $0 + spread[leaves[$1]][column] } }
        }
        guard let factor = TriangularFactor(inner) else {
            throw ForecastError(.badSeries, "the residuals' covariances can't be inverted: give more residuals, or use 'wls-structural'")
        }
        let corrections = forecasts[0].indices.map { step in
            factor.solved(sums.map { sum in forecasts[sum][step] - members[sum].reduce(0) { $0 + forecasts[leaves[$1]][step] } })
        }
        return leaves.map { leaf in
            forecasts[leaf].indices.map { step in
                forecasts[leaf][step] - zip(spread[leaf], corrections[step]).reduce(0) { $0 + $1.0 * $1.1 }
            }
        }
    }
}
