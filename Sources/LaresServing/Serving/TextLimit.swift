package import LaresLanguage

/// Refuses texts that can't fit a context by their bytes alone, because cutting 32 MB into tokens takes seconds of a thread that others need.
package struct TextLimit: Sendable, Hashable {
    private let context: Int
    /// Bytes of the longest token.
    private let longest: Int

    package init(_ tokenizer: any Tokenizer, context: Int) {
        self.context = context
        longest = (0..<Token(tokenizer.vocabularySize)).reduce(1) { longest, token in
            max(longest, tokenizer.isControl(token) ? tokenizer.piece(token).utf8.count : tokenizer.bytes(of: token).count)
        }
    }

    /// Checks a text, or the parts of a conversation.
    ///
    /// - Parameters:
    ///   - slack: how many times a token's own bytes it may stand for, where the tokenizer leaves something of a text out.
    ///   - what: what is too long, for people ("the prompt").
    /// - Throws: code `contextTooLong`, with the numbers.
    package func check(_ texts: [String], slack: Int = 1, what: String, param: String) throws(ServingError) {
        let bytes = texts.reduce(0) { $0 + $1.utf8.count }
        guard bytes > Bytes.product(context, longest, slack) else { return }
        // Composing characters (NFC) makes a text up to three times shorter, and leaves everything under U+0300 as it is.
        let shrink = texts.contains { $0.utf8.contains { $0 >= 0xCC } } ? 3 : 1
        let perToken = Bytes.product(longest, slack, shrink)
        let tokens = bytes / perToken + (bytes % perToken == 0 ? 0 : 1)
        guard tokens > context else { return }
        throw ServingError(
            .contextTooLong,
            "the context of this model is \(context) tokens; \(what) has \(bytes) bytes, at least \(tokens) tokens: shorten it",
            param: param)
    }
}
