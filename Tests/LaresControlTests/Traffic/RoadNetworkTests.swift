import LaresControl
import Testing

@Suite struct RoadNetworkTests {
    static func crossing() throws -> SignalPlan {
        try SignalPlan(of: "c", in: RoadNetwork(parsing: Array(CrossingNetwork.text.utf8)))
    }

    @Test func lanesSignalsAndProgrammeAreRead() throws {
        let network = try RoadNetwork(parsing: Array(CrossingNetwork.text.utf8))
        #expect(network.signals == ["c"])
        #expect(network.programmes["c"]?.count == 6)
        #expect(network.lanes["nc_1"]?.length == 139.6)
        #expect(network.lanes["nc_0"]?.isForPedestrians == true)
    }

    @Test func whoCrossesWhomIsKnown() throws {
        let plan = try Self.crossing()
        #expect(plan.links.count == 16)
        #expect(plan.links[14].crossing == 6.4 && plan.links[15].crossing == 12.8 && plan.links[1].crossing == nil)
        // North to south crosses east to west; its left turn gives way to who comes from the south.
        #expect(plan.conflicts.cross(1, 4) && plan.conflicts.cross(4, 1))
        #expect(plan.conflicts.givesWay(2, to: 8) && !plan.conflicts.givesWay(8, to: 2))
        #expect(!plan.conflicts.cross(1, 8))
        // Turns give way to people on the crossing.
        #expect(plan.conflicts.givesWay(6, to: 14))
    }

    @Test func greenPhasesAreThoseOfTheProgramme() throws {
        let plan = try Self.crossing()
        #expect(plan.phases.map(\.letters) == ["rrrGGGgrrrgGGgGr", "rrrGGGgrrrgGGgrr", "gGgrrrrGGgrrrrrG", "gGgrrrrGGgrrrrrr"])
        #expect(plan.programme.map(\.seconds) == [37, 5, 37, 5])
        #expect(plan.approaches.map(\.lane) == ["nc_1", "ec_1", "ec_2", "sc_1", "wc_1", "wc_2"])
        #expect(plan.insideLanes.prefix(3) == [":c_0_0", ":c_1_0", ":c_2_0"] && plan.insideLanes.count == 20)
        #expect(plan.insideLanes.contains(":c_16_0"), "where a left turn goes on after it has waited")
    }

    @Test func twoPrioritiesThatCrossAreRefused() throws {
        let broken = CrossingNetwork.text.replacing("rrrGGGgrrrgGGgGr", with: "GGGGGGgrrrgGGgGr")
        let network = try RoadNetwork(parsing: Array(broken.utf8))
        let error = #expect(throws: TrafficError.self) { try SignalPlan(of: "c", in: network) }
        #expect(error?.code == .badNetwork)
    }

    @Test(arguments: [
        "", "<net", "<net></net>", "<net><lane id='a' length='x' speed='1'/></net>", String(repeating: "<a>", count: 100),
        "<!DOCTYPE n [<!ENTITY a 'b'>]><net><lane id='&a;' length='1' speed='1'/></net>",
    ])
    func whatIsNoNetworkIsAnError(text: String) {
        #expect(throws: TrafficError.self) { try RoadNetwork(parsing: Array(text.utf8)) }
    }

    @Test(arguments: [("6.40", 6), ("1e300", 60), ("0", 0)])
    func aCrossingOfAnyLengthTakesAMinuteAtMost(_ length: String, _ seconds: Int) throws {
        let text = CrossingNetwork.text.replacing("length=\"6.40\"", with: "length=\"\(length)\"")
        let rules = try ShellRules(SignalPlan(of: "c", in: RoadNetwork(parsing: Array(text.utf8))))
        #expect(rules.walkingTime(of: 14) == seconds)
    }

    @Test func damagedNetworksNeverTrap() {
        var mutations = TrafficMutations(seed: 5)
        let bytes = Array(CrossingNetwork.text.utf8)
        for _ in 0..<min(TrafficMutations.inputs, 20_000) / 40 {
            guard let network = try? RoadNetwork(parsing: mutations.mutate(bytes)) else { continue }
            for signal in network.signals { _ = try? ShellRules(SignalPlan(of: signal, in: network)) }
        }
    }
}
