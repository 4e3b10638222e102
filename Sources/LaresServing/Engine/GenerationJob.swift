import LaresLanguage
import LaresTensor

/// A checked request for text on its way to the engine.
struct GenerationJob: Sendable {
    /// The masks of a form, and the tokens its text is made of.
    typealias Form = (masks: GrammarMasks, tokens: AnswerTokens)

    let id: Int
    let model: String
    /// What changes the model for this request.
    let adapter: Adapter?
    let prompt: [Token]
    /// The prompt as text, when it shall come first in the answer.
    let echo: String?
    let sampling: SamplingParameters
    let seed: UInt64
    let stops: [String]
    /// Most tokens of the answer; prompt and answer together fit the context.
    let maxTokens: Int
    let topLogProbabilities: Int?
    let ignoreEnd: Bool
    /// Which logits must be exact.
    let need: LogitNeed
    /// Whether tokens may be guessed and checked several at a time.
    let speculates: Bool
    /// What the answer may be, and its tokens under that; nil where it may be anything.
    let form: Form?
    let caller: String
    let work: WorkClass
    let submitted: ContinuousClock.Instant
    let continuation: AsyncThrowingStream<GenerationEvent, any Error>.Continuation
    /// Called once when the engine is done with it, whatever happened.
    let release: @Sendable () -> Void

    /// What stands for the prompt up to the end of each page: the same for jobs that can share pages of a cache up to there. The last token
    /// is computed for each.
    var sharedPages: [Int] {
        var hasher = Hasher()
        hasher.combine(adapter.map(ObjectIdentifier.init))
        let size = KVCache.pageTokens
        return (0..<max(0, prompt.count - 1) / size).map { page in
            for token in prompt[(page * size)..<((page + 1) * size)] { hasher.combine(token) }
            return hasher.finalize()
        }
    }
}

/// Texts on their way to the engine, to become vectors.
struct EmbeddingJob: Sendable {
    let id: Int
    let model: String
    let texts: [[Token]]
    let caller: String
    let work: WorkClass
    let submitted: ContinuousClock.Instant
    /// Called once.
    let reply: @Sendable (Result<[[Float]], ServingError>) -> Void
}
