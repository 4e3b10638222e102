import Foundation
import LaresControl
import LaresPlaces
import LaresThings
import Synchronization

/// Two one-way streets that cross: from the west and from the south.
enum SmallCrossing {
    static let text = """
        <net version="1.20">
        <location netOffset="0.00,0.00" convBoundary="0.00,0.00,200.00,200.00" projParameter="!"/>
        <edge id=":c_0" function="internal"><lane id=":c_0_0" index="0" speed="13.9" length="10" shape="95,100 105,100"/></edge>
        <edge id=":c_1" function="internal"><lane id=":c_1_0" index="0" speed="13.9" length="10" shape="100,95 100,105"/></edge>
        <edge id="w" from="W" to="c"><lane id="w_0" index="0" speed="13.9" length="95" shape="0,100 95,100"/></edge>
        <edge id="e" from="c" to="E"><lane id="e_0" index="0" speed="13.9" length="95" shape="105,100 200,100"/></edge>
        <edge id="s" from="S" to="c"><lane id="s_0" index="0" speed="13.9" length="95" shape="100,0 100,95"/></edge>
        <edge id="n" from="c" to="N"><lane id="n_0" index="0" speed="13.9" length="95" shape="100,105 100,200"/></edge>
        <tlLogic id="c" type="static" programID="0" offset="0">
        <phase duration="30" state="Gr"/><phase duration="3" state="yr"/><phase duration="30" state="rG"/><phase duration="3" state="ry"/>
        </tlLogic>
        <junction id="c" type="traffic_light" x="100" y="100" incLanes="w_0 s_0" intLanes=":c_0_0 :c_1_0" shape="95,95 105,95 105,105 95,105">
        <request index="0" response="00" foes="10" cont="0"/>
        <request index="1" response="01" foes="01" cont="0"/>
        </junction>
        <connection from="w" to="e" fromLane="0" toLane="0" via=":c_0_0" tl="c" linkIndex="0" dir="s" state="O"/>
        <connection from="s" to="n" fromLane="0" toLane="0" via=":c_1_0" tl="c" linkIndex="1" dir="s" state="o"/>
        </net>
        """

    /// - Parameter name: What the crossing's signal is called.
    static func rules(_ name: String = "c") throws -> ShellRules {
        let text = text.replacing("tl=\"c\"", with: "tl=\"\(name)\"").replacing("tlLogic id=\"c\"", with: "tlLogic id=\"\(name)\"")
        return try ShellRules(SignalPlan(of: name, in: RoadNetwork(parsing: Array(text.utf8))))
    }

    static func map() throws -> RoadMap { try RoadMap(parsing: Array(text.utf8)) }
}

/// A street whose port does what a test says.
struct ScriptedStreet: TrafficSource {
    /// What becomes of a second: the number of the opening, the second within it, and what a good port would have read.
    typealias Script = @Sendable (_ opening: Int, _ second: Int, _ reading: StreetReading) throws -> StreetReading

    let name = "crossing"
    var rules: [ShellRules]
    let map: RoadMap
    let simulator = "a script"
    var end: Double?
    /// When it was opened, by the street's time.
    let openings = Openings()
    /// What was done to its lanes.
    let lanes = Lanes()
    private let script: Script

    /// The openings of a street.
    final class Openings: Sendable {
        private let times = Mutex<[Double?]>([])
        var all: [Double?] { times.withLock { $0 } }
        func add(_ time: Double?) -> Int {
            times.withLock {
                $0.append(time)
                return $0.count
            }
        }
    }

    /// What is closed and who stands in the way, by the number of the opening: a street that is opened anew has neither.
    final class Lanes: Sendable {
        private let state = Mutex<(closed: [Int: Set<String>], standing: [Int: [String: LaneBlockage]])>(([:], [:]))

        func closed(_ opening: Int) -> Set<String> { state.withLock { $0.closed[opening] ?? [] } }
        func standing(_ opening: Int) -> [LaneBlockage] {
            state.withLock { ($0.standing[opening] ?? [:]).values.sorted { $0.lane < $1.lane } }
        }

        fileprivate func close(_ lane: String, _ isClosed: Bool, _ opening: Int) {
            state.withLock { state in
                if isClosed { state.closed[opening, default: []].insert(lane) } else { state.closed[opening]?.remove(lane) }
            }
        }

        fileprivate func stand(_ name: String, _ blockage: LaneBlockage?, _ opening: Int) {
            state.withLock { $0.standing[opening, default: [:]][name] = blockage }
        }
    }

    init(_ script: @escaping Script = { _, _, reading in reading }) throws {
        (rules, map, self.script) = ([try SmallCrossing.rules()], try SmallCrossing.map(), script)
    }

    func open(at time: Double?) throws -> any SignalPort {
        Port(
            inner: SimulatedPort(rules.map(\.plan), flow: 400, seed: 3), lanes: lanes, opening: openings.add(time), begin: time ?? 0,
            script: script)
    }

    private struct Port: SignalPort, ClosableStreet {
        var inner: SimulatedPort
        let lanes: Lanes
        let opening: Int
        let begin: Double
        let script: Script
        var second = 0

        var plans: [SignalPlan] { inner.plans }

        mutating func exchange(_ states: [[Aspect]?]) throws -> StreetReading {
            second += 1
            var reading = inner.exchange(states)
            reading.time = begin + Double(second)
            reading.shown = states.map { $0?.letters }
            return try script(opening, second, reading)
        }

        func close(_ lane: String, isClosed: Bool) { lanes.close(lane, isClosed, opening) }
        func block(_ blockage: LaneBlockage, as name: String) throws { lanes.stand(name, blockage, opening) }
        func unblock(_ name: String) throws { lanes.stand(name, nil, opening) }
    }
}

extension StreetReading {
    /// The same with a loop at each stop line, and no cameras if that is said.
    func withLoops(_ change: (inout LoopReading) -> Void = { _ in }) -> StreetReading {
        var reading = self
        for signal in reading.signals.indices {
            for approach in reading.signals[signal].indices {
                var line = LoopReading(distance: 1.5, count: 0, occupancy: 0, speed: nil)
                change(&line)
                reading.signals[signal][approach].loops = [line, LoopReading(distance: 80, count: 0, occupancy: 0, speed: nil)]
            }
        }
        return reading
    }
}
