import LaresTensor

/// Chooses the next token from logits.
///
/// The steps, always in this order: logit bias; repetition, frequency and presence penalties; then greedy choice when the temperature is 0, or else
/// temperature; top-k; softmax; top-p; min-p; a draw. (OpenAI's and vLLM's order: temperature comes before the cut-offs, so top-p and min-p see the
/// probabilities that are drawn from.) The same parameters, seed and logits give the same tokens.
public struct Sampler: Sendable {
    /// What the sampler does.
    public let parameters: SamplingParameters
    private var random: SamplerRandom
    private var candidates = Candidates()

    /// A sampler; `seed` is used when the parameters have none.
    public init(_ parameters: SamplingParameters, seed: UInt64) {
        self.parameters = parameters
        random = SamplerRandom(seed: parameters.seed ?? seed)
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
        return candidates.draw(random.unit())
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

/// Xoshiro256** (Blackman and Vigna 2018), seeded by SplitMix64: small, fast and the same everywhere.
struct SamplerRandom: RandomNumberGenerator {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    init(seed: UInt64) {
        var mix = seed
        func split() -> UInt64 {
            mix &+= 0x9E37_79B9_7F4A_7C15
            var z = mix
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        state = (split(), split(), split(), split())
    }

    mutating func next() -> UInt64 {
        func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
        let result = rotate(state.1 &* 5, 7) &* 9
        let shifted = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= shifted
        state.3 = rotate(state.3, 45)
        return result
    }

    /// A number in 0..<1 of 53 random bits.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
}
