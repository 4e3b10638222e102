import LaresTensor

/// Log-probabilities of a step, from the model's own logits (before bias, penalties and temperature), as the OpenAI API reports them.
public struct LogProbabilities: Sendable, Hashable {
    /// A token and its natural log-probability.
    public struct Entry: Sendable, Hashable {
        /// The token.
        public var token: Token
        /// ln p, at most 0.
        public var logProbability: Float
    }

    /// ln Σ exp(logit).
    public let normaliser: Float
    /// The likeliest tokens, best first; ties by token.
    public let top: [Entry]

    /// Computes the normaliser and the `count` likeliest tokens; two passes over the row and no sort of it.
    public init(_ logits: UnsafeBufferPointer<Float>, top count: Int) {
        let normaliser = logSumExp(logits)
        self.normaliser = normaliser
        top = Candidates.highest(logits, count).map { Entry(token: Token($0), logProbability: min(0, logits[$0] - normaliser)) }
    }

    /// The log-probability of one token of the same row.
    public func of(_ token: Token, in logits: UnsafeBufferPointer<Float>) -> Float {
        logits.indices.contains(Int(token)) ? min(0, logits[Int(token)] - normaliser) : -.infinity
    }
}
