import Foundation

/// Rotary position embedding (Su et al. 2021) as one angular speed per pair, with every scaling variant folded in.
public struct Rope: Sendable, Hashable {
    /// Radians per position of each pair; half as many as rotated values.
    public var frequencies: [Float]
    /// Multiplies sine and cosine (YaRN's attention temperature).
    public var magnitude: Float = 1

    /// Plain rotary embedding: `base^(-2i/size)`.
    ///
    /// The powers are built up by multiplication in single precision, as ggml does, so that long contexts agree with it.
    public init(size: Int, base: Float) {
        let ratio = Foundation.pow(base, -2 / Float(size))
        var speed: Float = 1
        frequencies = (0..<(size / 2)).map { _ in
            defer { speed *= ratio }
            return speed
        }
    }

    /// Reads base, scaling type and factors. `factors` is the tensor `rope_freqs.weight` (Llama 3.1 and later), one divisor per pair.
    init(_ values: FamilyMetadata, size: Int, contextLength: Int, factors: [Float]?) throws {
        let base = try values.number("rope.freq_base", 1.0001...1e12, default: 10000)
        self.init(size: size, base: base)
        let type = try values.all.stringIfPresent(values.key("rope.scaling.type")) ?? "linear"
        let factor = try values.number("rope.scaling.factor", 0...1e6, default: values.number("rope.scale_linear", 0...1e6, default: 1))
        let original = try values.size("rope.scaling.original_context_length", 1...16_777_216, default: contextLength)
        magnitude = try values.number("rope.scaling.attn_factor", 0...100, default: 1)
        let yarn = try Yarn(values)
        if factor > 0, factor != 1 {
            switch type {
            case "none": break
            case "linear": frequencies = frequencies.map { $0 / factor }
            case "yarn": apply(yarn, base: base, factor: factor, original: original)
            default: throw GGUFError(.unsupportedModel, "rope scaling '\(type)' is not supported; none, linear, yarn and rope_freqs are")
            }
        }
        if let factors { try apply(factors) }
    }

    private mutating func apply(_ factors: [Float]) throws {
        guard factors.count == frequencies.count, factors.allSatisfy({ $0.isFinite && $0 > 0 }) else {
            throw GGUFError(.badDimensions, "'rope_freqs.weight' must hold \(frequencies.count) positive factors, it has \(factors.count)")
        }
        frequencies = zip(frequencies, factors).map { $0 / $1 }
    }

    /// YaRN: fast pairs stay, slow pairs are interpolated, between them a ramp.
    private mutating func apply(_ yarn: Yarn, base: Float, factor: Float, original: Int) {
        let size = Float(frequencies.count * 2)
        func pair(turns: Float) -> Float { size * Foundation.log(Float(original) / (turns * 2 * .pi)) / (2 * Foundation.log(base)) }
        let low = max(0, pair(turns: yarn.fastTurns).rounded(.down))
        let high = min(size - 1, pair(turns: yarn.slowTurns).rounded(.up))
        for i in frequencies.indices {
            let ramp = min(1, max(0, (Float(i) - low) / max(0.001, high - low)))
            let kept = (1 - ramp) * yarn.extrapolation
            frequencies[i] *= kept + (1 - kept) / factor
        }
        magnitude *= yarn.attention * (yarn.extrapolation == 0 ? 1 : 1 + 0.1 * Foundation.log(factor))
    }
}

/// The numbers of YaRN (Peng et al. 2023), as llama.cpp reads them.
private struct Yarn {
    /// Pairs that turn more often than this over the original context stay as they are.
    let fastTurns: Float
    /// Pairs that turn less often are interpolated in full.
    let slowTurns: Float
    /// How much of the unscaled angle the fast pairs keep; 0 interpolates all.
    let extrapolation: Float
    let attention: Float

    /// Reads what a file has of them; the paper's constants otherwise.
    init(_ values: FamilyMetadata) throws {
        let given = try values.number("rope.scaling.yarn_ext_factor", -1...1, default: -1)
        extrapolation = given < 0 ? 1 : given
        attention = try values.number("rope.scaling.yarn_attn_factor", 0...100, default: 1)
        fastTurns = try values.number("rope.scaling.yarn_beta_fast", 0.001...1e6, default: 32)
        slowTurns = try values.number("rope.scaling.yarn_beta_slow", 0.001...1e6, default: 1)
        let key = values.key("rope.scaling.yarn_log_multiplier")
        guard try values.all.floatIfPresent(key) ?? 0 == 0 else {
            throw GGUFError(.unsupportedModel, "'\(key)' changes attention in a way that is not supported; choose another model")
        }
    }
}
