/// What one signal shows to one movement.
public enum Aspect: UInt8, Sendable, Hashable, CaseIterable {
    /// Stop.
    case red
    /// Stop if that is possible; red follows.
    case yellow
    /// Go, and give way to those who have priority: a left turn beside oncoming traffic.
    case yielding
    /// Go, with priority.
    case green
    /// Red with a green arrow: turn right after a stop.
    case arrow

    /// The aspect of a letter in SUMO's states; nil for those that no controlled phase has.
    public init?(letter: UInt8) {
        switch letter {
        case UInt8(ascii: "r"): self = .red
        case UInt8(ascii: "y"), UInt8(ascii: "Y"): self = .yellow
        case UInt8(ascii: "g"): self = .yielding
        case UInt8(ascii: "G"): self = .green
        case UInt8(ascii: "s"): self = .arrow
        default: return nil
        }
    }

    /// The letter in SUMO's states.
    public var letter: Character {
        switch self {
        case .red: "r"
        case .yellow: "y"
        case .yielding: "g"
        case .green: "G"
        case .arrow: "s"
        }
    }

    /// Whether it shows green light, with or without priority.
    public var isGo: Bool { self == .green || self == .yielding }
}

extension [Aspect] {
    /// As SUMO writes them: one letter for each link.
    public var letters: String { String(map(\.letter)) }
}
