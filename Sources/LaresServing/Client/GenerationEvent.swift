public import LaresLanguage

/// A token and how likely the model found it.
public struct TokenLogProbability: Sendable, Hashable {
    /// One of the likeliest tokens at this place.
    public struct Alternative: Sendable, Hashable {
        /// Its id.
        public var token: Token
        /// Its text; bytes that are no text by themselves are shown as U+FFFD.
        public var text: String
        /// Its bytes.
        public var bytes: [UInt8]
        /// Natural logarithm of its probability.
        public var logProbability: Float

        /// An alternative.
        public init(token: Token, text: String, bytes: [UInt8], logProbability: Float) {
            self.token = token
            self.text = text
            self.bytes = bytes
            self.logProbability = logProbability
        }
    }

    /// The token that was chosen.
    public var chosen: Alternative
    /// The likeliest tokens, best first; as many as asked for.
    public var top: [Alternative]

    /// A chosen token among its alternatives.
    public init(chosen: Alternative, top: [Alternative] = []) {
        self.chosen = chosen
        self.top = top
    }
}

/// Why an answer ended.
public enum FinishReason: String, Sendable, Hashable {
    /// The model ended it, or a stop text came.
    case stop
    /// It reached `maxTokens` or the end of the context.
    case length
}

/// What a request took.
public struct Usage: Sendable, Hashable {
    /// Tokens of the prompt.
    public var promptTokens: Int
    /// Of these, tokens whose state was still there from an earlier request.
    public var cachedTokens: Int
    /// Tokens generated, the end token not counted.
    public var completionTokens: Int
    /// Time in the queue.
    public var queued: Duration
    /// Time from leaving the queue to the first token.
    public var prompt: Duration
    /// Time from the first token to the last.
    public var generation: Duration

    /// Counts and times.
    public init(
        promptTokens: Int, cachedTokens: Int = 0, completionTokens: Int, queued: Duration = .zero, prompt: Duration = .zero,
        generation: Duration = .zero
    ) {
        self.promptTokens = promptTokens
        self.cachedTokens = cachedTokens
        self.completionTokens = completionTokens
        self.queued = queued
        self.prompt = prompt
        self.generation = generation
    }
}

/// What happens while a request is answered: one `started`, any number of `text`, one `finished`.
public enum GenerationEvent: Sendable, Hashable {
    /// The request left the queue.
    case started(promptTokens: Int, cachedTokens: Int)
    /// More text: whole characters, never the beginning of a stop text. Log-probabilities, when asked for, are of the tokens since the last event.
    case text(String, [TokenLogProbability])
    /// The end.
    case finished(FinishReason, Usage)
}
