/// Something about a signal that people will want to know: when, where, what.
public struct TrafficEvent: Sendable, Hashable, CustomStringConvertible {
    /// What happened.
    public enum Kind: Sendable, Hashable {
        /// The signal's own programme took over.
        case fellBack(Reason)
        /// The controller is heard again.
        case recovered
        /// A loop can't be trusted: the approach, the loop's place there, and what is wrong.
        case loopFailed(approach: String, loop: Int, LoopHealth.Fault)
        /// A loop is trusted again.
        case loopRegained(approach: String, loop: Int)
        /// The controller is trusted more, or less, and why.
        case promoted(Stage), steppedBack(Stage, StageLadder.Reason)
        /// A wish for a phase that isn't there.
        case refusedWish(Int)
        /// The monitor objected to what was to be shown, in its words: red for all was shown instead.
        case violation(String)
    }

    /// Why the programme took over.
    public enum Reason: Sendable, Hashable {
        /// A loop can't be trusted.
        case detectors
        /// The controller gave no answer, or one that is none.
        case model
        /// Nothing was seen.
        case blind
        /// The way to the signal is gone.
        case unreachable(String)
        /// The proof of its shell failed, and how: no controller is heard behind such a one.
        case unproven(String)

        /// It in a word, for programs.
        public var code: String {
            switch self {
            case .detectors: "detectors"
            case .model: "model"
            case .blind: "blind"
            case .unreachable: "unreachable"
            case .unproven: "unproven"
            }
        }
    }

    /// In seconds, as the port counts it.
    public let time: Double
    /// The signal's name.
    public let signal: String
    /// What happened.
    public let kind: Kind

    package init(time: Double, signal: String, kind: Kind) { (self.time, self.signal, self.kind) = (time, signal, kind) }

    /// In words.
    public var description: String { "\(Int(time)) s, \(signal): \(words)" }

    /// A reason in words: "a detector can't be trusted".
    public static func words(for reason: Reason) -> String {
        switch reason {
        case .detectors: "a detector can't be trusted"
        case .model: "the controller gave no answer"
        case .blind: "nothing is seen"
        case .unreachable(let why): why
        case .unproven(let why): "the proof of its shell failed: \(why)"
        }
    }

    private var words: String {
        switch kind {
        case .fellBack(let reason): "fell back to its programme: \(Self.words(for: reason))"
        case .recovered: "the controller is heard again"
        case .loopFailed(let approach, let loop, let fault): "loop \(loop) of \(approach) is \(fault.rawValue)"
        case .loopRegained(let approach, let loop): "loop \(loop) of \(approach) is trusted again"
        case .promoted(let stage): "promoted to \(stage.rawValue)"
        case .steppedBack(let stage, let reason): "stepped back to \(stage.rawValue): \(reason.rawValue)"
        case .refusedWish(let phase): "there is no phase \(phase)"
        case .violation(let what): "red for all is shown instead of what must not be: \(what)"
        }
    }
}
