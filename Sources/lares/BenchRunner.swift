import LaresLanguage
import LaresServer
import LaresServing

/// What one run measured.
struct BenchRun: Sendable {
    /// Tokens of the prompt read per second.
    var promptRate: Double
    /// Tokens written per second, the first not counted: it belongs to the prompt.
    var decodeRate: Double
    /// Seconds from the request to the first token.
    var firstToken: Double

    var json: JSON {
        [
            "prompt_tokens_per_second": .double(promptRate), "decode_tokens_per_second": .double(decodeRate),
            "time_to_first_token_seconds": .double(firstToken),
        ]
    }
}

/// Measures a model with prompts of random tokens, so that no cached prefix helps.
struct BenchRunner {
    let client: any ModelClient
    let model: String
    /// How many tokens the model knows.
    let vocabulary: Int

    /// Ordinary tokens: past the first few hundred, where bytes and special tokens are, and within the vocabulary.
    private var tokens: Range<Token> { Token(min(300, vocabulary / 2))..<Token(min(5_000, vocabulary)) }

    func measure(prompt: Int, decode: Int, seed: UInt64) async throws -> BenchRun {
        var random = SplitMix(state: seed &* 0x9E37_79B9 &+ 7)
        let drawn = (0..<prompt).map { _ in Token.random(in: tokens, using: &random) }
        let request = GenerationRequest(
            model: model, prompt: .tokens(drawn), sampling: SamplingParameters(temperature: 0), maxTokens: decode, ignoreEnd: true)
        let clock = ContinuousClock()
        let start = clock.now
        var first: ContinuousClock.Instant?
        var usage: Usage?
        for try await event in try await client.generate(request) {
            switch event {
            case .started: break
            case .text: first = first ?? clock.now
            case .finished(_, let used): usage = used
            }
        }
        let end = clock.now
        guard let usage, let first else { throw Failure("cli.bench.nothing", ["name": model]) }
        let (promptTime, decodeTime) = times(usage, start: start, first: first, end: end)
        return BenchRun(
            promptRate: Double(usage.promptTokens) / promptTime, decodeRate: Double(max(1, usage.completionTokens - 1)) / decodeTime,
            firstToken: (first - start) / .seconds(1))
    }

    /// The engine's own times, and the clock's where it has none.
    private func times(
        _ usage: Usage, start: ContinuousClock.Instant, first: ContinuousClock.Instant, end: ContinuousClock.Instant
    ) -> (Double, Double) {
        let prompt = usage.prompt > .zero ? usage.prompt : first - start
        let decode = usage.generation > .zero ? usage.generation : end - first
        return (max(prompt / .seconds(1), 1e-9), max(decode / .seconds(1), 1e-9))
    }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): small and the same everywhere.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
