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
        #expect(plan.insideLanes[":c_0_0"] == 0 && plan.insideLanes[":c_1_0"] == 1 && plan.insideLanes.count == 20)
        #expect(plan.insideLanes[":c_16_0"] == 6, "where a left turn goes on after it has waited")
    }

    @Test func twoPrioritiesThatCrossAreRefused() throws {
        let broken = CrossingNetwork.text.replacing("rrrGGGgrrrgGGgGr", with: "GGGGGGgrrrgGGgGr")
        let network = try RoadNetwork(parsing: Array(broken.utf8))
        let error = #expect(throws: TrafficError.self) { try SignalPlan(of: "c", in: network) }
        #expect(error?.code == .badNetwork)
    }

    @Test(arguments: [
        "", "<net", "<net></net>", "<net><lane id='a' length='x' speed='1'/></net>", String(repeating: "<a>", count: 100),
        "<net><lane id='a' length='1e30' speed='1'/></net>", "<net><lane id='a' length='1' speed='1e9'/></net>",
        "<net><lane id='a' length='-1' speed='1'/></net>", "<net><lane id='a' length='1' speed='inf'/></net>",
        "<!DOCTYPE n [<!ENTITY a 'b'>]><net><lane id='&a;' length='1' speed='1'/></net>",
    ])
    func whatIsNoNetworkIsAnError(text: String) {
        #expect(throws: TrafficError.self) { try RoadNetwork(parsing: Array(text.utf8)) }
    }

    @Test func lanesOnWhichNothingMovesAndLongCrossingsAreKept() throws {
        let slow = CrossingNetwork.text.replacing(#"speed="13.89""#, with: #"speed="0""#).replacing(
            #"length="6.40""#, with: #"length="99999""#)
        let plan = try SignalPlan(of: "c", in: RoadNetwork(parsing: Array(slow.utf8))), rules = try ShellRules(plan)
        #expect(plan.links.indices.allSatisfy { rules.walkingTime(of: $0) <= 60 })
        _ = IncidentDetector(plan)
    }

    @Test func moreGreenPhasesThanCabinetsHaveAreRefused() throws {
        // Each letter of five may be red or give way: more than 64 different states.
        let states = (1..<100).map { number in String((0..<7).map { number >> $0 & 1 == 1 ? "g" : "r" }) }
        let phases = states.map { "<phase duration=\"5\" state=\"\($0)\"/>" }.joined()
        let lanes = (0..<7).map { "<lane id=\"i\($0)_0\" length=\"50\" speed=\"10\"/><lane id=\"o\($0)_0\" length=\"50\" speed=\"10\"/>" }
            .joined()
        let insides = (0..<7).map { "<lane id=\":c_\($0)_0\" length=\"5\" speed=\"10\"/>" }.joined()
        let requests = (0..<7).map { "<request index=\"\($0)\" response=\"0000000\" foes=\"0000000\" cont=\"0\"/>" }.joined()
        let links = (0..<7).map {
            "<connection from=\"i\($0)\" to=\"o\($0)\" fromLane=\"0\" toLane=\"0\" via=\":c_\($0)_0\" tl=\"c\" linkIndex=\"\($0)\" dir=\"s\" state=\"o\"/>"
        }.joined()
        let text = """
            <net version="1.20">\(insides)\(lanes)<tlLogic id="c" type="static" programID="0" offset="0">\(phases)</tlLogic>
            <junction id="c" type="traffic_light" x="0" y="0" incLanes="" intLanes="\((0..<7).map { ":c_\($0)_0" }.joined(separator: " "))">\(requests)</junction>
            \(links)</net>
            """
        let network = try RoadNetwork(parsing: Array(text.utf8))
        let error = #expect(throws: TrafficError.self) { try SignalPlan(of: "c", in: network) }
        #expect(error.map { "\($0)".contains("64 are the most") } == true, "\(error.map { "\($0)" } ?? "")")
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
