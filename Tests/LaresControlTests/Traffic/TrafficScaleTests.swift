import LaresControl
import Testing

/// How long decisions take. The bounds are generous: they fail when something is wrong by a factor, not when the machine is busy.
@Suite(.serialized) struct TrafficScaleTests {
    private static func milliseconds(_ body: () throws -> Void) rethrows -> Double {
        let time = try ContinuousClock().measure(body)
        return Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) / 1e15
    }

    @Test(arguments: ["actuated", "max-pressure", "max-wave", "learned"]) func aThousandSignalsAreKeptInRealTime(name: String) throws {
        let controllers: [String: any SignalController] = [
            "actuated": Actuated(), "max-pressure": MaxPressure(), "max-wave": MaxWave(), "learned": LearnedController(),
        ]
        let controller = try #require(controllers[name])
        let rules = try ShellRules(RoadNetworkTests.crossing())
        let (signals, seconds) = (1_000, 30)
        var street = Street((0..<signals).map { _ in SignalKeeper(rules, controller) })
        var (port, states) = (SimulatedPort(.init(repeating: rules.plan, count: signals), flow: 300), street.beginning)
        let took = try Self.milliseconds { for _ in 0..<seconds { try street.second(of: &port, states: &states) } }
        print("\(name): \(signals) signals in \(took / Double(seconds)) ms a second, simulated streets included")
        #expect(took / Double(seconds) < 1_000)
        #expect(street.violations == [])
    }

    @Test(arguments: ["max-wave", "learned"]) func aDecisionIsQuick(name: String) throws {
        let plan = try RoadNetworkTests.crossing()
        let vehicles = (0..<10).map { SeenVehicle(distance: Float($0) * 12, speed: $0 < 4 ? 0 : 10, waited: 5) }
        let readings = plan.approaches.map { _ in ApproachReading(vehicles: vehicles) }
        let controller: any SignalController = name == "learned" ? LearnedController() : MaxWave()
        var keeper = SignalKeeper(try ShellRules(plan), controller)
        let decisions = 5_000
        let took = Self.milliseconds { for second in 0..<decisions { _ = keeper.tick(readings, at: Double(second)) } }
        print("\(name): \(took / Double(decisions) * 1e3) µs for a signal and second")
        #expect(took / Double(decisions) < 10)
    }
}
