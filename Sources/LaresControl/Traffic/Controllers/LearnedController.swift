/// The controller that was learned: it plans the next half minute anew each second, with a model of streets that was learned.
///
/// One controller is for one signal: it remembers what its own street has shown.
public struct LearnedController: SignalController {
    /// What it learned.
    public var model: SignalModel { didSet { (values, movements) = (StreetValues(model), nil) } }
    private var values: StreetValues?
    private var flow: FlowMemory?
    private var movements: SignalMovements?
    private var signal: String?

    /// With what was learned; by default what comes with Lares.
    public init(_ model: SignalModel = .trained) {
        self.model = model
        values = StreetValues(model)
    }

    /// Remembers how many come and get through.
    public mutating func watch(_ view: SignalView, isChanging: Bool) {
        know(view.plan)
        flow?.see(view, isChanging: isChanging)
    }

    /// The phase with which the best plan begins; nil when the model's values are no numbers.
    public mutating func wish(_ view: SignalView) -> Int? {
        guard var search = search(view) else { return nil }
        return search.best(from: view.phase)
    }

    /// By phase: the least that a plan costs which begins with it, in seconds that vehicles lose; nil: it can't plan.
    package mutating func costs(_ view: SignalView) -> [Float]? {
        guard var search = search(view), search.best(from: view.phase) != nil else { return nil }
        return search.costs
    }

    private mutating func search(_ view: SignalView) -> PlanSearch? {
        know(view.plan)
        guard let values, let flow, view.demand.count == view.plan.approaches.count, view.plan.phases.indices.contains(view.phase),
            var movements = movements ?? (view.rules ?? (try? ShellRules(view.plan))).map({ SignalMovements($0, values) })
        else { return nil }
        movements.see(view, flow, values)
        self.movements = movements
        let queues = ApproachQueues(view, flow, values, horizon: Float(PlanSearch.horizon))
        return PlanSearch(queues, movements, values)
    }

    private mutating func know(_ plan: SignalPlan) {
        guard signal != plan.name else { return }
        (signal, flow, movements) = (plan.name, FlowMemory(plan), nil)
    }
}
