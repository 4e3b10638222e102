import LaresTensor

/// Chooses the next token from logits.
///
/// The steps, always in this order: logit bias; repetition, frequency and presence penalties; then greedy choice when the temperature is 0, or else
/// temperature; top-k; softmax; top-p; min-p; a draw. (OpenAI's and vLLM's order: temperature comes before the cut-offs, so top-p and min-p see the
/// probabilities that are drawn from.) The same parameters, seed and logits give the same tokens.
public struct Sampler: Sendable {
    /// What the sampler does.
    public let parameters: SamplingParameters
    private var random: SeededRandom
    private var candidates = Candidates()

    /// A sampler; `seed` is used when the parameters have none.
    public init(_ parameters: SamplingParameters, seed: UInt64) {
        self.parameters = parameters
        random = SeededRandom(seed: parameters.seed ?? seed)
    }

    /// The next token after `history`: the prompt, `promptLength` tokens long, and the answer so far. Changes `logits`.
    ///
    /// Never NaN-sensitive: such a logit counts as the lowest. `logits` must not be empty.
    public mutating func next(_ logits: UnsafeMutableBufferPointer<Float>, history: [Token], promptLength: Int) -> Token {
        adjust(logits, history: history, promptLength: promptLength)
        guard parameters.temperature > 0 else { return Token(argmax(UnsafeBufferPointer(logits))) }
        // The mass that top-p counts includes what min-p will drop.
        let floor = parameters.topP < 1 ? 0 : parameters.minP
        candidates.collect(logits, temperature: parameters.temperature, limit: parameters.topK, floor: floor)
        candidates.cut(topP: parameters.topP, minP: parameters.minP)
        return candidates.draw(Double(random.next() >> 11) * 0x1p-53)
    }

    /// Adds the bias and applies the penalties, without choosing.
    ///
    /// Repetition counts over the last `penaltyWindow` tokens of prompt and answer; frequency and presence over the whole answer and nothing
    /// else, as the OpenAI API has them.
    public func adjust(_ logits: UnsafeMutableBufferPointer<Float>, history: [Token], promptLength: Int) {
        for (token, bias) in parameters.logitBias where logits.indices.contains(Int(token)) { logits[Int(token)] += bias }
        if parameters.repetitionPenalty != 1, parameters.repetitionPenalty > 0 {
            for token in Set(history.suffix(max(0, parameters.penaltyWindow))) where logits.indices.contains(Int(token)) {
                let logit = logits[Int(token)]
                logits[Int(token)] = logit > 0 ? logit / parameters.repetitionPenalty : logit * parameters.repetitionPenalty
            }
        }
        guard parameters.presencePenalty != 0 || parameters.frequencyPenalty != 0 else { return }
        var counts: [Token: Float] = [:]
        for token in history.dropFirst(max(0, promptLength)) { counts[token, default: 0] += 1 }
        for (token, count) in counts where logits.indices.contains(Int(token)) {
            logits[Int(token)] -= count * parameters.frequencyPenalty + parameters.presencePenalty
        }
    }
}
