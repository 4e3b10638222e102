import LaresLanguage
import LaresTensor
import Testing

@Suite struct PageTableTests {
    static let page = 16
    static func text(_ seed: Int, pages: Int) -> [Token] { (0..<Token(pages * page)).map { $0 &* 7 + Token(seed * 1000) } }

    /// Allocates and publishes whole pages of a text, as a sequence would.
    private func fill(_ table: inout PageTable, _ text: [Token]) -> [UInt32] {
        var pages = table.match(text, limit: text.count / Self.page)
        while pages.count * Self.page < text.count, let page = table.allocate() {
            let start = pages.count * Self.page
            table.publish(page, after: pages.last, tokens: text[start..<(start + Self.page)])
            pages.append(page)
        }
        return pages
    }

    @Test func aSecondSequenceSharesTheFullPagesOfItsBeginning() {
        var table = PageTable(pageCount: 8)
        let text = Self.text(1, pages: 3)
        let first = fill(&table, text)
        #expect(table.match(Array(text.prefix(40)), limit: 9) == Array(first.prefix(2)))
        #expect(table.match(Array(text.prefix(32)), limit: 1) == Array(first.prefix(1)))
        #expect(table.match(Self.text(2, pages: 3), limit: 9).isEmpty)
        #expect(table.freePages == 5)
    }

    @Test func theSameTokensAfterAnotherBeginningAreNotShared() {
        var table = PageTable(pageCount: 8)
        let end = Self.text(3, pages: 1)
        _ = fill(&table, Self.text(1, pages: 1) + end)
        let other = fill(&table, Self.text(2, pages: 1))
        #expect(table.match(Self.text(2, pages: 1) + end, limit: 9) == other)
    }

    @Test func keptPagesAreFoundAgainAndOthersAreNot() {
        var table = PageTable(pageCount: 4)
        let text = Self.text(1, pages: 2)
        let pages = fill(&table, text)
        table.release(pages, keep: true)
        #expect(table.freePages == 4)
        #expect(table.match(text, limit: 9) == pages)
        table.release(pages, keep: false)
        #expect(table.match(text, limit: 9).isEmpty)
        #expect(table.freePages == 4)
    }

    @Test func theTextsUsedLastAreSavedWithTheirBeginningsAndAdoptedInOrder() {
        var table = PageTable(pageCount: 16)
        let (old, new) = (Self.text(1, pages: 3), Self.text(1, pages: 1) + Self.text(2, pages: 2))
        for text in [Self.text(9, pages: 4), old, new] { table.release(fill(&table, text), keep: true) }
        let saved = table.saved(limit: 5)
        #expect(saved.count == 5 && saved[0].parent == nil)
        #expect(saved.indices.allSatisfy { saved[$0].parent.map { parent in parent < 5 } ?? true })
        var other = PageTable(pageCount: 8)
        #expect(other.adopt(saved).allSatisfy { $0 != nil } && other.freePages == 8)
        #expect(other.match(old, limit: 9).count == 3 && other.match(new, limit: 9).count == 3)
        #expect(other.match(Self.text(9, pages: 4), limit: 9).isEmpty)
        var small = PageTable(pageCount: 2)
        #expect(small.adopt(saved).prefix(2).allSatisfy { $0 != nil } && small.adopt(saved).allSatisfy { $0 == nil })
    }

    @Test func anUnpublishedPageIsNotFoundAndCanBePublishedAgain() {
        var table = PageTable(pageCount: 4)
        let text = Self.text(1, pages: 2)
        let pages = fill(&table, text)
        table.unpublish(pages[1])
        #expect(table.match(text, limit: 9) == [pages[0]])
        let other = Array(text[..<16]) + Self.text(2, pages: 1)
        table.publish(pages[1], after: pages[0], tokens: other[16...])
        #expect(table.match(other, limit: 9) == pages)
    }

    @Test func theOldestUnusedPageIsTakenFirstAndEndsBeforeBeginnings() {
        var table = PageTable(pageCount: 4)
        let (old, new) = (Self.text(1, pages: 2), Self.text(2, pages: 2))
        let oldPages = fill(&table, old)
        let newPages = fill(&table, new)
        table.release(oldPages, keep: true)
        table.release(newPages, keep: true)
        #expect(table.allocate() == oldPages[1])
        let again = table.match(old, limit: 9)
        #expect(again == [oldPages[0]])
        table.release(again, keep: true)
        #expect(table.allocate() == newPages[1])
    }

    @Test func pagesInUseAreNeverTaken() {
        var table = PageTable(pageCount: 3)
        let pages = fill(&table, Self.text(1, pages: 2))
        #expect(table.allocate() != nil)
        #expect(table.allocate() == nil)
        table.release([pages[1]], keep: true)
        #expect(table.allocate() == pages[1])
    }

    @Test func twoSequencesThatComputeTheSameTextAtOnceEndWithOneCopy() {
        var table = PageTable(pageCount: 8)
        let text = Self.text(1, pages: 2)
        let first = fill(&table, Array(text.prefix(16)))
        guard let twin = table.allocate(), let next = table.allocate() else { return #expect(Bool(false)) }
        table.publish(twin, after: nil, tokens: text[0..<16])
        table.publish(next, after: twin, tokens: text[16..<32])
        #expect(table.match(text, limit: 9) == [first[0], next])
    }

    @Test func randomUseNeverLosesOrSharesAPageWrongly() {
        let seed: UInt64 = 424_242
        var random = SeededRandom(seed: seed)
        var table = PageTable(pageCount: 24)
        var open: [(text: [Token], pages: [UInt32])] = []
        var contents: [UInt32: [Token]] = [:]
        for _ in 0..<5000 {
            if open.count < 5, Bool.random(using: &random) {
                let text =
                    Self.text(Int.random(in: 0..<2, using: &random), pages: 1) + Self.text(Int.random(in: 0..<6, using: &random), pages: 3)
                let pages = fill(&table, Array(text.prefix(Int.random(in: 1...4, using: &random) * 16)))
                for (index, page) in pages.enumerated() { contents[page] = Array(text.prefix((index + 1) * 16)) }
                open.append((text, pages))
            } else if let index = open.indices.randomElement(using: &random) {
                let sequence = open.remove(at: index)
                for (place, page) in sequence.pages.enumerated() {
                    #expect(contents[page] == Array(sequence.text.prefix((place + 1) * 16)), "seed \(seed)")
                }
                table.release(sequence.pages, keep: Bool.random(using: &random))
            }
            #expect(table.freePages == 24 - Set(open.flatMap(\.pages)).count, "seed \(seed)")
        }
    }
}
