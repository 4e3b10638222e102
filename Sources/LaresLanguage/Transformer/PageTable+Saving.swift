/// A published page as it is kept beyond the table's life: which of the listed pages comes before it, and its tokens.
package struct SavedPage: Sendable, Hashable {
    /// Where it is in this table.
    package var page: UInt32
    /// Index in the list of the page before it; nil: it is the first of a text.
    package var parent: Int?
    package var tokens: [Token]

    package init(page: UInt32, parent: Int?, tokens: [Token]) {
        self.page = page
        self.parent = parent
        self.tokens = tokens
    }
}

extension PageTable {
    /// The published pages used last, at most `limit` of them, every one behind those that come before it in its text.
    package func saved(limit: Int) -> [SavedPage] {
        let byIdentity = Dictionary(publishedPages.map { (identity(of: $0), $0) }, uniquingKeysWith: { first, _ in first })
        var list: [SavedPage] = []
        var places: [UInt32: Int] = [:]
        for page in publishedPages {
            var missing: [UInt32] = []
            var next: UInt32? = page
            while let current = next, places[current] == nil {
                missing.append(current)
                next = content(of: current).flatMap { byIdentity[$0.parent] }
            }
            // A page is of no use without the ones before it.
            guard let first = missing.last, list.count + missing.count <= limit, isComplete(first, in: places, byIdentity) else { continue }
            for current in missing.reversed() {
                guard let content = content(of: current) else { break }
                places[current] = list.count
                list.append(SavedPage(page: current, parent: byIdentity[content.parent].flatMap { places[$0] }, tokens: content.tokens))
            }
        }
        return list
    }

    private func isComplete(_ first: UInt32, in places: [UInt32: Int], _ byIdentity: [UInt64: UInt32]) -> Bool {
        guard let parent = content(of: first)?.parent, parent != 0 else { return true }
        return byIdentity[parent].map { places[$0] != nil } ?? false
    }

    /// Takes pages for a saved list while some were never used; tells where each went, nil for those there was no room or no parent for.
    package mutating func adopt(_ list: [SavedPage]) -> [UInt32?] {
        var places: [UInt32?] = []
        for saved in list {
            let parent = saved.parent.map { places[$0] }
            guard parent != .some(nil), saved.tokens.count == Self.pageTokens, hasUnusedPages, let page = allocate() else {
                places.append(nil)
                continue
            }
            publish(page, after: parent ?? nil, tokens: saved.tokens[...])
            places.append(page)
        }
        // The first of the list were used last.
        for page in places.reversed() { if let page { release([page], keep: true) } }
        return places
    }
}
