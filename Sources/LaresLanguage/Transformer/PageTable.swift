/// Who owns which page of a key-value cache: a pure value without memory of its own, so every rule of it is a unit test.
///
/// A page holds 16 positions of one sequence in all layers. Full pages are published under their tokens and everything before them, so that a
/// later sequence with the same beginning uses them again; published pages that nobody uses wait in order of age and are taken when room is needed.
/// Keys are exact (the parent's identity and 16 tokens), not just hashes: two texts can never be mixed up.
package struct PageTable {
    package static let pageTokens = 16

    /// What a full page holds: the identity of the content before it (of a first page, its root) and its tokens.
    struct Content: Hashable {
        var parent: UInt64
        var tokens: [Token]
    }

    private struct Page {
        var references = 0
        var content: Content?
        var identity: UInt64 = 0
        // Neighbours in the list of unused published pages, oldest first.
        var older = PageTable.none
        var newer = PageTable.none
    }

    private static let none = -1
    /// The root of texts that only the model computes; those of adapters are 2⁶³ and more, beyond the identities of pages.
    package static let noRoot: UInt64 = 0

    private var pages: [Page]
    private var free: [UInt32]
    private var published: [Content: UInt32] = [:]
    private var nextIdentity: UInt64 = 1
    private var oldest = none
    private var newest = none
    private var waiting = 0

    package init(pageCount: Int) {
        pages = Array(repeating: Page(), count: pageCount)
        free = (0..<UInt32(pageCount)).reversed()
    }

    package var totalPages: Int { pages.count }
    /// Pages that can be had: never used, or published and unused.
    package var freePages: Int { free.count + waiting }

    /// The longest run of published pages that begin `tokens` of one root, retained; at most `limit` pages.
    package mutating func match(_ tokens: [Token], limit: Int, root: UInt64 = noRoot) -> [UInt32] {
        var found: [UInt32] = []
        var parent = root
        while found.count < limit, (found.count + 1) * Self.pageTokens <= tokens.count {
            let start = found.count * Self.pageTokens
            guard let page = published[Content(parent: parent, tokens: Array(tokens[start..<(start + Self.pageTokens)]))] else { break }
            retain(page)
            parent = pages[Int(page)].identity
            found.append(page)
        }
        return found
    }

    /// A page for new content, taking the oldest unused published page when none is free; nil when all are in use.
    package mutating func allocate() -> UInt32? {
        if free.isEmpty, oldest != Self.none { withdraw(UInt32(oldest)) }
        guard let page = free.popLast() else { return nil }
        pages[Int(page)].references = 1
        return page
    }

    /// Publishes a full page that follows `parent` (nil: it is the first of a text with that root). Does nothing when the parent isn't published.
    package mutating func publish(_ page: UInt32, after parent: UInt32?, tokens: ArraySlice<Token>, root: UInt64 = noRoot) {
        precondition(tokens.count == Self.pageTokens && pages[Int(page)].references > 0)
        let before = parent.map { pages[Int($0)].identity } ?? root
        guard parent == nil || before != 0, pages[Int(page)].content == nil else { return }
        let content = Content(parent: before, tokens: Array(tokens))
        if let twin = published[content] {
            // Another sequence was first; what follows this page may still be published under the same identity.
            pages[Int(page)].identity = pages[Int(twin)].identity
            return
        }
        published[content] = page
        pages[Int(page)].content = content
        pages[Int(page)].identity = nextIdentity
        nextIdentity += 1
    }

    /// Takes back the publishing of a page that only its own sequence uses, which will write it again.
    package mutating func unpublish(_ page: UInt32) {
        precondition(pages[Int(page)].references == 1, "a page that others use")
        if let content = pages[Int(page)].content { published[content] = nil }
        pages[Int(page)].content = nil
        pages[Int(page)].identity = 0
    }

    /// Gives up one use of each page. Published ones wait to be found again when `keep` is true; the last page becomes the oldest of them.
    package mutating func release(_ list: [UInt32], keep: Bool) {
        for page in list.reversed() {
            precondition(pages[Int(page)].references > 0)
            pages[Int(page)].references -= 1
            guard pages[Int(page)].references == 0 else { continue }
            if pages[Int(page)].content == nil {
                pages[Int(page)] = Page()
                free.append(page)
            } else {
                append(page)
                if !keep { withdraw(page) }
            }
        }
    }

    /// The published pages: those in use, then the others, the ones used last first.
    var publishedPages: [UInt32] {
        var list = published.values.filter { pages[Int($0)].references > 0 }.sorted()
        var next = newest
        while next != Self.none {
            list.append(UInt32(next))
            next = pages[next].older
        }
        return list
    }

    func content(of page: UInt32) -> Content? { pages[Int(page)].content }
    func identity(of page: UInt32) -> UInt64 { pages[Int(page)].identity }
    /// Whether a page can be had without taking another text's.
    var hasUnusedPages: Bool { !free.isEmpty }

    private mutating func retain(_ page: UInt32) {
        if pages[Int(page)].references == 0 { unlink(page) }
        pages[Int(page)].references += 1
    }

    /// Takes an unused published page out of the index and frees it.
    private mutating func withdraw(_ page: UInt32) {
        unlink(page)
        if let content = pages[Int(page)].content { published[content] = nil }
        pages[Int(page)] = Page()
        free.append(page)
    }

    private mutating func append(_ page: UInt32) {
        let index = Int(page)
        pages[index].older = newest
        pages[index].newer = Self.none
        if newest == Self.none { oldest = index } else { pages[newest].newer = index }
        newest = index
        waiting += 1
    }

    private mutating func unlink(_ page: UInt32) {
        let (older, newer) = (pages[Int(page)].older, pages[Int(page)].newer)
        if older == Self.none { oldest = newer } else { pages[older].newer = newer }
        if newer == Self.none { newest = older } else { pages[newer].older = older }
        pages[Int(page)].older = Self.none
        pages[Int(page)].newer = Self.none
        waiting -= 1
    }
}
