/// Who must go, and how large the cache may be, so that a model fits into the memory budget.
package struct MemoryPlan: Sendable, Hashable {
    /// A model in memory.
    package struct Occupant: Sendable, Hashable {
        let name: String
        let bytes: Int
        /// Rises with each use.
        let lastUse: Int
        let isInUse: Bool

        package init(name: String, bytes: Int, lastUse: Int, isInUse: Bool) {
            self.name = name
            self.bytes = bytes
            self.lastUse = lastUse
            self.isInUse = isInUse
        }
    }

    /// Models to unload first, the longest unused first.
    package var evicted: [String]
    /// Pages of the cache.
    package var pages: Int

    /// Plans, or refuses with the numbers.
    ///
    /// A model in use is never unloaded. No model is unloaded to give another more than a comfortable cache (8,192 tokens or its context).
    ///
    /// - Throws: code `memoryBusy` when only models in use stand in the way, `outOfMemory` when it wouldn't fit alone either.
    package init(
        for name: String, _ needs: ModelNeeds, budget: Int, cacheTokens: Int?, pageTokens: Int, occupants: [Occupant]
    ) throws(ServingError) {
        let budget = max(0, budget)
        let wishes = Wishes(needs, budget: budget, cacheTokens: cacheTokens, pageTokens: pageTokens)
        let busy = Bytes.sum(occupants.filter(\.isInUse).map(\.bytes))
        var idle = occupants.filter { !$0.isInUse }.sorted { $0.lastUse < $1.lastUse }[...]
        func possible() -> Int { Self.pages(of: needs, in: budget, beside: Bytes.sum([busy] + idle.map(\.bytes))) }
        evicted = []
        while possible() < wishes.comfortable, let victim = idle.popFirst() { evicted.append(victim.name) }
        guard possible() >= wishes.least else {
            let fitsAlone = Self.pages(of: needs, in: budget, beside: 0) >= wishes.least
            throw Self.refusal(name, needs, wishes, budget: budget, busy: busy, isTemporary: fitsAlone)
        }
        pages = min(wishes.wanted, possible())
    }

    /// Pages that fit beside others; -1 when not even the weights do.
    private static func pages(of needs: ModelNeeds, in budget: Int, beside others: Int) -> Int {
        let free = budget - Bytes.sum([others, needs.weightBytes, needs.workBytes])
        guard free >= 0 else { return -1 }
        return needs.pageBytes == 0 ? 0 : free / needs.pageBytes
    }

    private static func refusal(
        _ name: String, _ needs: ModelNeeds, _ wishes: Wishes, budget: Int, busy: Int, isTemporary: Bool
    ) -> ServingError {
        let cache = Bytes.product(wishes.least, needs.pageBytes)
        let numbers =
            "'\(name)' needs \(needs.weightBytes) bytes of weights, \(needs.workBytes) to work in and at least \(cache) of cache; "
            + "\(budget) bytes are allowed and models in use take \(busy): "
        guard isTemporary else {
            return ServingError(.outOfMemory, numbers + "raise the memory budget or choose a smaller model", param: "model")
        }
        return ServingError(.memoryBusy, numbers + "try again when they are done", param: "model", retryAfter: .seconds(5))
    }

    private struct Wishes {
        let least: Int
        let comfortable: Int
        let wanted: Int

        init(_ needs: ModelNeeds, budget: Int, cacheTokens: Int?, pageTokens: Int) {
            guard needs.pageBytes > 0 else {
                (least, comfortable, wanted) = (0, 0, 0)
                return
            }
            func pages(_ tokens: Int) -> Int { max(1, tokens / pageTokens + (tokens % pageTokens == 0 ? 0 : 1)) }
            least = pages(min(needs.contextLength, cacheTokens ?? 2_048, 2_048))
            comfortable = pages(min(needs.contextLength, cacheTokens ?? 8_192, 8_192))
            // A quarter of the budget at most, unless more was asked for: other models want to live too.
            wanted = cacheTokens.map(pages) ?? max(comfortable, min(pages(max(needs.contextLength, 16_384)), budget / 4 / needs.pageBytes))
        }
    }
}
