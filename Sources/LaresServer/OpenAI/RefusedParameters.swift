import LaresJSON

/// Parameters of the OpenAI API that would change the answer and that Lares does not have: they are refused by name, never ignored.
///
/// Parameters that change nothing here (`user`, `metadata`, `store`, `prompt_cache_key` …) are accepted.
extension Fields {
    private static let absent: [(key: String, what: String)] = [
        ("functions", "functions (use tools)"), ("function_call", "functions (use tools)"), ("web_search_options", "web search"),
        ("audio", "audio"), ("prediction", "predicted outputs"), ("moderation", "moderation"),
        ("reasoning_effort", "a choice of how long a model thinks"), ("verbosity", "a choice of how much a model says"),
        ("truncate_prompt_tokens", "cutting of prompts"), ("guided_whitespace_pattern", "a choice of white space"),
        ("regex", "this spelling of 'guided_regex'"), ("ebnf", "EBNF; 'guided_grammar' is GBNF"),
        ("structural_tag", "structural tags"), ("grammar_lazy", "lazy grammars"),
    ]

    /// - Throws: ``APIError`` naming the first parameter that can't be honoured.
    func refuseUnsupportedChatParameters() throws {
        try refuse(Self.absent)
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

    /// - Throws: ``APIError`` for tools where there is no conversation.
    func refuseTools() throws {
        for key in ["tools", "tool_choice"] {
            guard let value = value(key), ![.array([]), "none", "auto"].contains(value) else { continue }
            throw APIError.unsupported(key, "'\(key)' is not supported here: ask for tools in /v1/chat/completions")
        }
    }
}
