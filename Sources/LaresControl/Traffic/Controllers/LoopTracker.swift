/// Who is on an approach, as far as its loops tell: vehicles that passed a loop far away are moved on until they pass the one at the stop line.
///
/// What was missed is made good where the loops show it: somebody who stands at the line is there, and who should have left long ago has.
public struct LoopTracker: Sendable {
    /// Vehicles, those nearest to the line first.
    public private(set) var vehicles: [SeenVehicle] = []
    private let speed: Float
    /// Seconds in which nobody passed the line though they might.
    private var quiet = 0
    /// As many as an approach of 200 m on a few lanes holds.
    private static let most = 120
    private static let patience = 4

    /// Nobody yet.
    public init(_ approach: Approach) { speed = Float(approach.speed) }

    /// A second of loops.
    /// - Parameter isGreen: Whether the approach may go.
    public mutating func see(_ loops: [LoopReading], isGreen: Bool) {
        guard let line = loops.first else { return }
        leave(line, isGreen: isGreen)
        move(isGreen: isGreen)
        for loop in loops.dropFirst() {
            let passed = loop.speed.flatMap { (0...70).contains($0) ? $0 : nil } ?? speed
            for _ in 0..<Int(Self.plausible(loop.count)) where vehicles.count < Self.most {
                vehicles.append(.init(distance: loop.distance, speed: passed, waited: 0, share: loop.share))
            }
        }
        vehicles.sort { $0.distance < $1.distance }
        if line.occupancy >= 0.99, !isGreen, vehicles.first.map({ $0.distance > 4 }) ?? true {
            vehicles.insert(.init(distance: 0, speed: 0, waited: 0), at: 0)
        }
    }

    /// What a loop may count in a second, whatever it says: its health is judged elsewhere.
    private static func plausible(_ count: Float) -> Float { count.isFinite ? min(max(count, 0), 4) : 0 }

    private mutating func leave(_ line: LoopReading, isGreen: Bool) {
        var gone = Self.plausible(line.count)
        while gone > 0, let first = vehicles.first, first.distance < 40 {
            let share = first.share
            if share <= gone + 0.01 { vehicles.removeFirst() } else { vehicles[0].share -= gone }
            gone -= share
        }
        quiet = isGreen && line.count == 0 && line.occupancy < 0.5 ? quiet + 1 : 0
        // They took another lane, or were never there.
        if quiet > Self.patience { vehicles.removeAll { $0.distance < 8 } }
    }

    private mutating func move(isGreen: Bool) {
        var place: Float = 0
        for i in vehicles.indices {
            let wanted = vehicles[i].distance - max(isGreen ? 3 : 0, vehicles[i].speed == 0 ? (isGreen ? speed / 2 : 0) : speed)
            let reached = min(vehicles[i].distance, max(wanted, place))
            vehicles[i].speed = vehicles[i].distance - reached
            vehicles[i].waited = vehicles[i].speed < 0.5 ? vehicles[i].waited + 1 : 0
            vehicles[i].distance = reached
            place = reached + Float(Approach.vehicleSpace) * min(1, vehicles[i].share)
        }
    }
}
