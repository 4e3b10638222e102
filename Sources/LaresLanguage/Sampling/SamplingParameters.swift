import Foundation
public import LaresTensor

/// How the next token is chosen from a model's logits.
public struct SamplingParameters: Sendable, Hashable {
    /// Divides the logits; 0 is greedy.
    public var temperature: Float
    /// Keep so many likeliest tokens; 0 keeps all.
    public var topK: Int
    /// Keep the likeliest tokens whose probabilities add up to this, 0…1; 1 keeps all.
    public var topP: Float
    /// Keep tokens at least this times as likely as the likeliest, 0…1; 0 keeps all.
    public var minP: Float
    /// Divides positive and multiplies negative logits of the last tokens of prompt and answer; 1 does nothing.
    public var repetitionPenalty: Float
    /// Subtracted from logits of tokens the answer has.
    public var presencePenalty: Float
    /// Subtracted from a token's logit once for each time the answer has it.
    public var frequencyPenalty: Float
    /// How many of the last tokens count for the repetition penalty; 0 counts none.
    public var penaltyWindow: Int
    /// Added to the logits of these tokens.
    public var logitBias: [Token: Float]
    /// The same seed gives the same text; nil draws a new one.
    public var seed: UInt64?

    /// Parameters; what is left out does nothing.
    public init(
        temperature: Float = 1, topK: Int = 0, topP: Float = 1, minP: Float = 0, repetitionPenalty: Float = 1, presencePenalty: Float = 0,
        frequencyPenalty: Float = 0, penaltyWindow: Int = 64, logitBias: [Token: Float] = [:], seed: UInt64? = nil
    ) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
        self.repetitionPenalty = repetitionPenalty
        self.presencePenalty = presencePenalty
        self.frequencyPenalty = frequencyPenalty
        self.penaltyWindow = penaltyWindow
        self.logitBias = logitBias
        self.seed = seed
    }
}

extension SamplingParameters {
    /// Which logits decide what is drawn, when the `excluded` highest may be ruled out afterwards.
    ///
    /// A greedy choice needs the highest, top-k the k highest, min-p those near the highest. What changes logits first, and top-p over the whole
    /// vocabulary, which sums up all probabilities, need every one.
    public func need(excluded: Int) -> LogitNeed {
        let changesLogits = !logitBias.isEmpty || repetitionPenalty != 1 || presencePenalty != 0 || frequencyPenalty != 0
        if changesLogits { return .all }
        if temperature == 0 { return .highest(1 + excluded, within: 0) }
        if (1...Self.mostHighest).contains(topK) { return .highest(topK + excluded, within: 0) }
        return minP >= Self.leastMinP && topP >= 1 ? .highest(1 + excluded, within: -temperature * log(min(1, minP))) : .all
    }

    private static let mostHighest = 64
    private static let leastMinP: Float = 0.01
}
