internal import LaresControl

/// The controllers that a junction can have.
public enum SignalControl: String, Sendable, Hashable, CaseIterable {
    /// The signal's own programme.
    case fixed
    /// The programme's order, each phase for as long as somebody comes.
    case actuated
    /// The phase with most who stand before it and fewest behind.
    case maxPressure = "max-pressure"
    /// The phase with most vehicles within 50 m.
    case maxWave = "max-wave"
    /// What was learnt: a version of the registry, or what comes with Lares.
    case learned

    /// The controller.
    func controller(_ model: SignalModel?) -> any SignalController {
        switch self {
        case .fixed: FixedTime()
        case .actuated: Actuated()
        case .maxPressure: MaxPressure()
        case .maxWave: MaxWave()
        case .learned: LearnedController(model ?? .trained)
        }
    }

    /// Whether it needs to be proven: the programme is what everything falls back to.
    var hasStages: Bool { self != .fixed }
}

/// What a junction's readings come from.
public enum SignalSensors: String, Sendable, Hashable, CaseIterable {
    /// Every vehicle within reach is seen.
    case cameras
    /// Loops in the road: one at each stop line, one near it, one further away.
    case loops
}

/// The learnt controllers of the registry, which this module doesn't see.
public protocol SignalModels: Sendable {
    /// The version that a reference means: a number, an alias, or nil for the one that serves; throws for one that isn't there or is something else.
    func signalModel(_ name: String, _ reference: String?) throws -> TrainedModel.Version
}
