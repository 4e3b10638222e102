/// Who is on an approach, as far as its loops tell: vehicles that passed a loop are moved on until they pass the next one.
///
/// Each loop is a gate: nobody gets past it uncounted, and who was counted is there. So what was missed, and who changed lanes, is made good at the
/// next loop; a loop that stays covered shows a queue that reaches it.
public struct LoopTracker: Sendable {
    /// Vehicles, those nearest to the line first.
    public var vehicles: [SeenVehicle] { followed.map(\.vehicle) }

    private struct Followed: Sendable {
        var vehicle: SeenVehicle
        /// Whether it hasn't passed the loop near the line yet, where there is one.
        var isFar = false
        /// Seconds that it should have been counted there.
        var held = 0
    }

    private var followed: [Followed] = []
    private let speed: Float
    /// Seconds in which nobody passed the line though they might.
    private var quiet = 0
    /// Seconds without end that a loop has been covered, by loop.
    private var covered: [Int] = []
    /// As many as an approach of 200 m on a few lanes holds.
    private static let most = 120
    /// Seconds until who should have been counted is taken for gone: at the line, at another loop.
    private static let patience = 4, patienceAtLoop = 3
    /// Seconds after which a covered loop shows a queue; who just drives over it, or sets off on it, is quicker.
    private static let queueAfter = 4
    /// How far from a loop somebody may have been taken to be who is counted there, in metres.
    private static let match: Float = 35
    /// In m/s²: how they speed up, and brake.
    private static let acceleration: Float = 2, braking: Float = 4
    /// How much of a lane's room a queue takes at least.
    private static let density: Float = 0.8

    /// Nobody yet.
    public init(_ approach: Approach) { speed = Float(approach.speed) }

    /// A second of loops.
    /// - Parameters:
    ///   - loops: The one at the stop line first.
    ///   - isGreen: Whether the approach may go.
    public mutating func see(_ loops: [LoopReading], isGreen: Bool) {
        guard let line = loops.first else { return }
        let gate = loops.dropFirst().map(\.distance).filter { $0 <= LoopPlaces.nearest }.max()
        leave(line, isGreen: isGreen)
        move(isGreen: isGreen, gate: gate)
        followed.removeAll { $0.held > Self.patienceAtLoop }
        for loop in loops.dropFirst() { count(loop, hasGate: gate != nil) }
        followed.sort { $0.vehicle.distance < $1.vehicle.distance }
        for (place, loop) in loops.enumerated().dropFirst() { fill(loop, place: place, gate: gate) }
        if line.occupancy >= 0.99, !isGreen, followed.first.map({ $0.vehicle.distance > 4 }) ?? true {
            followed.insert(Followed(vehicle: .init(distance: 0, speed: 0, waited: 0)), at: 0)
        }
    }

    /// What a loop may count in a second, whatever it says: its health is judged elsewhere.
    private static func plausible(_ count: Float) -> Float { count.isFinite ? min(max(count, 0), 4) : 0 }

    private mutating func leave(_ line: LoopReading, isGreen: Bool) {
        var gone = Self.plausible(line.count)
        while gone > 0, let first = followed.first, first.vehicle.distance < 40, !first.isFar {
            let share = first.vehicle.share
            if share <= gone + 0.01 { followed.removeFirst() } else { followed[0].vehicle.share -= gone }
            gone -= share
        }
        quiet = isGreen && line.count == 0 && line.occupancy < 0.5 ? quiet + 1 : 0
        // They took another lane, or were never there.
        if quiet > Self.patience { followed.removeAll { !$0.isFar && $0.vehicle.distance < 8 } }
    }

    private mutating func move(isGreen: Bool, gate: Float?) {
        var place: Float = 0
        for i in followed.indices {
            var vehicle = followed[i].vehicle
            let limit = followed[i].isFar ? max(place, (gate ?? 0) + 0.5) : place
            let passesLine = isGreen && place == 0 && !followed[i].isFar
            var wanted = min(speed, vehicle.speed + Self.acceleration)
            if !passesLine { wanted = min(wanted, max(0, 2 * Self.braking * (vehicle.distance - limit)).squareRoot()) }
            let reached = min(max(vehicle.distance - wanted, limit), vehicle.distance)
            let isHeld = followed[i].isFar && limit > place && reached <= limit + 0.01
            let driven = vehicle.distance - reached
            // Who waits to be counted, at the line or at a loop, still drives as far as anybody knows.
            vehicle.speed = passesLine && reached <= 0.01 ? max(driven, vehicle.speed) : isHeld ? max(driven, vehicle.speed * 0.9) : driven
            vehicle.waited = vehicle.speed < 0.5 ? vehicle.waited + 1 : 0
            vehicle.distance = reached
            followed[i].held = isHeld ? followed[i].held + 1 : 0
            followed[i].vehicle = vehicle
            place = reached + Float(Approach.vehicleSpace) * min(1, vehicle.share)
        }
    }

    /// Those whom a loop counted, further away than the line.
    private mutating func count(_ loop: LoopReading, hasGate: Bool) {
        let passed = loop.speed.flatMap { (0...70).contains($0) ? $0 : nil } ?? speed
        let isNear = loop.distance <= LoopPlaces.nearest
        for _ in 0..<Int(Self.plausible(loop.count)) where followed.count < Self.most {
            if isNear { take(before: loop.distance + Self.match) }
            let vehicle = SeenVehicle(distance: loop.distance, speed: passed, waited: 0, share: loop.share)
            followed.append(Followed(vehicle: vehicle, isFar: !isNear && hasGate))
            if isNear { followed.sort { $0.vehicle.distance < $1.vehicle.distance } }
        }
    }

    /// One vehicle of those who were on their way to the loop near the line, the nearest first; it may have been several shares of one.
    private mutating func take(before distance: Float) {
        var (place, needed) = (0, Float(1))
        while place < followed.count, needed > 0.01 {
            let vehicle = followed[place].vehicle
            guard followed[place].isFar, vehicle.distance < distance else {
                place += 1
                continue
            }
            if vehicle.share <= needed + 0.01 { followed.remove(at: place) } else { followed[place].vehicle.share -= needed }
            needed -= vehicle.share
        }
    }

    /// A loop that stays covered: the queue reaches it, whoever was seen to join it.
    private mutating func fill(_ loop: LoopReading, place: Int, gate: Float?) {
        while covered.count <= min(place, 15) { covered.append(0) }
        guard covered.indices.contains(place) else { return }
        covered[place] = loop.occupancy >= 0.99 ? covered[place] + 1 : 0
        guard covered[place] >= Self.queueAfter, loop.share > 0.9 else { return }
        let known = followed.reduce(0) { $0 + ($1.vehicle.distance < loop.distance ? $1.vehicle.share : 0) }
        let room = Float(Approach.vehicleSpace)
        let missing = (min(max(loop.distance, 0), Float(Approach.reach)) * Self.density / room - known).rounded(.up)
        guard missing > 0 else { return }
        for number in 0..<Int(missing) where followed.count < Self.most {
            let distance = max(0, loop.distance - room * Float(number) - 1)
            let vehicle = SeenVehicle(distance: distance, speed: 0, waited: 1)
            followed.append(Followed(vehicle: vehicle, isFar: gate.map { distance > $0 } ?? false))
        }
        followed.sort { $0.vehicle.distance < $1.vehicle.distance }
    }
}
