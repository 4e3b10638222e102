import LaresTensor

extension Family {
    /// Gemma 3 (text): five layers with a sliding window, then one that sees everything; norms on both sides of each part.
    ///
    /// Local layers use their own rotary base and no scaling. The 27-billion-parameter model (62 layers) scales queries by width over heads.
    static let gemma3 = Family(
        "gemma3", rope: .halves, activation: .geluTanh, normalisesQueryAndKey: true, normalisesOutputs: true
    ) { configuration, values in
        configuration.embeddingScale = Float(configuration.width).squareRoot()
        configuration.slidingWindow = try values.size("attention.sliding_window", 1...16_777_216)
        configuration.windowPattern = try values.size("attention.sliding_window_pattern", 1...512, default: 6)
        let base = try values.number("rope.freq_base_swa", 1.0001...1e12, default: 10000)
        configuration.localRope = Rope(size: configuration.rope.frequencies.count * 2, base: base)
        if configuration.layers == 62 {
            configuration.attentionScale = 1 / (Float(configuration.width) / Float(configuration.heads)).squareRoot()
        }
    }
}
