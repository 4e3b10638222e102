/// One signal as a controller sees it: its movements, which of them cross, its green phases, and the lanes that lead to it.
public struct SignalPlan: Sendable, Hashable {
    /// One light, for one movement or several that move together.
    public struct Link: Sendable, Hashable {
        /// The lanes before the stop line.
        public let from: [String]
        /// The lanes behind the junction.
        public let to: [String]
        /// Whether somebody goes straight on.
        public let isStraight: Bool
        /// The crossing's length in metres; nil: it is for vehicles.
        public let crossing: Double?
    }

    /// The signal's name.
    public let name: String
    /// The junctions that it controls.
    public let junctions: [String]
    /// The lanes inside the junctions that vehicles go over, and the link that lets them.
    public let insideLanes: [String: Int]
    /// In the order of the states.
    public let links: [Link]
    /// Which links cross, and who gives way.
    public let conflicts: ConflictMatrix
    /// The different green phases of the programme, in its order, one aspect for each link; none lets crossing movements go at once.
    public let phases: [[Aspect]]
    /// The programme's green phases: which, and for how many seconds.
    public let programme: [(phase: Int, seconds: Int)]
    /// The lanes that vehicles wait on.
    public let approaches: [Approach]

    /// By phase and approach: how much of the approach has priority, 0…1.
    public let priority: [[Float]]
    /// By phase and approach: how much of the approach may go and gives way, 0…1.
    public let yielding: [[Float]]

    /// Whether they are the same.
    public static func == (one: SignalPlan, other: SignalPlan) -> Bool {
        one.name == other.name && one.phases == other.phases && one.links == other.links && one.conflicts == other.conflicts
    }

    /// Feeds what tells it from others.
    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension SignalPlan {
    /// The plan of a signal of a network.
    ///
    /// - Throws: ``TrafficError`` with `bad_network`: its programme has no two green phases, has states that no shell can guard (off, blinking),
    ///   lets crossing movements go that both have priority, or never serves a movement.
    public init(of signal: String, in network: RoadNetwork) throws(TrafficError) {
        let lights = SignalLights(of: signal, in: network)
        guard let programme = network.programmes[signal], !lights.links.isEmpty else {
            throw TrafficError(.badNetwork, "there is no signal '\(signal)' with links in the network")
        }
        let conflicts = lights.conflicts(in: network)
        let phases = try GreenPhases(of: programme, signal: signal, links: lights.links, conflicts: conflicts)
        let unserved = lights.links.indices.filter { link in
            !lights.links[link].from.isEmpty && phases.states.allSatisfy { !$0[link].isGo && $0[link] != .arrow }
        }
        guard unserved.isEmpty else { throw TrafficError(.badNetwork, "signal '\(signal)' never serves its link \(unserved[0])") }
        (name, links, self.conflicts, self.phases) = (signal, lights.links, conflicts, phases.states)
        (junctions, insideLanes) = (lights.junctions(in: network), lights.insideLanes)
        self.programme = phases.programme
        approaches = Approach.all(to: lights.links, in: network)
        (priority, yielding) = Self.service(of: phases.states, links: lights.links, approaches: approaches)
    }

    private static func service(of phases: [[Aspect]], links: [Link], approaches: [Approach]) -> ([[Float]], [[Float]]) {
        let places = Dictionary(approaches.enumerated().map { ($1.lane, $0) }, uniquingKeysWith: { one, _ in one })
        var count = [Float](repeating: 0, count: approaches.count)
        for link in links { for lane in link.from { if let place = places[lane] { count[place] += 1 } } }
        func share(_ aspect: Aspect) -> [[Float]] {
            phases.map { state in
                var shares = [Float](repeating: 0, count: approaches.count)
                for (link, shown) in zip(links, state) where shown == aspect {
                    for lane in link.from { if let place = places[lane] { shares[place] += 1 / count[place] } }
                }
                return shares
            }
        }
        return (share(.green), share(.yielding))
    }

    /// By approach: how much of it has priority and how much gives way in a state that none of the phases is.
    func share(of aspect: (Int) -> Aspect) -> (priority: [Float], yielding: [Float]) {
        let (priority, yielding) = Self.service(of: [links.indices.map(aspect)], links: links, approaches: approaches)
        return (priority[0], yielding[0])
    }

    /// Whether anybody on an approach may go in a phase.
    func serves(_ approach: Int, in phase: Int) -> Bool { priority[phase][approach] + yielding[phase][approach] > 0 }

    /// The links that go in one phase and not in another.
    func losesGreen(from: Int, to: Int) -> [Int] { links.indices.filter { phases[from][$0].isGo && !phases[to][$0].isGo } }
}

/// The links of one signal.
private struct SignalLights {
    var links: [SignalPlan.Link] = []
    var ways: [[RoadNetwork.Connection]] = []
    let entries: [String: String]

    init(of signal: String, in network: RoadNetwork) {
        let controlled = network.connections.filter { $0.light?.signal == signal }
        let count = (controlled.compactMap { $0.light?.index }.max() ?? -1) + 1
        ways = (0..<count).map { index in controlled.filter { $0.light?.index == index } }
        links = ways.map { ways in
            let crossing = ways.compactMap { network.lanes[$0.to] }.first { $0.isForPedestrians && $0.name.hasPrefix(":") }
            let vehicles = crossing == nil ? ways : []
            return .init(
                from: unique(vehicles.map(\.from)), to: unique(vehicles.map(\.to)), isStraight: vehicles.contains { $0.direction == "s" },
                crossing: crossing?.length)
        }
        // A left turn waits inside the junction: its movement is named by the lane behind that.
        entries = Dictionary(
            network.connections.compactMap { way in way.from.hasPrefix(":") ? way.via.map { (way.from, $0) } : nil },
            uniquingKeysWith: { one, _ in one })
    }

    /// Junction and place of each way among its movements.
    private func movements(in network: RoadNetwork) -> [[(junction: String, place: Int)]] {
        var places: [String: (String, Int)] = [:]
        for junction in network.junctions.values {
            for (place, lane) in junction.insideLanes.enumerated() { places[lane] = (junction.name, place) }
        }
        return ways.map { ways in
            ways.compactMap { way in
                [way.to, way.via, way.via.flatMap { entries[$0] }].compactMap { $0.flatMap { places[$0] } }.first.map { ($0.0, $0.1) }
            }
        }
    }

    /// The lanes of those who drive, each with its link; a left turn has two, it waits between them.
    var insideLanes: [String: Int] {
        var lanes: [String: Int] = [:]
        for link in links.indices where links[link].crossing == nil {
            for via in ways[link].compactMap(\.via) {
                lanes[via] = link
                if let next = entries[via] { lanes[next] = link }
            }
        }
        return lanes
    }

    func junctions(in network: RoadNetwork) -> [String] { unique(movements(in: network).flatMap { $0.map(\.junction) }) }

    func conflicts(in network: RoadNetwork) -> ConflictMatrix {
        let movements = movements(in: network)
        var matrix = ConflictMatrix(count: links.count)
        for one in links.indices {
            for other in links.indices where one != other {
                for (junction, place) in movements[one] {
                    for (otherJunction, otherPlace) in movements[other] where junction == otherJunction {
                        guard let junction = network.junctions[junction] else { continue }
                        if junction.foes[place][otherPlace] || junction.foes[otherPlace][place] { matrix.add(one, other) }
                        if junction.givesWay[place][otherPlace] { matrix.addGivingWay(one, to: other) }
                    }
                }
            }
        }
        return matrix
    }
}

/// The same without repetitions, in the same order.
func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
}
