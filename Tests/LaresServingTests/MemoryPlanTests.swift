import LaresServing
import LaresStore
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
        #expect(error?.code == .memoryBusy && error?.retryAfter != nil)
        let never = #expect(throws: ServingError.self) { try plan(99_999, there) }
        #expect(never?.code == .outOfMemory)
    }

    @Test func whatStepsWorkInIsCounted() throws {
        func plan(_ work: Int) throws -> MemoryPlan {
            try MemoryPlan(
                for: "new", ModelNeeds(weightBytes: 10_000, pageBytes: 10, workBytes: work, contextLength: 8_192), budget: 100_000,
                cacheTokens: nil, pageTokens: 16, occupants: [])
        }
        #expect(try plan(0).pages == 1_024)
        #expect(try plan(85_000).pages == 500)
        let error = #expect(throws: ServingError.self) { try plan(90_000) }
        #expect(error?.message.contains("90000") == true)
    }

    @Test func rowsOfLogitsAreWorkOfADecoder() async throws {
        let path = try testModels() + "/random/llama-q4_0.gguf"
        let (one, many) = (try ModelNeeds(gguf: path, batchLimit: 1), try ModelNeeds(gguf: path, batchLimit: 65))
        #expect(many.workBytes - one.workBytes == 64 * 320 * 4)
        #expect(one.pageBytes == 2 * 2 * 64 * 16 * 2 * 2 && one.contextLength == 4_096)
    }

    /// Sizes up to the largest a file can name are refused, not computed with.
    @Test(arguments: [Int.max, Int.max - 1, 1 << 62, 100_000_000_000_000_000])
    func impossibleSizesAreRefused(size: Int) {
        for needs in [
            ModelNeeds(weightBytes: size, pageBytes: 10, contextLength: 100),
            ModelNeeds(weightBytes: 10, pageBytes: size, contextLength: size),
            ModelNeeds(weightBytes: 1, pageBytes: 1, workBytes: size, contextLength: size),
        ] {
            let error = #expect(throws: ServingError.self) {
                try MemoryPlan(
                    for: "new", needs, budget: 1 << 40, cacheTokens: size, pageTokens: 16,
                    occupants: [.init(name: "a", bytes: size, lastUse: 1, isInUse: false)])
            }
            #expect(error?.code == .outOfMemory)
        }
    }

    @Test(
        arguments: [
            "block_count", "embedding_length", "attention.head_count", "attention.head_count_kv", "attention.key_length", "context_length",
        ],
        [UInt64.max, UInt64(Int.max), 100_000_000_000_000_000])
    func aFileWithImpossibleSizesIsRefusedWhenItComesIn(key: String, value: UInt64) async throws {
        try await withStore { store, home in
            let path = home.path + "/huge.gguf"
            try tinyGGUF(sizes: [key: value]).write(to: path)
            #expect(throws: (any Error).self) { try ModelNeeds(gguf: path, batchLimit: 64) }
            let error = await #expect(throws: PullError.self) { try await store.importModel(at: path, name: "huge") }
            #expect(error?.code == .notAModel && error?.message.contains(key) == true)
            #expect(try files(home.path + "/blobs").isEmpty)
        }
    }

    @Test func aSmallMachineGivesASmallerCacheRatherThanNone() throws {
        let plan = try plan(95_000)
        #expect((128..<1_024).contains(plan.pages))
    }
}
