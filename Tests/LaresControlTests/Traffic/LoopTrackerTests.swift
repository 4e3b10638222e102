import LaresControl
import Testing

@Suite struct LoopTrackerTests {
    /// Seconds of two loops, one at the line and one 120 m before it.
    private static func loops(line: Float = 0, isOccupied: Bool = false, far: Float = 0) -> [LoopReading] {
        [
            LoopReading(distance: 1.5, count: line, occupancy: isOccupied ? 1 : 0, speed: nil),
            LoopReading(distance: 120, count: far, occupancy: far > 0 ? 0.4 : 0, speed: 13.89),
        ]
    }

    private static func tracker() throws -> LoopTracker { LoopTracker(try RoadNetworkTests.crossing().approaches[0]) }

    @Test func whoPassedTheFarLoopComesToTheLineAndWaits() throws {
        var tracker = try Self.tracker()
        tracker.see(Self.loops(far: 1), isGreen: false)
        #expect(tracker.vehicles.map(\.distance) == [120])
        for _ in 0..<5 { tracker.see(Self.loops(), isGreen: false) }
        #expect(tracker.vehicles.count == 1 && abs(tracker.vehicles[0].distance - 50.55) < 0.1 && !tracker.vehicles[0].isStanding)
        for _ in 0..<15 { tracker.see(Self.loops(), isGreen: false) }
        #expect(tracker.vehicles[0].isStanding && tracker.vehicles[0].distance == 0 && tracker.vehicles[0].waited > 5)
    }

    @Test func aQueueStandsOneBehindTheOtherAndLeavesOneByOne() throws {
        var tracker = try Self.tracker()
        for _ in 0..<4 {
            tracker.see(Self.loops(far: 1), isGreen: false)
            for _ in 0..<3 { tracker.see(Self.loops(), isGreen: false) }
        }
        for _ in 0..<20 { tracker.see(Self.loops(), isGreen: false) }
        #expect(tracker.vehicles.map(\.distance) == [0, 7.5, 15, 22.5])
        for left in (0..<4).reversed() {
            tracker.see(Self.loops(line: 1), isGreen: true)
            #expect(tracker.vehicles.count == left)
        }
    }

    @Test func whoWasMissedIsSeenAtTheLine() throws {
        var tracker = try Self.tracker()
        tracker.see(Self.loops(isOccupied: true), isGreen: false)
        #expect(tracker.vehicles.map(\.isStanding) == [true])
    }

    @Test func whoIsntThereIsForgotten() throws {
        var tracker = try Self.tracker()
        tracker.see(Self.loops(far: 1), isGreen: false)
        for _ in 0..<20 { tracker.see(Self.loops(), isGreen: false) }
        for _ in 0..<8 { tracker.see(Self.loops(), isGreen: true) }
        #expect(tracker.vehicles.isEmpty)
    }

    /// Whatever loops say, the memory is bounded and the numbers are numbers.
    @Test func wildLoopsDoNoHarm() throws {
        var tracker = try Self.tracker()
        for step in 0..<5_000 {
            let wild: [Float] = [0, 1, 1e9, -1, .nan, .infinity]
            let loops = Self.loops(line: wild[step % 6], isOccupied: step % 5 == 0, far: wild[step % 7 % 6])
            tracker.see(loops, isGreen: step % 3 == 0)
        }
        #expect(tracker.vehicles.count <= 121 && tracker.vehicles.allSatisfy { $0.distance.isFinite && $0.waited.isFinite })
    }
}
