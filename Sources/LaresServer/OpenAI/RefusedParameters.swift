/// Parameters of the OpenAI API that would change the answer and that Lares does not have: they are refused by name, never ignored.
///
/// Parameters that change nothing here (`user`, `metadata`, `store`, `service_tier`, `prompt_cache_key` …) are accepted.
extension Fields {
    private static let absent: [(key: String, what: String)] = [
        ("tools", "tools"), ("functions", "functions"), ("function_call", "functions"), ("web_search_options", "web search"),
        ("audio", "audio"), ("prediction", "predicted outputs"), ("moderation", "moderation"),
        ("reasoning_effort", "a choice of how long a model thinks"), ("verbosity", "a choice of how much a model says"),
        ("guided_json", "answers bound to a form"), ("guided_regex", "answers bound to a form"),
        ("guided_grammar", "answers bound to a form"), ("guided_choice", "answers bound to a form"),
        ("grammar", "answers bound to a form"), ("json_schema", "answers bound to a form"),
        ("truncate_prompt_tokens", "cutting of prompts"),
    ]

    /// - Throws: ``APIError`` naming the first parameter that can't be honoured.
    func refuseUnsupportedChatParameters() throws {
        try refuse(Self.absent)
        if let choice = value("tool_choice"), choice != .string("none"), choice != .string("auto") {
            throw APIError.unsupported("tool_choice", "'tool_choice' is not supported: Lares does not have tools yet; leave it out")
        }
        try refuseResponseFormat()
        if let modalities = value("modalities"), modalities != .array(["text"]) {
            throw APIError.unsupported("modalities", "'modalities' can only be [\"text\"]: Lares answers with text")
        }
    }

    /// - Throws: ``APIError`` for what would change the vectors.
    func refuseUnsupportedEmbeddingParameters() throws { try refuse([("truncate_prompt_tokens", "cutting of inputs")]) }

    private func refuse(_ parameters: [(key: String, what: String)]) throws {
        for (key, what) in parameters {
            guard let value = value(key), value != .array([]) else { continue }
            throw APIError.unsupported(key, "'\(key)' is not supported: Lares does not have \(what) yet; leave it out")
        }
    }

    private func refuseResponseFormat() throws {
        guard let format = try fields("response_format") else { return }
        let type = try format.requiredString("type")
        guard type == "text" else {
            throw APIError.unsupported(
                "response_format", "'response_format' of type '\(type)' is not supported yet: only 'text' is; leave it out")
        }
    }
}
