/// Contexts that were put together, by what documents gave: so many bytes of them, then it begins anew.
package struct LDContextCache: Sendable {
    /// How many bytes are kept, as ``cost(_:_:)`` has them.
    let most: Int
    private var contexts: [String: LDContext] = [:]
    package private(set) var bytes = 0

    package init(most: Int) { self.most = most }

    package subscript(key: String) -> LDContext? { contexts[key] }

    /// Keeps one that isn't larger than everything may be.
    package mutating func keep(_ context: LDContext, _ key: String) {
        let cost = Self.cost(context, key)
        guard contexts[key] == nil, cost <= most else { return }
        if bytes + cost > most { self = LDContextCache(most: most) }
        contexts[key] = context
        bytes += cost
    }

    /// Roughly what one takes: its key, the value it was made of, and the tables of its terms.
    private static func cost(_ context: LDContext, _ key: String) -> Int { 2 * key.utf8.count + context.size }
}
