import LaresServing
import Testing

@Suite struct MemoryPlanTests {
    private func plan(
        _ weights: Int, page: Int = 10, context: Int = 8_192, budget: Int = 100_000, tokens: Int? = nil, _ there: [MemoryPlan.Occupant] = []
    ) throws -> MemoryPlan {
        try MemoryPlan(
            for: "new", ModelNeeds(weightBytes: weights, pageBytes: page, contextLength: context), budget: budget, cacheTokens: tokens,
            pageTokens: 16, occupants: there)
    }

    @Test func aModelThatFitsGetsItsCache() throws {
        let plan = try plan(10_000)
        #expect(plan.evicted.isEmpty)
        #expect(plan.pages == 1_024)
        #expect(try self.plan(10_000, tokens: 160).pages == 10)
        #expect(try self.plan(10_000, page: 0).pages == 0)
    }

    @Test func aModelThatDoesNotFitIsRefusedWithTheNumbers() throws {
        let error = #expect(throws: ServingError.self) { try plan(99_999) }
        #expect(error?.code == .outOfMemory)
        for number in ["99999", "100000", "1280"] { #expect(error?.message.contains(number) == true, "\(number)") }
    }

    @Test func theLongestUnusedGoesFirstAndNoneTooMany() throws {
        let there = [
            MemoryPlan.Occupant(name: "old", bytes: 40_000, lastUse: 1, isInUse: false),
            MemoryPlan.Occupant(name: "new", bytes: 40_000, lastUse: 3, isInUse: false),
            MemoryPlan.Occupant(name: "middle", bytes: 15_000, lastUse: 2, isInUse: false),
        ]
        #expect(try plan(20_000, there).evicted == ["old"])
        #expect(try plan(50_000, there).evicted == ["old", "middle"])
        #expect(try plan(1, page: 0, there).evicted.isEmpty)
    }

    @Test func aModelInUseStays() throws {
        let there = [MemoryPlan.Occupant(name: "busy", bytes: 90_000, lastUse: 1, isInUse: true)]
        let error = #expect(throws: ServingError.self) { try plan(20_000, there) }
        #expect(error?.message.contains("90000") == true)
    }

    @Test func aSmallMachineGivesASmallerCacheRatherThanNone() throws {
        let plan = try plan(95_000)
        #expect((128..<1_024).contains(plan.pages))
    }
}
