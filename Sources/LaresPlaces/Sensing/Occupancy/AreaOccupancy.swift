public import LaresThings

/// Whether people are in an area, how probable that is, and which sensors say so.
public struct AreaOccupancy: Hashable, Sendable {
    /// Whether people are there, as far as one acts on it.
    public let isOccupied: Bool
    /// How probable it is, 0 to 0.99.
    public let probability: Double
    /// What says so, the strongest first; at most eight.
    public let evidence: [Evidence]

    /// What one sensor says.
    public struct Evidence: Hashable, Sendable {
        /// The sensor.
        public let address: PropertyAddress
        /// Why it counts.
        public let kind: Kind
        /// How probable it makes it by itself.
        public let weight: Double

        /// Why a sensor counts.
        public enum Kind: String, Hashable, Sendable, CaseIterable {
            /// Something moves, or moved a short time ago.
            case motion
            /// Somebody is there.
            case presence
            /// Somebody was inside when this door was closed, and it hasn't been opened since.
            case closedDoor = "closed_door"
            /// It was opened or closed.
            case passage
            /// A hand worked it.
            case hand
        }
    }
}

/// Finds out whether people are in an area.
///
/// Each sensor makes it so probable by itself, less as time goes by; together they are as probable as that not all of them are wrong. Who was seen inside closed
/// doors stays there until one opens, be he ever so still.
struct OccupancyJudge: Sendable {
    static let occupied = 0.6, clear = 0.25
    /// Once occupied, at least so many seconds.
    static let hold = 60.0
    /// Motion within so many seconds after a door was closed may be of one who left; motion that still lasts after so many isn't.
    static let settling = 10.0, lingering = 120.0
    /// Nobody stays behind closed doors longer without being seen.
    static let longestInside = 12 * 3600.0
    /// A sensor of presence that says no for so many seconds knows better than closed doors.
    static let emptiness = 900.0
    /// For how long motion counts until the area is taken as empty: the pauses there usually are, as far as learned.
    static let pause = Habit.Bounds(600, least: 180, most: 1800)

    var sources: [OccupancySource] = []
    var isOccupied = false
    var occupiedAt = 0.0
    /// When a door last moved; nil: none ever did.
    var doorAt: Double?
    var isInside = false
    /// When somebody was last seen.
    var activeAt: Double?
    /// How often sensors of motion and presence became true.
    var activity = 0
    /// The pauses between movements of people who were there, in seconds.
    var pauses = QuantileEstimate(0.9)

    /// For how long motion counts.
    var patience: Double {
        guard pauses.count >= 30, let usual = pauses.value else { return Self.pause.beginning }
        return min(Self.pause.most, max(Self.pause.least, usual))
    }
}

/// What sensors say.
extension OccupancyJudge {
    /// Takes in what a source says.
    ///
    /// - Parameter byHand: Whether a lamp or a switch was worked by hand.
    mutating func take(_ state: Bool?, from place: Int, byHand: Bool = false, at now: Double) {
        let (before, role) = (sources[place].state, sources[place].role)
        guard state != before || byHand else { return }
        sources[place].state = state
        switch role {
        case .motion, .presence: if state == true { see(place, at: now) } else if before == true { leave(place, at: now) }
        case .door: if before != nil, state != nil { moveDoor(place, at: now) }
        case .window: if before != nil, state != nil { sources[place].seenAt = now }
        case .hand: if byHand { see(place, at: now) }
        }
    }

    private mutating func see(_ place: Int, at now: Double) {
        guard sources[place].isTrusted else { return }
        if let activeAt, !isSomethingActive(besides: place) {
            let pause = now - activeAt
            // A longer one was a time without people; a little more than counts shows that it should count longer.
            if pause > 0, pause < patience + 120 { pauses.take(pause) }
        }
        if sources[place].role != .hand { activity += 1 }
        (sources[place].seenAt, activeAt) = (now, now)
        if areDoorsClosed, let doorAt, now - doorAt > Self.settling { isInside = true }
    }

    private mutating func leave(_ place: Int, at now: Double) {
        guard sources[place].isTrusted else { return }
        (sources[place].seenAt, activeAt) = (now, now)
    }

    private func isSomethingActive(besides place: Int) -> Bool {
        sources.indices.contains { $0 != place && sources[$0].isTrusted && sources[$0].isActive }
    }

    private mutating func moveDoor(_ place: Int, at now: Double) {
        (sources[place].seenAt, doorAt, isInside) = (now, now, false)
    }

    /// Whether there are doors that count, all of them known and closed.
    private var areDoorsClosed: Bool {
        var isAny = false
        for source in sources where source.role == .door && source.isTrusted {
            guard source.state == false else { return false }
            isAny = true
        }
        return isAny
    }
}

extension OccupancySource {
    /// Whether it says that somebody is there or moves, right now.
    var isActive: Bool { (role == .motion || role == .presence) && state == true }
}

/// What follows.
extension OccupancyJudge {
    /// What is so at a moment.
    mutating func judge(at now: Double) -> AreaOccupancy {
        watchDoors(at: now)
        let evidence = evidence(at: now)
        let probability = min(0.99, 1 - evidence.reduce(1) { $0 * (1 - $1.weight) })
        if !isOccupied, probability >= Self.occupied {
            (isOccupied, occupiedAt) = (true, now)
        } else if isOccupied, probability < Self.clear, !(0..<Self.hold).contains(now - occupiedAt) {
            isOccupied = false
        }
        let shown = evidence.sorted { ($1.weight, $0.address.description) < ($0.weight, $1.address.description) }.prefix(8)
        return AreaOccupancy(isOccupied: isOccupied, probability: probability, evidence: Array(shown))
    }

    /// Who still moves long after a door was closed is inside; who wasn't seen for long isn't.
    private mutating func watchDoors(at now: Double) {
        if !isInside, let doorAt, now - doorAt > Self.lingering, areDoorsClosed {
            isInside = sources.contains { $0.isTrusted && $0.isActive && ($0.seenAt ?? now) <= doorAt + Self.settling }
        }
        guard isInside else { return }
        if now - (activeAt ?? 0) > Self.longestInside || !areDoorsClosed || emptyFor(now) > Self.emptiness { isInside = false }
    }

    /// For how many seconds the sensors of presence have all said no; 0 when there are none.
    private func emptyFor(_ now: Double) -> Double {
        var since = Double.infinity
        for source in sources where source.role == .presence && source.isTrusted {
            guard source.state == false else { return 0 }
            since = min(since, now - (source.seenAt ?? now))
        }
        return since.isFinite ? since : 0
    }

    private func evidence(at now: Double) -> [AreaOccupancy.Evidence] {
        // After so many halvings what motion says isn't enough any more; a sensor of presence that sees nobody makes them four times as fast.
        let halvings = 1.926
        let haste = emptyFor(now) > 0 ? 4.0 : 1
        var evidence: [AreaOccupancy.Evidence] = []
        for source in sources where source.isTrusted {
            let half: Double
            let kind: AreaOccupancy.Evidence.Kind
            switch source.role {
            case .motion: (half, kind) = (patience / halvings / haste, .motion)
            case .presence: (half, kind) = (15, .presence)
            case .door: (half, kind) = (60, .passage)
            case .window: (half, kind) = (300, .passage)
            case .hand: (half, kind) = (300 / haste, .hand)
            }
            guard let seenAt = source.seenAt else { continue }
            let age = source.isActive ? 0 : max(0, now - seenAt)
            guard age < 12 * half else { continue }
            add(source, kind, source.weight * Self.halved(age / half), to: &evidence)
        }
        if isInside, let door = lastDoor { add(door, .closedDoor, 0.9, to: &evidence) }
        return evidence
    }

    private func add(
        _ source: OccupancySource, _ kind: AreaOccupancy.Evidence.Kind, _ weight: Double, to evidence: inout [AreaOccupancy.Evidence]
    ) {
        if weight >= 0.01 { evidence.append(.init(address: source.address, kind: kind, weight: weight)) }
    }

    private var lastDoor: OccupancySource? {
        sources.filter { $0.role == .door && $0.isTrusted }.max { ($0.seenAt ?? 0) < ($1.seenAt ?? 0) }
    }
}
