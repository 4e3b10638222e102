/// A home that answers a city's requests with its battery, within the limits of its people.
///
/// It knows what it would have done without a request: a model of its battery goes on as if there were none, by the same controller, on the same
/// hours. What it does in the hours of a request is that, plus what was awarded; before, its plan makes sure that it can; after, it plans as always.
/// The city hears one number, rounded to quarters of a kilowatt, under a name that is used once.
public struct FlexibleHome: Sendable {
    /// What people allow. What they kept back of the battery when it was made holds as long as it does.
    public var limits: FlexibilityLimits
    // An offer is less than what the plan says can be done: what the home will do without the request isn't known exactly.
    static let share = 0.8, margin = 0.25
    // Dearer than any price, so that a plan keeps what was promised.
    static let goalPrice = 20.0

    private var controller: EnergyController
    private let table: BatteryTable
    private var watch: BatteryWatch
    private var usual: Battery
    private var usualOrder = 0.0
    private var real: Battery
    private var now = 0
    private var pending: [String: FlexibilityOffer] = [:]
    private var requests: [String: FlexibilityRequest] = [:]
    private var promises: [Promise] = []
    private var answered: [Int] = []

    private struct Promise: Sendable {
        let window: Range<Int>
        let change: Double
    }

    /// What was decided last, with what other loads are to take.
    public private(set) var decision: EnergyDecision?
    /// What the battery is to take in the hours that were planned last, in kWh, without what was promised; nil when there was no forecast.
    public var plan: [Double]? { controller.plan?.first }
    /// What that plan was made on.
    public var outlook: PlanOutlook? { controller.outlook }

    /// - Throws: `EnergyControlError.badSetting`, as the controller does.
    public init(
        _ design: BatteryDesign, limits: FlexibilityLimits, forecaster: some EnergyForecaster, setting: EnergyController.Setting
    ) throws {
        var setting = setting
        setting.reserve = max(setting.reserve, limits.reserve)
        (setting.aims.isShared, setting.aims.goal) = (false, FlexibleHome.goalPrice)
        self.limits = limits
        controller = try EnergyController(batteries: [design], forecaster: forecaster, setting: setting)
        table = try BatteryTable(design, levels: setting.levels, reserve: setting.reserve)
        watch = BatteryWatch(design)
        (usual, real) = (Battery(design), Battery(design))
    }

    /// What the battery does in the next hour.
    ///
    /// - Parameters:
    ///   - hour: The hour that is over, and its number.
    ///   - ahead: What is known of the next hours.
    ///   - reading: What the battery says.
    ///   - loads: Cars, heat pumps and what else can wait, as the controller takes them.
    public mutating func decide(
        after hour: SeenHour, number: Int, ahead: [KnownHour], battery reading: BatteryReading?, loads: [HomeLoad] = []
    ) -> BatteryOrder {
        now = number
        usual.charge(usualOrder)
        promises.removeAll { $0.window.upperBound <= now + 1 - FlexibleHome.recoveryHours }
        let believed = watch.take(reading)
        if case .success(let battery) = believed {
            real = battery
            if promises.isEmpty { usual = battery }
        }
        let says = promises.isEmpty ? reading : BatteryReading(share: usual.share, capacity: usual.capacity)
        let decision = controller.decide(after: hour, ahead: ahead, batteries: [says], loads: loads)
        self.decision = decision
        let order = decision.orders[0]
        usualOrder = order.energy
        if case .failure(let fault) = believed { return BatteryOrder(energy: 0, reason: .idle(fault)) }
        guard !promises.isEmpty else { return order }
        return kept(order)
    }

    // Until then the real battery and the usual one have come together: both are emptied every evening.
    private static let recoveryHours = 24

    /// The usual order with what was promised, or a plan that leads there.
    private func kept(_ order: BatteryOrder) -> BatteryOrder {
        let change = promised(now + 1)
        if change != 0 { return BatteryOrder(energy: allowed(order.energy + change), reason: order.reason) }
        guard let outlook = goals(promised), case .plan = order.reason else { return order }
        let plan = DayPlan([HomeLoad(BatteryLoad(real, table), home: 0)], outlook, controller.setting.aims)
        return BatteryOrder(energy: plan.energies[0][0], reason: .plan)
    }

    private func promised(_ hour: Int) -> Double { promises.reduce(0) { $0 + ($1.window.contains(hour) ? $1.change : 0) } }

    /// As much of an order as leaves the reserve to people.
    private func allowed(_ energy: Double) -> Double {
        var after = real
        after.charge(energy)
        let reserve = table.reserve * real.capacity
        guard energy < 0, after.stored < reserve else { return energy }
        return real.request(for: min(0, reserve - real.stored)) ?? 0
    }

    /// The outlook with goals in the hours in which something is promised.
    private func goals(_ change: (Int) -> Double) -> PlanOutlook? {
        guard var outlook = controller.outlook, let energies = controller.plan?[0], energies.count == outlook.steps else { return nil }
        outlook.goals = [
            outlook.net[0].indices.map { step in
                let change = change(now + 1 + step)
                return change == 0 ? nil : outlook.net[0][step] + energies[step] + change
            }
        ]
        return outlook
    }

    /// What it could do for a request; nil when it isn't answered. Asked after an hour was decided, at least an hour before the first one.
    ///
    /// - Parameter token: A name for this request alone.
    public mutating func offer(for request: FlexibilityRequest, token: String) -> FlexibilityOffer? {
        answered.removeAll { $0 <= now - 168 }
        let most = limits.most(for: request, answered: answered.count), sign = request.change < 0 ? -1.0 : 1.0
        let isFree = !promises.contains { $0.window.overlaps((request.firstHour - FlexibleHome.recoveryHours)..<request.window.upperBound) }
        guard most > 0, isFree, requests[request.identifier] == nil, request.firstHour > now + 1,
            request.window.upperBound <= now + 1 + (controller.outlook?.steps ?? 0)
        else { return nil }
        // The largest whole number of steps that a plan keeps, with the margin; more is never easier than less.
        let wanted = min(most, abs(request.change))
        var (low, high) = (0, Int(((wanted + FlexibleHome.margin) / FlexibleHome.share / FlexibilityOffer.step).rounded(.up)))
        while low < high {
            let middle = (low + high + 1) / 2
            if keeps(request, sign * Double(middle) * FlexibilityOffer.step) { low = middle } else { high = middle - 1 }
        }
        let sure = min(wanted, Double(low) * FlexibilityOffer.step * FlexibleHome.share - FlexibleHome.margin)
        let steps = (sure / FlexibilityOffer.step).rounded(.down)
        guard steps > 0,
            let offer = try? FlexibilityOffer(request: request.identifier, token: token, change: sign * steps * FlexibilityOffer.step)
        else { return nil }
        (pending[token], requests[request.identifier]) = (offer, request)
        return offer
    }

    /// Whether a plan keeps a change in every hour of a request.
    private func keeps(_ request: FlexibilityRequest, _ change: Double) -> Bool {
        guard let outlook = goals({ request.window.contains($0) ? change : 0 }) else { return false }
        let plan = DayPlan([HomeLoad(BatteryLoad(real, table), home: 0)], outlook, controller.setting.aims)
        return zip(outlook.goals[0], outlook.net[0]).enumerated().allSatisfy { step, pair in
            guard let goal = pair.0 else { return true }
            // A plan goes by levels: half of one is as near as it comes.
            let reach = table.capacity / Double(table.levels - 1) / 2 + 1e-9
            return abs(pair.1 + plan.energies[0][step] - goal) <= reach
        }
    }

    /// Promises what was awarded; an award that wasn't offered, or is more than was, is none.
    ///
    /// - Returns: Whether it is promised.
    @discardableResult
    public mutating func take(_ award: FlexibilityAward) -> Bool {
        guard let offer = pending.removeValue(forKey: award.token), offer.request == award.request, let request = requests[award.request],
            award.change * offer.change > 0, abs(award.change) <= abs(offer.change) * (1 + 1e-9), request.firstHour > now
        else { return false }
        promises.append(Promise(window: request.window, change: award.change))
        answered.append(now)
        return true
    }
}

/// Going on after a restart.
extension FlexibleHome {
    /// What a home has to remember of requests from hour to hour.
    public struct State: Codable, Hashable, Sendable {
        /// What was promised.
        public struct Promised: Codable, Hashable, Sendable {
            /// The first hour, and how many there are.
            public let firstHour: Int, hours: Int
            /// What is used more in each of them, in kW; below 0 less.
            public let change: Double
        }

        /// What is promised, and not yet forgotten.
        public fileprivate(set) var promises: [Promised] = []
        fileprivate var stored = 0.0, capacity = 0.0, usualOrder = 0.0, now = 0
        fileprivate var pending: [String: FlexibilityOffer] = [:]
        fileprivate var requests: [String: FlexibilityRequest] = [:]
        fileprivate var answered: [Int] = []

        /// Has the hour that was decided last be decided once more: what it led to isn't counted twice.
        public mutating func decideAgain() { usualOrder = 0 }

        /// What is promised for an hour, in kW.
        public func promised(_ hour: Int) -> Double {
            promises.reduce(0) { $0 + (($1.firstHour..<($1.firstHour + $1.hours)).contains(hour) ? $1.change : 0) }
        }
    }

    // What was asked longer ago than any promise lasts needn't be remembered.
    private static let memoryHours = 200

    /// What it remembers of requests. A new one of the same design goes on from it.
    public var state: State {
        get {
            var state = State()
            state.promises = promises.map {
                State.Promised(firstHour: $0.window.lowerBound, hours: $0.window.count, change: $0.change)
            }
            (state.stored, state.capacity, state.usualOrder, state.now) = (usual.stored, usual.capacity, usualOrder, now)
            state.requests = requests.filter { $0.value.window.upperBound > now - FlexibleHome.memoryHours }
            state.pending = pending.filter { state.requests[$0.value.request] != nil }
            state.answered = answered
            return state
        }
        set {
            promises = newValue.promises.map { Promise(window: $0.firstHour..<($0.firstHour + max(0, $0.hours)), change: $0.change) }
            usual = Battery(usual.design, stored: newValue.stored, capacity: newValue.capacity)
            (usualOrder, now) = (newValue.usualOrder, newValue.now)
            (pending, requests, answered) = (newValue.pending, newValue.requests, newValue.answered)
        }
    }
}
