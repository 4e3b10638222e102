import LaresJSON
import LaresServing

/// Adds up what the choices of one request used. A prompt counts once however many answers it got.
struct Tally {
    private var prompts: [Int: (prompt: Int, cached: Int)] = [:]
    private var completionTokens = 0

    /// - Parameters:
    ///   - usage: What one generation used.
    ///   - prompt: The number of its prompt.
    mutating func add(_ usage: Usage, prompt: Int) {
        completionTokens += usage.completionTokens
        let before = prompts[prompt]
        prompts[prompt] = (usage.promptTokens, min(before?.cached ?? .max, usage.cachedTokens))
    }

    /// The `usage` object.
    var json: JSON {
        let prompt = prompts.values.reduce(0) { $0 + $1.prompt }
        return [
            "prompt_tokens": .int(prompt), "completion_tokens": .int(completionTokens), "total_tokens": .int(prompt + completionTokens),
            "prompt_tokens_details": ["cached_tokens": .int(prompts.values.reduce(0) { $0 + $1.cached })],
        ]
    }
}
