import LaresControl
import Testing

/// Costs beside those of the prototype of this search in C++, which was tuned and measured in SUMO.
@Suite struct LearnedControllerTests {
    /// The crossing with a queue and two who come on each approach.
    private static func view(_ standing: [Int], phase: Int, green: Int, standingBehind: Float = 0, passed: Float = 0) throws -> SignalView {
        let plan = try RoadNetworkTests.crossing()
        let demand = plan.approaches.enumerated().map { place, approach in
            let queue = (0..<standing[place]).map { SeenVehicle(distance: 7.5 * Float($0), speed: 0, waited: 20) }
            let come = (0..<2).map { SeenVehicle(distance: Float(80 + 25 * $0 + 3 * place), speed: Float(12 - place), waited: 0) }
            return ApproachDemand(queue + come, standingBehind: standingBehind, passed: passed, at: approach)
        }
        return SignalView(time: 100, plan: plan, phase: phase, green: green, demand: demand, rules: try ShellRules(plan))
    }

    private static func isNear(_ costs: [Float]?, _ golden: [Float]) -> Bool {
        guard let costs, costs.count == golden.count else { return false }
        return zip(costs, golden).allSatisfy { $0 == $1 || abs($0 - $1) < 0.002 * $1 }
    }

    @Test func aQueueOnTheOtherRoadCostsAsInThePrototype() throws {
        var controller = LearnedController(SignalModel())
        let view = try Self.view([6, 1, 0, 6, 0, 1], phase: 0, green: 10)
        #expect(Self.isNear(controller.costs(view), [421.931, 421.931, 586.468, 452.508]))
        // Either way those who come are let through first: in phase 1 while people clear the crossing.
        #expect(controller.wish(view).map { $0 < 2 } == true)
    }

    @Test func whoStandsOnTheOtherRoadIsServed() throws {
        var controller = LearnedController(SignalModel())
        let view = try Self.view([0, 6, 4, 0, 5, 0], phase: 2, green: 7)
        #expect(Self.isNear(controller.costs(view), [494.614, 494.614, 548.41, 904.798]))
        #expect(controller.wish(view).map { $0 < 2 } == true)
    }

    @Test func whatTheStreetHasShownCounts() throws {
        var controller = LearnedController(SignalModel())
        for second in 0..<30 {
            let view = try Self.view([2, 3, 1, 1, 3, 2], phase: 0, green: 12, standingBehind: 12, passed: Float(second % 2))
            controller.watch(view, isChanging: false)
        }
        let view = try Self.view([2, 3, 1, 1, 3, 2], phase: 0, green: 12, standingBehind: 12)
        #expect(Self.isNear(controller.costs(view), [254.116, 236.855, .infinity, .infinity]))
        #expect(controller.wish(view) == 1)
    }

    @Test func anEmptyStreetChangesNothing() throws {
        let plan = try RoadNetworkTests.crossing()
        for phase in plan.phases.indices {
            var model = SignalModel().flat
            // Nobody comes from where nobody looks either.
            model[StreetQuantity.unseen.rawValue] = -10
            var controller = LearnedController(try #require(SignalModel(flat: model)))
            let demand = plan.approaches.map { _ in ApproachDemand() }
            #expect(controller.wish(SignalView(time: 0, plan: plan, phase: phase, green: 30, demand: demand)) == phase)
        }
    }

    @Test func quantitiesStayInTheirRanges() {
        for quantity in StreetQuantity.allCases {
            let values = [-1e30, -3, 0, 3, 1e30].map { quantity.value(steps: $0) }
            #expect(values.allSatisfy(\.isFinite) && values == values.sorted() && values[0] < values[4])
        }
    }

    /// In units, as the prototype had them.
    @Test func quantitiesAreCountedInStepsFromWhereLearningBegan() {
        #expect(abs(StreetQuantity.headway.value(steps: -0.92) - 1.733) < 0.001)
        #expect(abs(StreetQuantity.patience.value(steps: 0.507) - 49) < 0.1)
        #expect(StreetQuantity.startLoss.value(steps: 0.5) > 1.69 && StreetQuantity.blocking.value(steps: 3) == 1)
    }

    /// Whatever a view says, there is an answer that is a phase, or none.
    @Test func wildViewsDoNoHarm() throws {
        let plan = try RoadNetworkTests.crossing()
        let wild: [Float] = [0, 1, 12, 300, 1e30, -5, .nan, .infinity, -.infinity]
        for step in 0..<300 {
            var controller = LearnedController()
            let demand = plan.approaches.enumerated().map { place, approach in
                let value = { (shift: Int) in wild[(step * (shift + 1) + place * 3 + shift) % wild.count] }
                let vehicles = (0..<step % 40).map {
                    SeenVehicle(distance: value($0), speed: value($0 + 1), waited: value($0 + 2), share: value($0 + 3))
                }
                return ApproachDemand(vehicles, standingBehind: value(4), passed: value(5), at: approach)
            }
            let view = SignalView(time: 0, plan: plan, phase: step % 5, green: step % 60, demand: step % 7 == 0 ? [] : demand)
            controller.watch(view, isChanging: step % 2 == 0)
            let wish = controller.wish(view)
            #expect(wish.map(plan.phases.indices.contains) ?? true)
        }
    }
}
