package import LaresLanguage

/// Guesses the next tokens from what was said before: where the last three tokens stood last time, the same may follow.
///
/// (Saxena, Prompt Lookup Decoding, 2023.) The model reads the guesses in the same step as the last token and keeps those it would have
/// written itself, so the text is the same and only the number of steps is smaller. How many are guessed follows how many were right.
package struct PromptLookup {
    private static let gram = 3
    private static let most = 8
    /// After a run of wrong guesses, so many tokens are written without one.
    private static let pause = 32

    /// Where the text goes on after each three tokens that occurred.
    private var places: [Gram: Int] = [:]
    private var indexed = 0
    private var length = 4
    private var waits = 0
    /// Part of the guesses of late that were right.
    package private(set) var rate = 0.5

    private struct Gram: Hashable {
        let first, second, third: Token

        init(_ tokens: ArraySlice<Token>) {
            let start = tokens.startIndex
            (first, second, third) = (tokens[start], tokens[start + 1], tokens[start + 2])
        }
    }

    package init() {}

    /// What may follow these tokens; nothing when they are new here, or guessing has not paid of late.
    ///
    /// - Parameter cost: what a guess costs, as a part of a step without one.
    package mutating func draft(after tokens: [Token], limit: Int, cost: Double) -> [Token] {
        let count = tokens.count
        guard count > Self.gram, limit > 0 else { return [] }
        for end in max(indexed, Self.gram)..<count { places[Gram(tokens[(end - Self.gram)..<end])] = end }
        indexed = max(indexed, count)
        if waits > 0 {
            waits -= 1
            return []
        }
        guard let place = places[Gram(tokens[(count - Self.gram)...])] else { return [] }
        if rate < cost {
            (waits, rate, length) = (Self.pause, max(0.5, cost), 2)
            return []
        }
        return Array(tokens[place..<min(count, place + min(length, limit))])
    }

    /// Notes how many of the guesses were right.
    package mutating func note(guessed: Int, right: Int) {
        guard guessed > 0 else { return }
        rate += (Double(right) / Double(guessed) - rate) / 4
        length = right == guessed ? min(Self.most, length + 2) : max(1, right + 1)
    }
}
