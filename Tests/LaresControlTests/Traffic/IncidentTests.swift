import LaresControl
import Testing

private typealias Vehicle = LaneSecond.Vehicle

/// The tests' crossing, and a lane of it that is looked at.
private struct Watched {
    var detector: IncidentDetector
    let plan: SignalPlan
    let lane = 0
    var time = 0.0
    var changes: [TrafficIncident.Change] = []

    init(_ settings: IncidentSettings = IncidentSettings()) throws {
        plan = try SignalPlan(of: "c", in: RoadNetwork(parsing: Array(CrossingNetwork.text.utf8)))
        detector = IncidentDetector(plan, settings)
    }

    /// Seconds in which the lane has these vehicles, and nothing else happens.
    mutating func pass(_ seconds: Int, light: LaneSecond.Light, _ vehicles: [Vehicle] = [], standingBehind: Float = 0) {
        for _ in 0..<seconds {
            time += 1
            let second = plan.approaches.indices.map {
                LaneSecond(light: $0 == lane ? light : .stops, vehicles: $0 == lane ? vehicles : [], standingBehind: standingBehind)
            }
            changes += detector.tick(second, at: time)
        }
    }

    var kinds: [TrafficIncident.Kind] {
        changes.compactMap { if case .began(let incident) = $0 { incident.kind } else { nil } }
    }
}

@Suite struct IncidentTests {
    @Test func aVehicleThatStandsBeforeAFreeWayIsSeenWithinHalfAMinute() throws {
        var street = try Watched()
        street.pass(400, light: .goes)
        street.pass(30, light: .stops, [Vehicle(distance: 60, speed: 0)])
        #expect(street.kinds == [.stranded])
        guard case .began(let incident) = street.changes[0] else { return }
        #expect(incident.lane == street.plan.approaches[0].lane && incident.signal == "c" && incident.time <= 425)
        #expect(street.detector.open == [incident])
        street.pass(61, light: .stops)
        #expect(street.changes.last == .ended(incident, at: street.time - 1) || street.changes.last == .ended(incident, at: street.time))
        #expect(street.detector.open.isEmpty)
    }

    @Test func aQueueAtRedIsNoIncidentHoweverLongItStands() throws {
        var street = try Watched()
        street.pass(400, light: .goes)
        let queue = (0..<20).map { Vehicle(distance: 1 + 7.5 * Float($0), speed: 0) }
        street.pass(600, light: .stops, queue)
        #expect(street.changes.isEmpty)
    }

    @Test(arguments: [LaneSecond.Light.goes, .yields]) func whoDoesntGoAtGreenIsStuck(light: LaneSecond.Light) throws {
        var street = try Watched()
        street.pass(400, light: .stops)
        street.pass(39, light: light, [Vehicle(distance: 1, speed: 0)])
        #expect(street.changes.isEmpty)
        street.pass(1, light: light, [Vehicle(distance: 1, speed: 0)])
        #expect(street.kinds == [.stuck])
    }

    @Test func whoCantLeaveBecauseTheRoadBehindIsFullIsNotStuck() throws {
        var street = try Watched()
        street.pass(400, light: .stops)
        street.pass(300, light: .goes, [Vehicle(distance: 1, speed: 0)], standingBehind: 1)
        #expect(street.changes.isEmpty)
    }

    @Test func whoStopsShortOfTheLineAndStaysAtGreenIsStranded() throws {
        var street = try Watched()
        street.pass(400, light: .stops)
        street.pass(60, light: .stops, [Vehicle(distance: 11, speed: 0)])
        street.pass(7, light: .yields, [Vehicle(distance: 11, speed: 0)])
        #expect(street.changes.isEmpty)
        street.pass(1, light: .yields, [Vehicle(distance: 11, speed: 0)])
        #expect(street.kinds == [.stranded])
    }

    @Test func whereTheFirstInLineAlwaysStopsShortThatIsUsual() throws {
        var street = try Watched()
        for _ in 0..<20 {
            street.pass(30, light: .stops, [Vehicle(distance: 11, speed: 0)])
            street.pass(5, light: .goes)
        }
        street.pass(60, light: .stops, [Vehicle(distance: 11, speed: 0)])
        street.pass(20, light: .goes, [Vehicle(distance: 11, speed: 0)])
        #expect(street.changes.isEmpty)
    }

    @Test func whoTakesThePlaceOfTheFirstInLineHasItsOwnGreen() throws {
        var street = try Watched()
        street.pass(400, light: .stops)
        // The first turns left after 30 s of green, by a lane beside: the second stood as long behind it.
        street.pass(30, light: .yields, [Vehicle(distance: 1, speed: 0), Vehicle(distance: 9, speed: 0)])
        street.pass(7, light: .yields, [Vehicle(distance: 9, speed: 0)])
        #expect(street.changes.isEmpty)
    }

    @Test func whoStandsWhereTheLaneBeginsIsSeen() throws {
        var street = try Watched()
        let far = Float(street.plan.approaches[0].stretches[0].length) - 2
        street.pass(400, light: .goes)
        street.pass(30, light: .goes, [Vehicle(distance: far, speed: 0)])
        #expect(street.kinds == [.stranded])
    }

    @Test func whatIsUsualForALaneIsNoIncident() throws {
        var street = try Watched()
        // Each green somebody waits for 30 s to turn left: 59 s are as usual then, 60 aren't.
        for _ in 0..<10 {
            street.pass(30, light: .yields, [Vehicle(distance: 1, speed: 0)])
            street.pass(40, light: .stops)
        }
        street.pass(59, light: .yields, [Vehicle(distance: 1, speed: 0)])
        #expect(street.changes.isEmpty)
        street.pass(2, light: .yields, [Vehicle(distance: 1, speed: 0)])
        #expect(street.kinds == [.stuck])
    }

    @Test func nothingIsToldWhileItLearns() throws {
        var street = try Watched()
        street.pass(299, light: .goes, [Vehicle(distance: 60, speed: 0)])
        #expect(street.changes.isEmpty)
        street.pass(2, light: .goes, [Vehicle(distance: 60, speed: 0)])
        #expect(street.kinds == [.stranded])
    }

    @Test func somebodyWhoDrivesByDoesntHideAVehicleThatStands() throws {
        var street = try Watched()
        street.pass(400, light: .goes)
        for second in 0..<60 {
            // Every other second somebody has changed lanes before it.
            let before = second.isMultiple(of: 2) ? [Vehicle(distance: 52, speed: 8)] : []
            street.pass(1, light: .goes, before + [Vehicle(distance: 60, speed: 0)])
        }
        #expect(street.kinds == [.stranded])
    }

    @Test func valuesThatCantBeChangeNothing() throws {
        var street = try Watched()
        street.pass(400, light: .goes)
        let wild: [Float] = [.nan, .infinity, -.infinity, -1e30, 1e30, 0]
        for distance in wild {
            for speed in wild {
                street.pass(1, light: .goes, [Vehicle(distance: distance, speed: speed)])
                let reading = ApproachReading(
                    vehicles: [SeenVehicle(distance: distance, speed: speed, waited: 0, share: 1)],
                    loops: [LoopReading(distance: 1, count: distance, occupancy: speed, speed: nil)])
                let second = LaneSecond(reading, light: .goes)
                #expect(second.vehicles?.allSatisfy { $0.distance.isFinite && $0.speed.isFinite } ?? false)
                #expect((second.loops.map { $0.passed.isFinite && $0.occupied.isFinite }) ?? true)
            }
        }
        #expect(street.detector.tick([], at: 1).isEmpty && street.detector.tick(nil, lights: [], at: 1).isEmpty)
    }

    @Test func whoPassesTwoLoopsComesOnce() {
        func second(_ distances: [Float]) -> LaneSecond.Loops? {
            let loops = distances.map { LoopReading(distance: $0, count: 1, occupancy: $0 < 50 ? 0.9 : 0.2, speed: 10) }
            return LaneSecond(ApproachReading(loops: loops), light: .stops).loops
        }
        #expect(second([1.5, 120, 40]) == .init(passed: 1, occupied: Double(Float(0.9)), came: 1, filled: Double(Float(0.2))))
        // A short road has none further away.
        #expect(second([1.5, 35])?.came == 1)
        #expect(second([1.5])?.came == 0)
    }

    @Test func lightsSayWhatAnApproachMayDo() throws {
        let plan = try SignalPlan(of: "c", in: RoadNetwork(parsing: Array(CrossingNetwork.text.utf8)))
        for phase in plan.phases.indices {
            let lights = plan.lights(plan.phases[phase])
            for place in plan.approaches.indices {
                let (priority, yielding) = (plan.priority[phase][place], plan.yielding[phase][place])
                let wanted: LaneSecond.Light = priority + yielding == 0 ? .stops : priority > 0.999 ? .goes : .yields
                #expect(lights[place] == wanted)
            }
        }
        #expect(plan.lights([]).allSatisfy { $0 == .stops })
    }
}

@Suite struct ShareTests {
    @Test(arguments: [(95, 100, 0.8882, 0.9785), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0)])
    func theIntervalIsWilsons(_ count: Int, _ total: Int, _ low: Double, _ high: Double) {
        let interval = Share(count, of: total).interval
        #expect(abs(interval.lowerBound - low) < 5e-4 && abs(interval.upperBound - high) < 5e-4)
    }

    @Test(arguments: [(0, 0.0, 3.69), (1, 0.025, 5.57), (10, 4.80, 18.39)])
    func theIntervalOfACountIsPoissons(_ count: Int, _ low: Double, _ high: Double) {
        let interval = EventCount(count).interval
        #expect(abs(interval.lowerBound - low) < 0.1 && abs(interval.upperBound - high) < 0.1)
    }
}
