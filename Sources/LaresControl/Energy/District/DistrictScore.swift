/// How good the year of a district was, as CityLearn 1.3.6 counts for the challenge of 2022: every cost as a ratio to that without batteries.
///
/// - `price`: what the district's net use cost, hours in which it is below 0 as nothing. Homes share what the sun gives within an hour.
/// - `carbon`: what the net use of each home emitted, hours below 0 as nothing; homes don't share.
/// - `grid`: the mean of two: how far the district's net use moves from hour to hour, and 1 less its mean over its peak in stretches of 730 hours.
///
/// Source: `CityLearnEnv.evaluate` and `citylearn.cost_function`.
public struct DistrictScore: Hashable, Sendable {
    /// Ratios to the same homes without batteries; less is better.
    public let price: Double, carbon: Double, ramping: Double, loadFactor: Double

    /// The mean of the two costs for the grid.
    public var grid: Double { (ramping + loadFactor) / 2 }

    /// - Parameter used: What each battery took in each hour, in kWh, `[home][hour]`; below 0 what it gave.
    public init(_ record: DistrictRecord, used: [[Double]]) {
        let nothing = record.homes.map { _ in [Double](repeating: 0, count: record.count) }
        let (with, without) = (DistrictCost(record, used: used), DistrictCost(record, used: nothing))
        price = with.price / without.price
        carbon = with.carbon / without.carbon
        ramping = with.ramping / without.ramping
        loadFactor = with.loadFactor / without.loadFactor
    }
}

/// Costs of a district's hours, in their own units.
public struct DistrictCost: Hashable, Sendable {
    /// What the net use of all homes together cost.
    public let price: Double
    /// What the net use of each home emitted, in kg.
    public let carbon: Double
    /// How far the net use moved from hour to hour, in kWh.
    public let ramping: Double
    /// 1 less the mean net use over its peak, the mean over stretches of 730 hours.
    public let loadFactor: Double

    /// - Parameter used: What each battery took in each hour, in kWh, `[home][hour]`.
    public init(_ record: DistrictRecord, used: [[Double]]) {
        var (net, price, carbon) = ([Double](), 0.0, 0.0)
        net.reserveCapacity(record.count)
        for hour in 0..<record.count {
            var (sum, cost) = (0.0, 0.0)
            for (home, used) in zip(record.homes, used) {
                let own = home.load[hour] - home.solar[hour] + used[hour]
                sum += own
                cost += own * record.price[hour]
                carbon += max(0, own * record.emission[hour])
            }
            net.append(sum)
            price += max(0, cost)
        }
        (self.price, self.carbon) = (price, carbon)
        ramping = zip(net, net.dropFirst()).reduce(0) { $0 + abs($1.1 - $1.0) }
        loadFactor = DistrictCost.loadFactor(net)
    }

    private static func loadFactor(_ net: [Double]) -> Double {
        let stretches = stride(from: 0, to: net.count, by: 730).map { net[$0..<min(net.count, $0 + 730)] }
        let factors = stretches.map { 1 - $0.reduce(0, +) / Double($0.count) / ($0.max() ?? 1) }
        return factors.reduce(0, +) / Double(max(1, factors.count))
    }
}
