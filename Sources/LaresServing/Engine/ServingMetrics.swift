import Metrics

/// What is measured while requests are answered, by model. Queue, batch, cache and memory are states, which the status tells.
///
/// Answers: counters `lares_generations` (with the outcome), `lares_prompt_tokens`, `lares_cached_tokens`, `lares_generated_tokens`; timers
/// `lares_queue_time`, `lares_time_to_first_token` (from arrival, queue included; the end of an empty answer counts as its first token) and
/// `lares_inter_token_latency`. Vectors: counters `lares_embeddings` (requests, with the outcome), `lares_embedded_tokens`; timer
/// `lares_embedding_time` (from arrival, queue included).
/// Made on the engine's thread and used there only.
final class ServingMetrics {
    private struct ModelMetrics {
        let promptTokens, cachedTokens, generatedTokens: Counter
        let queueTime, firstToken, nextToken: Timer

        init(_ model: String) {
            let labels = [("model", model)]
            promptTokens = Counter(label: "lares_prompt_tokens", dimensions: labels)
            cachedTokens = Counter(label: "lares_cached_tokens", dimensions: labels)
            generatedTokens = Counter(label: "lares_generated_tokens", dimensions: labels)
            queueTime = Timer(label: "lares_queue_time", dimensions: labels)
            firstToken = Timer(label: "lares_time_to_first_token", dimensions: labels)
            nextToken = Timer(label: "lares_inter_token_latency", dimensions: labels)
        }
    }

    private var models: [String: ModelMetrics] = [:]

    private func of(_ job: GenerationJob) -> ModelMetrics {
        if let metrics = models[job.model] { return metrics }
        let metrics = ModelMetrics(job.model)
        models[job.model] = metrics
        return metrics
    }

    func started(_ job: GenerationJob, waited: Duration, cached: Int) {
        let metrics = of(job)
        metrics.promptTokens.increment(by: job.prompt.count)
        metrics.cachedTokens.increment(by: cached)
        metrics.queueTime.record(duration: waited)
    }

    func generated(_ job: GenerationJob) { of(job).generatedTokens.increment() }

    func firstToken(_ job: GenerationJob, after time: Duration) { of(job).firstToken.record(duration: time) }

    func nextToken(_ job: GenerationJob, after time: Duration) { of(job).nextToken.record(duration: time) }

    func ended(_ job: GenerationJob, _ outcome: String) {
        Counter(label: "lares_generations", dimensions: [("model", job.model), ("outcome", outcome)]).increment()
    }

    func embedded(_ job: EmbeddingJob, _ result: Result<[[Float]], ServingError>) {
        let labels = [("model", job.model)]
        guard case .failure(let error) = result else {
            Counter(label: "lares_embeddings", dimensions: labels + [("outcome", "done")]).increment()
            Counter(label: "lares_embedded_tokens", dimensions: labels).increment(by: job.texts.reduce(0) { $0 + $1.count })
            return Timer(label: "lares_embedding_time", dimensions: labels).record(duration: ContinuousClock.now - job.submitted)
        }
        Counter(label: "lares_embeddings", dimensions: labels + [("outcome", "\(error.code)")]).increment()
    }
}
