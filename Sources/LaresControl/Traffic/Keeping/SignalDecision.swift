/// What led to what a signal does: what was seen, what the controller wanted, what the programme would have done, and who was heard.
public struct SignalDecision: Sendable, Hashable {
    /// Who was heard.
    public enum Source: String, Sendable, Hashable {
        /// The controller.
        case controller
        /// The signal's own programme.
        case programme
        /// The shell: somebody had waited as long as anybody may, or nothing could be decided yet.
        case shell
        /// Somebody who took the signal over.
        case hand = "person"
    }

    /// When, as the port counts it, in seconds.
    public let time: Double
    /// What was seen, by approach; empty: nothing that can be trusted.
    public let demand: [ApproachDemand]
    /// How far the controller was trusted; nil: without stages.
    public let stage: Stage?
    /// Why the programme ran instead of the controller; nil: it didn't.
    public let fallBack: TrafficEvent.Reason?
    /// The phase that was wanted.
    public internal(set) var wanted: Int?
    /// The programme's.
    public internal(set) var usual: Int?
    /// The phase that came.
    public internal(set) var chosen: Int?
    /// Who was heard.
    public internal(set) var by = Source.programme

    init(time: Double, demand: [ApproachDemand], stage: Stage?, fallBack: TrafficEvent.Reason?) {
        (self.time, self.demand, self.stage, self.fallBack) = (time, demand, stage, fallBack)
    }

    /// A change to a phase began.
    mutating func heard(_ phase: Int) {
        chosen = phase
        // Who is due comes before who was wished for.
        if phase != wanted, phase != usual { by = .shell }
    }
}
