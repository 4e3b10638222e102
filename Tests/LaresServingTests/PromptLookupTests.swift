import LaresLanguage
import LaresServing
import Testing

@Suite struct PromptLookupTests {
    @Test func whatFollowedTheSameThreeTokensIsGuessed() {
        var lookup = PromptLookup()
        #expect(lookup.draft(after: [1, 2, 3, 4, 5, 6, 7], limit: 10, cost: 0.2).isEmpty)
        #expect(lookup.draft(after: [1, 2, 3, 4, 5, 6, 7, 1, 2, 3], limit: 10, cost: 0.2) == [4, 5, 6, 7])
        #expect(lookup.draft(after: [1, 2, 3, 4, 5, 6, 7, 1, 2, 3], limit: 2, cost: 0.2) == [4, 5])
        #expect(lookup.draft(after: [1, 2, 3, 4, 5, 6, 7, 1, 2, 3], limit: 0, cost: 0.2).isEmpty)
        // The place seen last counts.
        #expect(lookup.draft(after: [1, 2, 3, 4, 5, 6, 7, 1, 2, 3, 9, 9, 1, 2, 3], limit: 1, cost: 0.2) == [9])
    }

    @Test func shortTextsHaveNothingToGuessFrom() {
        var lookup = PromptLookup()
        for count in 0..<4 { #expect(lookup.draft(after: Array(repeating: 1, count: count), limit: 8, cost: 0.2).isEmpty) }
        #expect(lookup.draft(after: [1, 1, 1, 1], limit: 8, cost: 0.2) == [1])
    }

    @Test func guessesGrowWhileTheyAreRightAndStopWhileTheyAreWrong() {
        var lookup = PromptLookup()
        let text: [Token] = Array(repeating: 1, count: 40)
        #expect(lookup.draft(after: text, limit: 100, cost: 0.2).count == 1)
        lookup.note(guessed: 4, right: 4)
        lookup.note(guessed: 6, right: 6)
        #expect(lookup.rate > 0.7)
        for _ in 0..<8 { lookup.note(guessed: 8, right: 0) }
        #expect(lookup.rate < 0.2)
        var empty = 0
        while lookup.draft(after: text, limit: 100, cost: 0.2).isEmpty, empty < 100 { empty += 1 }
        #expect((20..<50).contains(empty))
    }

    @Test func theTextIsTheSameWithGuessesAndWithout() async throws {
        let rows = (1...12).map { "{\"id\": \($0), \"room\": \"hall \($0)\", \"on\": true, \"watts\": 12}" }
        let questions = [
            "Repeat this list: " + rows.joined(separator: ", "), "Why is the sky blue?", "Say hello ten times.",
            "List the days of the week, three times.",
        ]
        func texts(speculating: Bool) async throws -> [String] {
            try await withServing(ServingSettings(cacheTokens: 8_192, speculates: speculating)) { serving, _ in
                var texts: [String] = []
                for question in questions { texts.append(try await answer(serving, ask(question, maxTokens: 200)).text) }
                return texts
            }
        }
        let (plain, guessed) = (try await texts(speculating: false), try await texts(speculating: true))
        #expect(plain == guessed)
    }
}
