import LaresLanguage
import LaresTensor

/// One request in the engine: its tokens so far, and how they become text.
struct Generation {
    let job: GenerationJob
    /// Prompt and answer so far.
    private(set) var tokens: [Token]
    /// The open sequence; nil while it waits.
    var sequence: SequenceID?
    /// Tokens that are in the cache.
    var computed = 0
    private var cached: Int?
    private var sampler: Sampler
    private var lookup: PromptLookup?
    private var text: AnswerText
    private var guide: AnswerGuide?
    private var started: ContinuousClock.Instant?
    private var firstToken: ContinuousClock.Instant?
    private var lastToken: ContinuousClock.Instant?

    init(_ job: GenerationJob, _ tokenizer: any Tokenizer) {
        self.job = job
        tokens = job.prompt
        sampler = Sampler(job.sampling, seed: job.seed)
        text = AnswerText(job.form?.tokens ?? tokenizer, stops: job.stops)
        guide = job.form.map { AnswerGuide($0.masks) }
        lookup = job.speculates ? PromptLookup() : nil
    }

    private var completionTokens: Int { tokens.count - job.prompt.count }

    /// Notes that it left the queue; it may do so again after it was preempted.
    mutating func start(cached: Int, _ metrics: ServingMetrics) {
        computed = cached
        guard started == nil else { return }
        let now = ContinuousClock.now
        started = now
        self.cached = cached
        metrics.started(job, waited: now - job.submitted, cached: cached)
        job.continuation.yield(.started(promptTokens: job.prompt.count, cachedTokens: cached))
        if let echo = job.echo { job.continuation.yield(.text(echo, [])) }
    }

    /// Chooses the next token and shows what became certain; tells the reason when the answer ends.
    ///
    /// - Throws: when no token may come next in the answer's form.
    mutating func advance(
        _ logits: UnsafeMutableBufferPointer<Float>, _ tokenizer: any Tokenizer, _ metrics: ServingMetrics
    ) throws(ServingError) -> FinishReason? {
        // The sampler changes the row, so a copy is kept where probabilities are wanted.
        let original = job.topLogProbabilities == nil ? [] : Array(logits)
        if job.ignoreEnd { for token in tokenizer.endTokens where logits.indices.contains(Int(token)) { logits[Int(token)] = -.infinity } }
        // Before the sampler: what it adds or subtracts leaves minus infinity as it is.
        try guide?.mask(logits)
        let token = sampler.next(logits, history: tokens, promptLength: job.prompt.count)
        let isEnd = !job.ignoreEnd && tokenizer.endTokens.contains(token)
        if !isEnd || firstToken == nil { noteTime(metrics) }
        try guide?.accept(token)
        if isEnd { return .stop }
        metrics.generated(job)
        tokens.append(token)
        show(text.append(token, note(token, original, tokenizer)))
        if text.isStopped || guide?.isOver == true { return .stop }
        return completionTokens >= job.maxTokens ? .length : nil
    }

    /// Which of the next logits must be exact; under a form, those of the tokens that may come.
    mutating func need() -> LogitNeed {
        guard job.topLogProbabilities == nil, let allowed = guide?.allowed() else { return job.need }
        return .only(allowed)
    }

    /// Tokens that may come next, to be checked in one step.
    mutating func draft(most: Int, cost: Double) -> [Token] {
        let limit = min(most, job.maxTokens - completionTokens - 1)
        return lookup?.draft(after: tokens, limit: limit, cost: cost) ?? []
    }

    mutating func noteDraft(of guessed: Int, right: Int) { lookup?.note(guessed: guessed, right: right) }

    private mutating func noteTime(_ metrics: ServingMetrics) {
        let now = ContinuousClock.now
        if let lastToken { metrics.nextToken(job, after: now - lastToken) } else { metrics.firstToken(job, after: now - job.submitted) }
        firstToken = firstToken ?? now
        lastToken = now
    }

    private func note(_ token: Token, _ logits: [Float], _ tokenizer: any Tokenizer) -> TokenLogProbability? {
        guard let count = job.topLogProbabilities else { return nil }
        return logits.withUnsafeBufferPointer { row in
            let all = LogProbabilities(row, top: count)
            func alternative(_ token: Token, _ value: Float) -> TokenLogProbability.Alternative {
                let bytes = tokenizer.bytes(of: token)
                return .init(
                    token: token, text: bytes.isEmpty ? tokenizer.piece(token) : String(decoding: bytes, as: UTF8.self), bytes: bytes,
                    logProbability: value)
            }
            return TokenLogProbability(
                chosen: alternative(token, all.of(token, in: row)), top: all.top.map { alternative($0.token, $0.logProbability) })
        }
    }

    private func show(_ piece: AnswerText.Piece) {
        if !piece.isEmpty { job.continuation.yield(.text(piece.text, piece.logProbabilities)) }
    }

    /// Shows the rest and ends the stream.
    mutating func finish(_ reason: FinishReason, _ metrics: ServingMetrics) {
        show(text.finish())
        let usage = Usage(
            promptTokens: job.prompt.count, cachedTokens: cached ?? 0, completionTokens: completionTokens,
            queued: started.map { $0 - job.submitted } ?? .zero, prompt: span(started, firstToken), generation: span(firstToken, lastToken))
        metrics.ended(job, reason.rawValue)
        // First, because whoever has the end may unload the model.
        job.release()
        job.continuation.yield(.finished(reason, usage))
        job.continuation.finish()
    }

    private func span(_ from: ContinuousClock.Instant?, _ to: ContinuousClock.Instant?) -> Duration {
        guard let from, let to else { return .zero }
        return to - from
    }

    /// Ends the stream with an error, or because its reader left.
    func abandon(_ error: ServingError?, _ metrics: ServingMetrics) {
        metrics.ended(job, error.map { "\($0.code)" } ?? "cancelled")
        job.release()
        job.continuation.finish(throwing: error)
    }
}
