/// Who has the say over what is controlled.
public enum EnergyMode: Codable, Hashable, Sendable {
    /// The controller, as far as it is trusted.
    case automatic
    /// A person: nothing is ordered until they hand it back.
    case paused(Takeover)
    /// A person, who wants the battery to take so many kW (below zero: to give), until a moment or until they hand it back.
    case manual(Takeover, kilowatts: Double, until: Double?)

    /// Who took over, and when, in seconds since 1970.
    public struct Takeover: Codable, Hashable, Sendable {
        /// Their name; "lares" when the controller stepped aside by itself.
        public let by: String
        /// When.
        public let at: Double
        /// Why, in their words; empty: they said nothing.
        public let reason: String
    }

    /// Who has it; nil: the controller.
    public var takeover: Takeover? {
        switch self {
        case .automatic: nil
        case .paused(let takeover), .manual(let takeover, _, _): takeover
        }
    }

    /// The word that the API gives.
    public var word: String {
        switch self {
        case .automatic: "automatic"
        case .paused: "paused"
        case .manual: "manual"
        }
    }
}
