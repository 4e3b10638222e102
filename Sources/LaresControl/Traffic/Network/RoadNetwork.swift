/// What a controller needs to know of a network: its lanes, how they follow each other, and its signals.
public struct RoadNetwork: Sendable, Hashable {
    /// A lane of a road, of a junction's inside, or a way for pedestrians.
    public struct Lane: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// In metres.
        public let length: Double
        /// The speed that is allowed, in m/s.
        public let speed: Double
        /// Whether nothing but pedestrians may use it.
        public let isForPedestrians: Bool
    }

    /// A way from one lane to another.
    public struct Connection: Sendable, Hashable {
        /// The names of the lanes.
        public let from: String, to: String
        /// The lane inside the junction; nil: none.
        public let via: String?
        /// The signal and the place of the light in its states; nil: no signal.
        public let light: Light?
        /// As SUMO has it: s straight, l left, r right, t turn.
        public let direction: String

        /// A light of a signal.
        public struct Light: Sendable, Hashable {
            /// The signal's name.
            public let signal: String
            /// Its place in the states.
            public let index: Int
        }
    }

    /// Which movements of a junction cross, and who gives way, by the places of the movements.
    public struct Junction: Sendable, Hashable {
        /// Its name.
        public let name: String
        /// Where it is, in metres.
        public let x: Double, y: Double
        /// The lanes inside, in the order of the movements.
        public let insideLanes: [String]
        /// Who crosses whom.
        public let foes: [[Bool]]
        /// Who gives way to whom.
        public let givesWay: [[Bool]]
    }

    /// A phase of a signal's own programme.
    public struct ProgrammePhase: Sendable, Hashable {
        /// In seconds.
        public let duration: Double
        /// As the file has it: one letter for each link.
        public let state: String
    }

    /// By name.
    public internal(set) var lanes: [String: Lane] = [:]
    /// In the order of the file.
    public internal(set) var connections: [Connection] = []
    /// By name; those with movements that cross.
    public internal(set) var junctions: [String: Junction] = [:]
    /// The first programme of each signal, by the signal's name.
    public internal(set) var programmes: [String: [ProgrammePhase]] = [:]
    /// The signals' names, sorted.
    public var signals: [String] { programmes.keys.sorted() }

    /// Those with more than one green phase: the others have nothing to decide.
    public var controllableSignals: [String] {
        signals.filter { signal in
            let greens = (programmes[signal] ?? []).map(\.state).filter { $0.contains { $0 == "g" || $0 == "G" } && !$0.contains("y") }
            return Set(greens).count > 1
        }
    }

    init() {}
}
