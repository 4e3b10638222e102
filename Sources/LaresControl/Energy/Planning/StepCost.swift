/// What a kWh costs when it is bought and what it earns when it is given to the grid, with a net use that isn't known exactly.
public struct Tariff: Hashable, Sendable {
    /// What a kWh from the grid costs.
    public var buying: Double
    /// What a kWh into the grid earns.
    public var selling: Double
    /// How far the net use may be from what is forecast, in kWh to both sides.
    public var doubt: Double

    /// A tariff; nothing costs anything unless told otherwise.
    public init(buying: Double = 0, selling: Double = 0, doubt: Double = 0) {
        (self.buying, self.selling, self.doubt) = (buying, selling, doubt)
    }

    /// What a net use is expected to cost, if it may be anything within the doubt, alike.
    @inline(__always)
    func cost(_ net: Double) -> Double {
        // The mean of max(0, net + u) for u between -doubt and doubt: a parabola between two lines.
        let bought = net >= doubt ? net : net <= -doubt ? 0 : (net + doubt) * (net + doubt) / (4 * doubt)
        return selling * net + (buying - selling) * bought
    }
}

/// What the net use of one hour costs, as a plan counts: in money, and in what strains the grid.
struct StepCost {
    /// Paid for the net use of all homes together.
    var shared = Tariff()
    /// Paid for the net use of one home.
    var own = Tariff()
    /// For the square of the shared net use.
    var curvature = 0.0
    /// For each kWh that the shared net use moves from the hour before, and to the hour after.
    var ramping = 0.0
    /// The shared net use of the hours before and after.
    var before = 0.0, after = 0.0
    /// What the home's own net use is to be, and what a kWh of difference costs.
    var goal = 0.0, goalWeight = 0.0
    /// What the home's own net use may be at most, and what a kWh above costs.
    var limit = Double.infinity, limitWeight = 0.0

    /// - Parameters:
    ///   - rest: The shared net use without the load that is planned.
    ///   - home: The home's net use without it.
    @inline(__always)
    func callAsFunction(rest: Double, home: Double, energy: Double) -> Double {
        let net = rest + energy, mine = home + energy
        var cost = shared.cost(net) + own.cost(mine) + curvature * net * net + ramping * (abs(net - before) + abs(after - net))
        if goalWeight > 0 { cost += goalWeight * abs(mine - goal) }
        if mine > limit { cost += limitWeight * (mine - limit) }
        return cost
    }
}
