/// How far a controller is trusted: it is promoted one stage at a time, on figures, and steps back by itself.
public enum Stage: String, CaseIterable, Codable, Sendable, Comparable {
    /// It decides and is compared, with what the fall-back does and with who waits for it; nothing it decides is sent.
    case shadow
    /// What it decides is sent where it stays close to what the fall-back would do.
    case guarded
    /// What it decides is sent, inside the safety shell.
    case active

    /// Whether one is trusted less than the other.
    public static func < (one: Stage, other: Stage) -> Bool { one.rank < other.rank }

    /// The stage that follows, nil past the last.
    public var next: Stage? { Stage.allCases.first { $0 > self } }

    /// The stage to step back to, nil before the first.
    public var previous: Stage? { Stage.allCases.last { $0 < self } }

    private var rank: Int {
        switch self {
        case .shadow: 0
        case .guarded: 1
        case .active: 2
        }
    }
}
