/// A way to control the signals of a network that is compared with others.
public struct SignalMethod: Sendable {
    /// What it is called.
    public let name: String
    /// What it is.
    public let kind: Kind

    /// How signals are controlled.
    public enum Kind: Sendable {
        /// SUMO runs the network's own programme.
        case ownProgramme
        /// SUMO runs that programme actuated: green for as long as its own detectors see gaps under 3 s, 5…50 s.
        case sumoActuated
        /// This controller, inside the shell.
        case controller(any SignalController)
    }

    /// A method.
    public init(_ name: String, _ kind: Kind) { (self.name, self.kind) = (name, kind) }

    /// Those that a learned controller has to be better than.
    public static var classics: [SignalMethod] {
        [
            .init("fixed", .ownProgramme), .init("actuated (SUMO)", .sumoActuated), .init("actuated", .controller(Actuated())),
            .init("max-pressure, 5 s", .controller(MaxPressure(interval: 5))),
            .init("max-pressure, 10 s", .controller(MaxPressure(interval: 10))),
            .init("max-wave, 5 s", .controller(MaxWave(interval: 5))), .init("max-wave, 10 s", .controller(MaxWave(interval: 10))),
        ]
    }

    /// The learned controller.
    public static func learned(_ model: SignalModel = .trained) -> SignalMethod {
        .init("learned", .controller(LearnedController(model)))
    }
}
