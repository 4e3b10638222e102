import LaresJSON
import LaresLanguage
import LaresServer
import LaresServing
import LaresTensor

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
///
/// A class because its task group's closures may not hold as much as its values: Swift 6.3's optimised code then frees out of order and ends.
final class BenchRunner: Sendable {
    private let client: any ModelClient
    private let model: String
    private let vocabulary: Int
    private let settings: ServingSettings

    /// - Parameter vocabulary: how many tokens the model knows.
    init(client: any ModelClient, model: String, vocabulary: Int, settings: ServingSettings) {
        self.client = client
        self.model = model
        self.vocabulary = vocabulary
        self.settings = settings
    }

    /// Ordinary tokens: past the first few hundred, where bytes and special tokens are, and within the vocabulary.
    private var tokens: Range<Token> { Token(min(300, vocabulary / 2))..<Token(min(5_000, vocabulary)) }

    /// `parallel` requests side by side: their speeds added up, and the last of their first tokens.
    func measure(prompt: Int, decode: Int, parallel: Int = 1, seed: UInt64) async throws -> BenchRun {
        try await withThrowingTaskGroup(of: BenchRun.self) { group in
            for number in 0..<UInt64(parallel) {
                group.addTask { try await self.measureOne(prompt: prompt, decode: decode, seed: seed &* 1_024 &+ number) }
            }
            var sum = BenchRun(promptRate: 0, decodeRate: 0, firstToken: 0)
            for try await run in group {
                sum.promptRate += run.promptRate
                sum.decodeRate += run.decodeRate
                sum.firstToken = max(sum.firstToken, run.firstToken)
            }
            return sum
        }
    }

    /// Where the time of written tokens goes.
    func profile(tokens: Int, parallel: Int) async throws -> BenchProfile {
        let before = try await times()
        _ = try await measure(prompt: 1, decode: tokens, parallel: parallel, seed: 1 << 32)
        let after = try await times()
        return BenchProfile(
            times: after.times - before.times, tokens: tokens, stepBytes: after.bytes, readLimit: ReadLimit.bytesPerSecond(settings.threads)
        )
    }

    private func times() async throws -> (times: StepTimes, bytes: Int) {
        guard let model = await client.status().models.first(where: { $0.name == self.model }) else {
            throw Failure("cli.bench.nothing", ["name": model])
        }
        return (model.times, settings.exactHead ? model.weightBytes : model.stepBytes)
    }

    private func measureOne(prompt: Int, decode: Int, seed: UInt64) async throws -> BenchRun {
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
