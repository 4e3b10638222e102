/// What is known, and what is feared, of the hours that a plan is made for.
public struct PlanOutlook: Sendable {
    /// The net use of each home in each step without what is planned, in kWh, `[home][step]`.
    public var net: [[Double]]
    /// What a kWh costs, earns and emits in each step; emissions in kg of CO₂.
    public var buying: [Double], selling: [Double], emission: [Double]
    /// The shared net use of the hour before the first step, in kWh.
    public var before: Double
    /// How far the shared net use, and that of each home, may be from what is forecast, in kWh, by step.
    public var sharedDoubt: [Double], homeDoubt: [[Double]]
    /// What the net use of a home is to be in a step, `[home][step]`; nil where it may be anything. Empty without goals.
    public var goals: [[Double?]] = []

    /// An outlook without doubt or emissions unless told otherwise.
    public init(
        net: [[Double]], buying: [Double], selling: [Double]? = nil, emission: [Double]? = nil, before: Double = 0,
        sharedDoubt: [Double]? = nil, homeDoubt: [[Double]]? = nil
    ) {
        let nothing = [Double](repeating: 0, count: buying.count)
        (self.net, self.buying, self.before) = (net, buying, before)
        (self.selling, self.emission, self.sharedDoubt) = (selling ?? nothing, emission ?? nothing, sharedDoubt ?? nothing)
        self.homeDoubt = homeDoubt ?? net.map { _ in nothing }
    }

    /// How many steps there are.
    public var steps: Int { buying.count }
}

/// What a plan is to be good at.
public struct PlanAims: Hashable, Sendable {
    /// Whether homes share within an hour what the sun gives, so that the price is that of their net use together; otherwise each pays its own.
    public var isShared = false
    /// What a kg of CO₂ is worth, in money.
    public var emission = 0.0
    /// What the square of the shared net use is worth, in money per kWh².
    public var curvature = 0.0
    /// What a kWh of change of the shared net use from hour to hour is worth, in money.
    public var ramping = 0.0
    /// What a kWh beside a goal costs.
    public var goal = 0.0
    /// How often each load is planned anew after the others were.
    public var sweeps = 1

    /// Money alone, each home by itself.
    public init() {}
}

/// A flexible load in a home.
public struct HomeLoad: Sendable {
    /// Which home it is in.
    public let home: Int
    /// The load.
    public let load: any FlexibleLoad

    /// A load in a home.
    public init(_ load: any FlexibleLoad, home: Int) { (self.load, self.home) = (load, home) }
}

/// What flexible loads of some homes are to do over the next hours: each planned in turn while the others stay, until they suit each other.
///
///     let plan = DayPlan(loads, outlook, aims)
///     let now = plan.energies[0][0]        // kWh in the first hour
public struct DayPlan: Sendable {
    /// What each load takes in each step, in kWh, `[load][step]`.
    public private(set) var energies: [[Double]]
    private var shared: [Double]
    private var homes: [[Double]]

    /// - Parameter earlier: What loads were to do by an earlier plan, by this one's steps; from nothing otherwise.
    public init(_ loads: [HomeLoad], _ outlook: PlanOutlook, _ aims: PlanAims, startingFrom earlier: [[Double]]? = nil) {
        energies = earlier ?? loads.map { _ in [Double](repeating: 0, count: outlook.steps) }
        homes = outlook.net
        shared = (0..<outlook.steps).map { step in outlook.net.reduce(0) { $0 + $1[step] } }
        for (load, energies) in zip(loads, energies) { add(energies, to: load.home, 1) }
        guard outlook.steps > 0 else { return }
        for _ in 0..<max(1, aims.sweeps) {
            for (place, load) in loads.enumerated() {
                add(energies[place], to: load.home, -1)
                energies[place] = planned(load.load, load.home, outlook, aims, earlier: energies[place])
                add(energies[place], to: load.home, 1)
            }
        }
    }

    private mutating func add(_ energies: [Double], to home: Int, _ sign: Double) {
        for step in shared.indices {
            shared[step] += sign * energies[step]
            homes[home][step] += sign * energies[step]
        }
    }

    private func planned(
        _ load: some FlexibleLoad, _ home: Int, _ outlook: PlanOutlook, _ aims: PlanAims, earlier: [Double]
    ) -> [Double] {
        let costs = (0..<outlook.steps).map { cost(home, $0, outlook, aims, earlier) }
        return LoadPlan(load, costs: costs, rest: shared, home: homes[home]).energies
    }

    private func cost(_ home: Int, _ step: Int, _ outlook: PlanOutlook, _ aims: PlanAims, _ earlier: [Double]) -> StepCost {
        var cost = StepCost()
        let price = Tariff(buying: outlook.buying[step], selling: outlook.selling[step])
        let emission = aims.emission * outlook.emission[step]
        if aims.isShared {
            (cost.shared, cost.own) = (price, Tariff(buying: emission))
        } else {
            cost.own = Tariff(buying: price.buying + emission, selling: price.selling)
        }
        (cost.shared.doubt, cost.own.doubt) = (outlook.sharedDoubt[step], outlook.homeDoubt[home][step])
        (cost.curvature, cost.ramping) = (aims.curvature, aims.ramping)
        // The hours beside it with the load as it was planned before: what it will be isn't known yet.
        cost.before = step == 0 ? outlook.before : shared[step - 1] + earlier[step - 1]
        cost.after = step + 1 < outlook.steps ? shared[step + 1] + earlier[step + 1] : shared[step] + earlier[step]
        if home < outlook.goals.count, let goal = outlook.goals[home][step] { (cost.goal, cost.goalWeight) = (goal, aims.goal) }
        return cost
    }
}
