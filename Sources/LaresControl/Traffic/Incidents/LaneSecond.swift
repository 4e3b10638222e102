/// One second of a lane before a stop line, as its detectors and its light told it.
public struct LaneSecond: Sendable, Hashable {
    /// What the light lets the lane do.
    public enum Light: Int, Sendable, Hashable, Comparable {
        /// Nothing.
        case stops
        /// Some of its ways go, or give way.
        case yields
        /// All of its ways go and have priority.
        case goes

        /// From stopping to going.
        public static func < (one: Light, other: Light) -> Bool { one.rawValue < other.rawValue }
    }

    /// A vehicle of the lane.
    public struct Vehicle: Sendable, Hashable {
        /// Metres to the stop line.
        public let distance: Float
        /// In m/s.
        public let speed: Float

        /// A vehicle.
        public init(distance: Float, speed: Float) { (self.distance, self.speed) = (distance, speed) }
    }

    /// What the light shows.
    public var light: Light
    /// Vehicles that are seen on the lane itself, nearest first; nil: nobody looks.
    public var vehicles: [Vehicle]?
    /// What its loops tell; nil: it has none.
    public var loops: Loops?
    /// Vehicles that stand behind the junction, for each lane there; 0 where nobody looks.
    public var standingBehind: Float

    /// What loops tell.
    public struct Loops: Sendable, Hashable {
        /// Vehicles that left the loop at the stop line.
        public var passed: Double
        /// How much of the second that loop was occupied, 0…1.
        public var occupied: Double
        /// Vehicles that passed the loops further away, each as far as it comes to this lane.
        public var came: Double
        /// How much of the second those were occupied, 0…1; the most of them.
        public var filled: Double

        /// What loops tell.
        public init(passed: Double, occupied: Double, came: Double, filled: Double = 0) {
            (self.passed, self.occupied, self.came, self.filled) = (passed, occupied, came, filled)
        }
    }

    /// A second.
    public init(light: Light, vehicles: [Vehicle]? = nil, loops: Loops? = nil, standingBehind: Float = 0) {
        (self.light, self.vehicles, self.loops, self.standingBehind) = (light, vehicles, loops, standingBehind)
    }
}

extension LaneSecond {
    /// What an approach's reading says of its lane. Values that can't be are left out: whether a detector can be trusted is judged elsewhere.
    public init(_ reading: ApproachReading, light: Light) {
        self.light = light
        standingBehind = reading.standingBehind.isFinite ? reading.standingBehind : 0
        vehicles = reading.vehicles.map { seen in
            seen.lazy.filter { $0.share > 0.999 && (0...1_000).contains($0.distance) && (0...100).contains($0.speed) }
                .prefix(Self.mostVehicles).map { Vehicle(distance: $0.distance, speed: $0.speed) }
                .sorted { ($0.distance, $0.speed) < ($1.distance, $1.speed) }
        }
        guard let line = reading.loops.first, Self.isPlausible(line) else { return }
        let others = reading.loops.dropFirst().filter { Self.isPlausible($0) && (0...1).contains($0.share) }
        // Who passes a loop further away passes the one near the line too, and comes once.
        let further = others.filter { $0.distance > LoopPlaces.nearest }
        let far = further.isEmpty ? others : further
        loops = Loops(
            passed: Double(line.count), occupied: Double(line.occupancy), came: far.reduce(0) { $0 + Double($1.count * $1.share) },
            filled: Double(far.map(\.occupancy).max() ?? 0))
    }

    private static let mostVehicles = 500

    private static func isPlausible(_ loop: LoopReading) -> Bool { (0...4).contains(loop.count) && (0...1.001).contains(loop.occupancy) }
}

extension SignalPlan {
    /// What the light lets each approach do, by what its links show.
    public func lights(_ aspects: [Aspect]) -> [LaneSecond.Light] {
        approaches.map { approach in
            let shown = zip(links, aspects).filter { $0.0.from.contains(approach.lane) }.map(\.1)
            guard shown.contains(where: \.isGo) else { return .stops }
            return shown.allSatisfy { $0 == .green } ? .goes : .yields
        }
    }
}
