import Foundation
import LaresControl
import Testing

@Suite struct ControllerTests {
    /// `demand`: standing vehicles by approach of the crossing: nc, ec right, ec left, sc, wc right, wc left.
    private static func view(_ standing: [Float], phase: Int = 0, green: Int = 10, time: Double = 100) throws -> SignalView {
        let plan = try RoadNetworkTests.crossing()
        let demand = zip(plan.approaches, standing).map { approach, count in
            ApproachDemand(
                (0..<Int(count)).map { SeenVehicle(distance: 7.5 * Float($0), speed: 0, waited: 20) }, standingBehind: 0, at: approach)
        }
        return SignalView(time: time, plan: plan, phase: phase, green: green, demand: demand)
    }

    @Test(arguments: [5, 10]) func greedyControllersServeWhereMostWait(interval: Int) throws {
        var (pressure, wave) = (MaxPressure(interval: interval), MaxWave(interval: interval))
        let busyNorth = try Self.view([6, 1, 0, 6, 0, 1])
        #expect(pressure.wish(busyNorth).map { $0 >= 2 } == true && wave.wish(busyNorth).map { $0 >= 2 } == true)
        // Between two decisions nothing changes.
        let between = try Self.view([6, 1, 0, 6, 0, 1], time: 101)
        #expect(pressure.wish(between) == 0 && wave.wish(between) == 0)
        // Nor when nobody waits longer.
        #expect(try pressure.wish(Self.view([2, 1, 0, 0, 1, 0])) == 0)
    }

    @Test func pressureLooksBehindTheJunction() throws {
        var controller = MaxPressure()
        var view = try Self.view([6, 1, 0, 6, 0, 1])
        var demand = view.demand
        for i in [0, 3] { demand[i].standingBehind = 10 }
        view = SignalView(time: view.time, plan: view.plan, phase: 0, green: 10, demand: demand)
        #expect(controller.wish(view) == 0)
    }

    @Test func actuatedEndsWhenNobodyComes() throws {
        var controller = Actuated()
        #expect(try controller.wish(Self.view([3, 2, 0, 0, 0, 0])) == 0)
        #expect(try controller.wish(Self.view([3, 0, 0, 0, 0, 0])).map { $0 >= 2 } == true)
        #expect(try controller.wish(Self.view([3, 2, 0, 0, 0, 0], green: 50)).map { $0 >= 2 } == true)
        #expect(try controller.wish(Self.view([0, 0, 0, 0, 0, 0])) == 0)
    }

    @Test func fixedTimeKeepsItsProgramme() throws {
        var controller = FixedTime()
        #expect(try controller.wish(Self.view([9, 0, 0, 9, 0, 0], green: 36)) == 0)
        #expect(try controller.wish(Self.view([9, 0, 0, 9, 0, 0], green: 37)) == 1)
        #expect(try controller.wish(Self.view([0, 0, 0, 0, 0, 0], phase: 3, green: 5)) == 0)
    }

    @Test func theLearnedServesWhereMostWait() throws {
        var learned = LearnedController(SignalModel())
        #expect(try learned.wish(Self.view([6, 1, 0, 6, 0, 1])).map { $0 >= 2 } == true)
        #expect(try learned.wish(Self.view([0, 6, 4, 0, 5, 0], phase: 2)).map { $0 < 2 } == true)
    }

    @Test func aNetworkThatIsNoNumberGivesNoAnswer() throws {
        let huge = [Float](repeating: 3e38, count: SignalModel().flat.count)
        var learned = LearnedController(try #require(SignalModel(flat: huge)))
        #expect(try learned.wish(Self.view([6, 1, 0, 6, 0, 1])) == nil)
    }

    @Test func parametersGoThroughAFlatList() throws {
        let values = (0..<SignalModel().flat.count).map { Float($0) / 8 - 1 }
        let model = try #require(SignalModel(flat: values))
        #expect(model.flat == values)
        #expect(SignalModel(flat: [1]) == nil)
        #expect(SignalModel(flat: values.dropLast() + [.infinity]) == nil)
        #expect(SignalModel.trained.flat.count == values.count)
    }

    @Test func whatIsLearnedGoesThroughAFile() throws {
        let path = NSTemporaryDirectory() + "lares-signals-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: path) }
        func read(_ text: String) throws -> SignalModel {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return try SignalModel(contentsOf: path)
        }
        let values = (0..<SignalModel().flat.count).map { Float($0) / 8 - 1 }
        try #require(SignalModel(flat: values)).write(to: path)
        #expect(try String(contentsOfFile: path, encoding: .utf8).hasPrefix(SignalModel.announcement))
        #expect(try SignalModel(contentsOf: path).flat == values)
        let list = "[" + values.map { "\($0)" }.joined(separator: ",") + "]"
        #expect(try read(list).flat == values)
        let old = #expect(throws: TrafficError.self) {
            try read("{\"format\":\"lares signal controller 1\",\"parameters\":\(list)}")
        }
        #expect(old?.message.contains("train it anew") == true)
        let wrong = [
            "", "[]", "{}", "[1,2]", list.replacing("-1.0", with: "\"x\""), "{\"format\":\"lares signal controller 2\"}", "{\"format\":5}",
        ]
        for text in wrong { #expect(throws: TrafficError.self) { try read(text) } }
    }

    @Test func aQueueCostsWhatThePlannerReckons() throws {
        let model = SignalModel()
        // Two with red: 2 · 3 s each; their queue half of 1 · 1.9 s · 2² at full saturation, twice that at half of it.
        #expect(abs(try #require(model.cost(ofQueue: 2, isGreen: false, share: 1)) - 15.8) < 1e-4)
        #expect(abs(try #require(model.cost(ofQueue: 2, isGreen: true, share: 0.5)) - 7.6) < 1e-4)
        #expect(model.canPlan)
        let huge = try #require(SignalModel(flat: .init(repeating: 3e38, count: model.flat.count)))
        #expect(!huge.canPlan && huge.cost(ofQueue: 2, isGreen: true, share: 1) == nil)
    }

    @Test func theSearchFindsALowPlace() {
        var search = EvolutionSearch(from: [3, -2, 1], step: 0.5, seed: 7)
        let cost = { (x: [Float], _: Int) in zip(x, [1, 1, 1]).reduce(0) { $0 + Double(($1.0 - $1.1) * ($1.0 - $1.1)) } }
        let before = cost(search.mean, 0)
        for _ in 0..<80 { _ = search.improve(cost) }
        #expect(cost(search.mean, 0) < before / 100)
    }
}
