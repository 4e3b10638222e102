import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

/// Random days in a random home, from a printed seed. LARES_SEED chooses it, LARES_FUZZ raises the count.
@Suite struct SensePropertyTests {
    static let seed = ProcessInfo.processInfo.environment["LARES_SEED"].flatMap { UInt64($0) } ?? 20_261_129
    private static let homes = ProcessInfo.processInfo.environment["LARES_FUZZ"].flatMap { Int($0) }.map { $0 / 500 } ?? 20

    @Test func whatIsFoundHoldsTogether() throws {
        print("SensePropertyTests: seed \(Self.seed)")
        for home in 0..<Self.homes {
            var random = SenseRandom(seed: Self.seed &+ UInt64(home))
            var theatre = try random.theatre()
            var (open, occupied): (Set<String>, [AreaID: Bool]) = ([], [:])
            for _ in 0..<600 {
                theatre.findings = []
                try theatre.step(&random)
                for finding in theatre.findings {
                    switch finding {
                    case .raised(let fault):
                        guard open.insert("\(fault.address) \(fault.code)").inserted else { return failed(home, "raised twice: \(fault)") }
                    case .cleared(let fault):
                        guard open.remove("\(fault.address) \(fault.code)") != nil, let end = fault.clearedAt, end >= fault.raisedAt else {
                            return failed(home, "cleared without being raised: \(fault)")
                        }
                    case .occupancy(let area, let found):
                        guard (0...0.99).contains(found.probability), found.evidence.allSatisfy({ (0...1).contains($0.weight) }),
                            !found.isOccupied || occupied[area] == true || !found.evidence.isEmpty
                        else { return failed(home, "\(found)") }
                        occupied[area] = found.isOccupied
                    case .finished(_, let cycle):
                        guard cycle.duration >= 60, cycle.energy >= 0, cycle.energy <= cycle.peak * cycle.duration / 3600 + 1e-6 else {
                            return failed(home, "\(cycle)")
                        }
                    default: break
                    }
                }
                let faults = Set(theatre.engine.faults.map { "\($0.address) \($0.code)" })
                guard faults == open else { return failed(home, "what is wrong isn't what was told: \(faults) \(open)") }
            }
            let bytes = theatre.engine.kept.json.data.count
            guard bytes < 100_000 else { return failed(home, "it keeps \(bytes) bytes of 24 sensors") }
        }
    }

    @Test func restartsChangeNoFaultAndNoCycle() throws {
        for home in 0..<Self.homes {
            var told: [[String]] = []
            for restarts in [false, true] {
                var random = SenseRandom(seed: Self.seed &+ 5_000 &+ UInt64(home))
                var theatre = try random.theatre()
                for number in 0..<300 {
                    try theatre.step(&random)
                    if restarts, number.isMultiple(of: 3), theatre.passedAt == theatre.now { try theatre.restart() }
                }
                told.append(
                    theatre.findings.compactMap { finding in
                        switch finding {
                        case .raised(let fault): "raised \(fault.address) \(fault.reason) \(fault.raisedAt)"
                        case .cleared(let fault): "cleared \(fault.address) \(fault.code)"
                        case .finished(let address, let cycle): "finished \(address) \(cycle.startedAt)"
                        default: nil
                        }
                    })
            }
            guard told[0] == told[1] else {
                let place = zip(told[0], told[1]).prefix { $0 == $1 }.count
                return failed(home, "restarts change what is found: \(told.map { $0.dropFirst(place).prefix(3) })")
            }
        }
    }

    private func failed(_ home: Int, _ what: String) { Issue.record("seed \(Self.seed), home \(home): \(what)") }
}
