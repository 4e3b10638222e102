public import LaresTensor

/// The tokens one sequence contributes to a step.
public struct StepEntry: Sendable {
    /// An open sequence of the cache.
    public var sequence: SequenceID
    /// One or more tokens that continue it.
    public var tokens: [Token]
    /// Whether the logits after the last token are wanted.
    public var wantsLogits: Bool
    /// Whether the logits after every token are wanted (to score a text).
    public var wantsAllLogits: Bool
    /// Which of these logits must be exact; the others may be estimates, which cost less to read.
    public var need: LogitNeed

    /// An entry; exact logits after the last token by default.
    public init(
        sequence: SequenceID, tokens: [Token], wantsLogits: Bool = true, wantsAllLogits: Bool = false, need: LogitNeed = .all
    ) {
        self.sequence = sequence
        self.tokens = tokens
        self.wantsLogits = wantsLogits
        self.wantsAllLogits = wantsAllLogits
        self.need = need
    }
}

/// The name of an open sequence in a `KVCache`; never used twice by the same cache.
public struct SequenceID: Hashable, Sendable {
    let number: UInt64
}
