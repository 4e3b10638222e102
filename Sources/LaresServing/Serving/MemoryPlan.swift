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
    package init(
        for name: String, _ needs: ModelNeeds, budget: Int, cacheTokens: Int?, pageTokens: Int, occupants: [Occupant]
    ) throws(ServingError) {
        let wishes = Wishes(needs, budget: budget, cacheTokens: cacheTokens, pageTokens: pageTokens)
        var free = budget - occupants.reduce(0) { $0 + $1.bytes } - needs.weightBytes
        var idle = occupants.filter { !$0.isInUse }.sorted { $0.lastUse < $1.lastUse }
        evicted = []
        while free < wishes.comfortable * needs.pageBytes || free < 0, !idle.isEmpty {
            let victim = idle.removeFirst()
            evicted.append(victim.name)
            free += victim.bytes
        }
        let possible = needs.pageBytes == 0 ? 0 : max(0, free) / needs.pageBytes
        guard free >= 0, possible >= wishes.least else {
            let busy = occupants.filter(\.isInUse).reduce(0) { $0 + $1.bytes }
            let cache = wishes.least * needs.pageBytes
            throw ServingError(
                .outOfMemory,
                "'\(name)' needs \(needs.weightBytes) bytes of weights and at least \(cache) of cache; \(budget) bytes are allowed and models in use "
                    + "take \(busy): raise the memory budget or choose a smaller model", param: "model")
        }
        pages = min(wishes.wanted, possible)
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
