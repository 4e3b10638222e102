import LaresLanguage

/// Looks for an order of an instance's members that a matcher takes: depth first, bounded in steps.
struct OrderSearch {
    private enum Item {
        case bytes([UInt8])
        case tree(Tree)
        case items(ArraySlice<Tree>, isFirst: Bool)
        case members([(key: [UInt8], value: Tree)], isFirst: Bool)
    }

    private var steps = 5_000

    /// Whether there is such an order, as far as so many steps can tell.
    static func finds(_ text: String, _ matcher: GrammarMatcher) -> Bool {
        var search = OrderSearch()
        return search.reads([.tree(Tree(text))], matcher)
    }

    /// Reads the items, the last first.
    private mutating func reads(_ items: [Item], _ start: GrammarMatcher) -> Bool {
        var (items, matcher) = (items, start)
        while let item = items.popLast() {
            steps -= 1
            guard steps > 0 else { return false }
            switch item {
            case .bytes(let bytes), .tree(.scalar(let bytes)):
                guard matcher.accept(bytes: bytes) else { return false }
            case .tree(.array(let list)): items += [.items(list[...], isFirst: true), .bytes(Array("[".utf8))]
            case .tree(.object(let members)): items += [.members(members, isFirst: true), .bytes(Array("{".utf8))]
            case .items(let list, let isFirst):
                guard let first = list.first else {
                    items.append(.bytes(Array("]".utf8)))
                    continue
                }
                items += [.items(list.dropFirst(), isFirst: false), .tree(first)]
                if !isFirst { items.append(.bytes(Array(", ".utf8))) }
            case .members(let members, _) where members.isEmpty: items.append(.bytes(Array("}".utf8)))
            case .members(let members, let isFirst): return branches(members, isFirst, items, matcher)
            }
        }
        return matcher.isComplete
    }

    private mutating func branches(
        _ members: [(key: [UInt8], value: Tree)], _ isFirst: Bool, _ items: [Item], _ matcher: GrammarMatcher
    ) -> Bool {
        for (index, member) in members.enumerated() {
            var after = matcher
            guard after.accept(bytes: Array((isFirst ? "" : ", ").utf8) + member.key + Array(": ".utf8)) else { continue }
            var rest = members
            rest.remove(at: index)
            if reads(items + [.members(rest, isFirst: false), .tree(member.value)], after) { return true }
        }
        return false
    }
}
