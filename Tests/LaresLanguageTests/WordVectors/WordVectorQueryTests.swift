import LaresLanguage
import Testing

struct WordVectorQueryTests {
    private func vectors() throws -> WordVectors {
        let text = "6 3\nman 1 0 0\nwoman 1 1 0\nking 1 0 1\nqueen 1 1 1\nboy 2 0.1 0\nzero 0 0 0\n"
        return try withFile(text) { try WordVectors(contentsOf: $0) }
    }

    @Test func theNearestComeFirstWithoutTheWordItself() throws {
        let near = try vectors().nearest(to: "man", count: 2)
        #expect(near.map(\.word) == ["boy", "woman"])
        #expect(abs(near[0].similarity - 2 / Float(4.01).squareRoot()) < 1e-6)
        #expect(try vectors().nearest(to: "man", count: 0).isEmpty)
        #expect(try vectors().nearest(to: "man", count: 100).count == 5)
    }

    @Test func analogiesAddAndSubtract() throws {
        #expect(try vectors().analogy("man", "woman", "king", count: 1).first?.word == "queen")
    }

    @Test func aVectorOfZerosHasNoNeighbours() throws {
        #expect(try vectors().nearest(to: "zero").allSatisfy { $0.similarity == 0 })
        #expect(try vectors().similarity("zero", "man") == 0)
    }

    @Test func anUnknownWordIsNamed() throws {
        let error = #expect(throws: WordVectorError.self) { _ = try vectors().nearest(to: "Queen") }
        #expect(error?.code == .unknownWord)
        #expect(error?.message.contains("'queen'") == true)
    }

    @Test func piecesAreThoseOfFastText() {
        // FNV-1a of "<ab" with bytes as signed, and of bytes above 127: from fastText's own hash.
        let grams = CharacterGrams(shortest: 3, longest: 4, buckets: 1_000_000)
        #expect(grams.pieceCount(of: "ab") == 3)  // <ab, <ab>, ab>
        #expect(grams.pieceCount(of: "牛奶") == 3)
        #expect(CharacterGrams(shortest: 1, longest: 1, buckets: 10).pieceCount(of: "ab") == 2)
    }

    @Test func spearmanSharesRanks() throws {
        let pairs = "# comment\nWord1\tWord2\tscore\nman\twoman\t9\nman\tboy\t9.5\nman\tKING\t9\nman\tqueen\t1\nman\tnobody\t4\n"
        let result = try withFile(pairs) { try WordPairTest(contentsOf: $0).evaluate(try vectors()) }
        #expect((result.pairs, result.unknown) == (4, 1))
        // Cosines of boy > woman = king > queen, judged in that order.
        #expect(abs(result.spearman - 1) < 1e-12)
    }

    @Test func analogyQuestionsAreCountedBySection() throws {
        let questions = ": royal\nMan Woman King Queen\nman king woman queen\nman king woman boy\n: other\nman woman nobody queen\n"
        let results = try withFile(questions) { try AnalogyTest(contentsOf: $0).evaluate(try vectors()) }
        #expect(results.map(\.section) == ["royal", "other"])
        #expect(results.map(\.correct) == [2, 0])
        #expect(results.map(\.questions) == [3, 0])
    }

    @Test(arguments: ["", "a b c\n", ": empty\n"]) func brokenQuestionsAreRefused(_ text: String) throws {
        #expect(throws: WordVectorError.self) { try withFile(text) { _ = try AnalogyTest(contentsOf: $0) } }
    }

    @Test(arguments: ["", "a\tb\n", "a\tb\t1\na\tb\tx\n", "a\tb\tnan\n"]) func brokenPairsAreRefused(_ text: String) throws {
        #expect(throws: WordVectorError.self) { try withFile(text) { _ = try WordPairTest(contentsOf: $0) } }
    }
}
