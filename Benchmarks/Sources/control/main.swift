import Foundation
import LaresControl
import LaresJSON

// Keeps many signals on simulated streets: one JSON command a line in, one JSON answer a line out, as Benchmarks/peer.py asks.
//
//     {"do": "decide", "controller": "learned", "decisions": 20000}
//     {"do": "keep", "controller": "learned", "signals": 1000, "seconds": 60, "threads": 2}

/// Four arms, two lanes each: right and straight, left. Four phases.
func crossroads() throws -> SignalPlan {
    let arms = 0..<4
    let lanes = arms.map { arm in
        let inner = [0, 1].map { "<lane id=\":c_\(2 * arm + $0)_0\" speed=\"10\" length=\"15\"/>" }
        let outer = [0, 1].flatMap {
            ["<lane id=\"in\(arm)_\($0)\"", "<lane id=\"out\(arm)_\($0)\""].map { "\($0) speed=\"14\" length=\"220\"/>" }
        }
        return (inner + outer).joined()
    }
    // Links are arms times two: straight, left. Who is opposite doesn't cross, but for left turns.
    func cross(_ one: Int, _ other: Int) -> Bool {
        if one / 2 == other / 2 { return false }
        return (one / 2 + other / 2) % 2 == 1 || one % 2 != other % 2
    }
    let requests = (0..<8).map { one in
        let foes = (0..<8).reversed().map { cross(one, $0) ? "1" : "0" }.joined()
        return "<request foes=\"\(foes)\" response=\"\(one % 2 == 1 ? foes : "00000000")\"/>"
    }
    let ways = (0..<8).map { link in
        let (arm, turn) = (link / 2, link % 2)
        return
            "<connection from=\"in\(arm)\" to=\"out\((arm + 2 + turn) % 4)\" fromLane=\"\(turn)\" toLane=\"\(turn)\" via=\":c_\(link)_0\" tl=\"c\" linkIndex=\"\(link)\" dir=\"\(turn == 0 ? "s" : "l")\"/>"
    }
    let phases = ["GrrrGrrr", "rGrrrGrr", "rrGrrrGr", "rrrGrrrG"].map { "<phase duration=\"25\" state=\"\($0)\"/>" }
    let inside = (0..<8).map { ":c_\($0)_0" }.joined(separator: " ")
    let text =
        "<net>\(lanes.joined())<tlLogic id=\"c\">\(phases.joined())</tlLogic><junction id=\"c\" x=\"0\" y=\"0\" intLanes=\"\(inside)\">\(requests.joined())</junction>\(ways.joined())</net>"
    return try SignalPlan(of: "c", in: RoadNetwork(parsing: Array(text.utf8)))
}

func controller(_ name: String) throws -> any SignalController {
    switch name {
    case "max-wave": return MaxWave()
    case "max-pressure": return MaxPressure()
    case "actuated": return Actuated()
    case "learned": return LearnedController()
    default: throw JSONError(message: "there is no controller '\(name)'")
    }
}

func seconds(_ body: () throws -> Void) rethrows -> Double { try ContinuousClock().measure(body) / .seconds(1) }

/// Every decision is asked for at a full five seconds, so that the greedy controllers decide too.
func decide(_ name: String, _ decisions: Int) throws -> JSON {
    let plan = try crossroads()
    let vehicles = (0..<12).map { SeenVehicle(distance: Float($0) * 14, speed: $0 < 5 ? 0 : 12, waited: 9) }
    var controller = try controller(name)
    let took = try seconds {
        for step in 0..<decisions {
            let demand = plan.approaches.map { ApproachDemand(vehicles, standingBehind: 1, at: $0) }
            let view = SignalView(time: Double(step) * 5, plan: plan, phase: step % 4, green: 20, demand: demand)
            guard controller.wish(view) != nil else { throw JSONError(message: "no answer") }
        }
    }
    return ["decisions": .int(decisions), "seconds": .double(took)]
}

func keep(_ name: String, signals: Int, time: Int, threads: Int) throws -> JSON {
    let rules = try ShellRules(crossroads())
    let controller = try controller(name)
    let share = signals / threads
    let took = UnsafeMutableBufferPointer<(seconds: Double, passed: Int, isSafe: Bool)>.allocate(capacity: threads)
    took.initialize(repeating: (0, 0, false))
    defer { took.deallocate() }
    nonisolated(unsafe) let places = took
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
        var street = Street((0..<share).map { _ in SignalKeeper(rules, controller) })
        var port = SimulatedPort(.init(repeating: rules.plan, count: share), flow: 300, seed: UInt64(thread + 1))
        var states = street.beginning
        let took = seconds { for _ in 0..<time { try? street.second(of: &port, states: &states) } }
        places[thread] = (took, port.passed, street.violations.isEmpty)
    }
    return [
        "seconds": .double(took.map(\.seconds).max() ?? 0), "passed": .int(took.reduce(0) { $0 + $1.passed }),
        "safe": .bool(took.allSatisfy(\.isSafe)),
    ]
}

func answer(_ line: String) throws -> JSON {
    let command = try JSON(parsing: Array(line.utf8))
    let name = command["controller"]?.text ?? "learned"
    let number = { (key: String) in Int(command[key]?.number ?? 1) }
    return command["do"]?.text == "keep"
        ? try keep(name, signals: number("signals"), time: number("seconds"), threads: number("threads"))
        : try decide(name, number("decisions"))
}

func say(_ json: JSON) { FileHandle.standardOutput.write(Data((json.serialized + "\n").utf8)) }

say(["version": "1"])
while let line = readLine() { say(try answer(line)) }
