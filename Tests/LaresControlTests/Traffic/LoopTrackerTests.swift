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

    /// Seconds of three loops: at the line, 40 m and 120 m before it.
    private static func three(line: Float = 0, near: Float = 0, isCovered: Bool = false, far: Float = 0) -> [LoopReading] {
        let loops = loops(line: line, far: far)
        let between = LoopReading(distance: 40, count: near, occupancy: isCovered ? 1 : 0, speed: near > 0 ? 10 : nil)
        return [loops[0], loops[1], between]
    }

    @Test func nobodyGetsPastALoopUncounted() throws {
        var tracker = try Self.tracker()
        tracker.see(Self.three(far: 1), isGreen: true)
        for _ in 0..<6 { tracker.see(Self.three(), isGreen: true) }
        // 120 m less six seconds: it should be at the loop now, and waits there to be counted.
        #expect(tracker.vehicles.map { $0.distance > 40 && $0.distance < 45 } == [true])
        tracker.see(Self.three(near: 1), isGreen: true)
        #expect(tracker.vehicles.map(\.distance) == [40] && tracker.vehicles.map(\.speed) == [10])
    }

    @Test func whoTookAnotherLaneIsForgottenAtTheNextLoop() throws {
        var tracker = try Self.tracker()
        tracker.see(Self.three(far: 1), isGreen: false)
        for _ in 0..<12 { tracker.see(Self.three(), isGreen: false) }
        #expect(tracker.vehicles.isEmpty)
    }

    @Test func whoCameFromAnotherLaneIsSeenAtTheNextLoop() throws {
        var tracker = try Self.tracker()
        tracker.see(Self.three(near: 1), isGreen: false)
        #expect(tracker.vehicles.map(\.distance) == [40])
        for _ in 0..<15 { tracker.see(Self.three(), isGreen: false) }
        #expect(tracker.vehicles.map(\.isStanding) == [true] && tracker.vehicles[0].distance == 0)
    }

    @Test func sharesOfOneVehicleAreOneAgainAtTheNextLoop() throws {
        var tracker = try Self.tracker()
        for _ in 0..<2 {
            var loops = Self.three(far: 1)
            loops[1].share = 0.5
            tracker.see(loops, isGreen: false)
        }
        for _ in 0..<5 { tracker.see(Self.three(), isGreen: false) }
        tracker.see(Self.three(near: 1), isGreen: false)
        #expect(tracker.vehicles.map(\.share) == [1])
    }

    @Test func aLoopThatStaysCoveredShowsItsQueue() throws {
        var tracker = try Self.tracker()
        for _ in 0..<3 { tracker.see(Self.three(isCovered: true), isGreen: false) }
        #expect(tracker.vehicles.isEmpty, "somebody drives over it")
        tracker.see(Self.three(isCovered: true), isGreen: false)
        // Four fifths of 40 m, 7.5 m each.
        #expect(tracker.vehicles.count == 5 && tracker.vehicles.allSatisfy { $0.isStanding && $0.distance < 40 })
    }

    @Test func loopsLieWhereItIsCertainWhoPassesThem() throws {
        let plan = try RoadNetworkTests.crossing()
        let places = LoopPlaces([plan])
        #expect(places.loops[0].allSatisfy { $0.map(\.distance) == [1.5, 120, 40] && $0.allSatisfy { $0.share == 1 } })
    }

    /// Whatever loops say, the memory is bounded and the numbers are numbers.
    @Test func wildLoopsDoNoHarm() throws {
        var tracker = try Self.tracker()
        for step in 0..<5_000 {
            let wild: [Float] = [0, 1, 1e9, -1, .nan, .infinity]
            let loops = Self.loops(line: wild[step % 6], isOccupied: step % 5 == 0, far: wild[step % 7 % 6])
            let between = LoopReading(distance: 40, count: wild[step % 11 % 6], occupancy: wild[step % 4], speed: wild[step % 6])
            tracker.see(step % 2_000 < 1_000 ? loops : loops + [between], isGreen: step % 3 == 0)
        }
        #expect(tracker.vehicles.count <= 121 && tracker.vehicles.allSatisfy { $0.distance.isFinite && $0.waited.isFinite })
    }
}
