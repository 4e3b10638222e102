package import LaresLanguage

/// Keeps one answer within its form: masks the logits before a token is chosen, and follows what was chosen.
package struct AnswerGuide {
    private var matcher: GrammarMatcher
    private var words: [UInt32]
    /// Whether `words` are those of where the answer is.
    private var isCurrent = false

    package init(_ masks: GrammarMasks) {
        matcher = GrammarMatcher(masks)
        words = Array(repeating: 0, count: masks.maskWords)
    }

    /// Whether nothing may come any more.
    package var isOver: Bool { matcher.isOver }

    /// The tokens that may come next: bit `i % 32` of word `i / 32` is token `i`. Nil when finding out would take too long.
    package mutating func allowed() -> [UInt32]? {
        if !isCurrent { isCurrent = words.withUnsafeMutableBufferPointer { matcher.allowed(into: $0) } }
        return isCurrent ? words : nil
    }

    /// Puts every token that may not come next out of reach.
    ///
    /// - Throws: when none may come, or finding out would take too long.
    package mutating func mask(_ logits: UnsafeMutableBufferPointer<Float>) throws(ServingError) {
        guard let words = allowed() else {
            throw ServingError(.invalidRequest, "the form asked for is too ambiguous to be followed; write it simpler")
        }
        guard words.withUnsafeBufferPointer({ Self.mask(logits, $0) }) else { throw Self.deadEnd }
    }

    /// Follows a token.
    ///
    /// - Throws: if it may not come.
    package mutating func accept(_ token: Token) throws(ServingError) {
        isCurrent = false
        guard matcher.accept(token) else { throw Self.deadEnd }
    }

    private static let deadEnd = ServingError(.invalidRequest, "this model has no token that could come next in the form asked for")

    /// Lowers every logit whose bit is 0 to minus infinity, those without a bit too. Whole words first: most are 0 or all ones.
    static func mask(_ logits: UnsafeMutableBufferPointer<Float>, _ words: UnsafeBufferPointer<UInt32>) -> Bool {
        var some: UInt32 = 0
        for (index, word) in words.enumerated() where word != .max {
            let start = min(index * 32, logits.count)
            let end = min(start + 32, logits.count)
            some |= word
            if word == 0 { logits[start..<end].update(repeating: -.infinity) } else { mask(logits, from: start, count: end - start, word) }
        }
        let known = min(words.count * 32, logits.count)
        logits[known...].update(repeating: -.infinity)
        return some != 0 || words.contains(.max)
    }

    /// From one 0 to the next: testing every bit took four times as long where few of a word are 1.
    private static func mask(_ logits: UnsafeMutableBufferPointer<Float>, from start: Int, count: Int, _ word: UInt32) {
        var zeros = count < 32 ? ~word & ((1 << UInt32(count)) - 1) : ~word
        while zeros != 0 {
            logits[start + zeros.trailingZeroBitCount] = -.infinity
            zeros &= zeros - 1
        }
    }
}
