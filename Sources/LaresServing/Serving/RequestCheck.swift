import LaresLanguage

/// Refuses values that are out of range, by the name the API gives them.
enum RequestCheck {
    static func check(_ request: GenerationRequest) throws(ServingError) {
        try demand(request.stop.count <= 16, "stop", "at most 16 stop texts can be given")
        try demand(request.stop.allSatisfy { (1...256).contains($0.utf8.count) }, "stop", "a stop text has 1 to 256 bytes")
        try demand(request.maxTokens.map { $0 >= 0 } ?? true, "max_tokens", "max_tokens must be 0 or more")
        try demand(request.topLogProbabilities.map { (0...20).contains($0) } ?? true, "top_logprobs", "top_logprobs must be 0 to 20")
        try check(request.sampling)
        let isBound = request.form != .free || request.tools != nil
        try demand(!(isBound && request.ignoreEnd), "ignore_eos", "ignore_eos can't be had with an answer that is bound to a form")
        try check(request.tools, request.form, request.prompt)
    }

    private static func check(_ use: ToolUse?, _ form: AnswerForm, _ prompt: Prompt) throws(ServingError) {
        guard let use else { return }
        guard case .chat = prompt else { throw ServingError(.invalidRequest, "tools need a conversation", param: "tools") }
        let names = Set(use.tools.map(\.name))
        try demand(names.count == use.tools.count, "tools", "two tools have the same name")
        try demand(!use.callable.isEmpty && use.callable.allSatisfy(names.contains), "tool_choice", "a tool to call is not among the tools")
        switch form {
        case .free, .jsonObject, .jsonSchema: return
        case .gbnf, .regex, .choices:
            throw ServingError(.invalidRequest, "of the forms of an answer, only JSON can be had beside tools", param: "tools")
        }
    }

    private static func check(_ sampling: SamplingParameters) throws(ServingError) {
        try demand((0...100).contains(sampling.temperature), "temperature", "temperature must be 0 to 100")
        try demand(sampling.topK >= 0, "top_k", "top_k must be 0 or more")
        try demand((0...1).contains(sampling.topP), "top_p", "top_p must be 0 to 1")
        try demand((0...1).contains(sampling.minP), "min_p", "min_p must be 0 to 1")
        try demand(
            sampling.repetitionPenalty > 0 && sampling.repetitionPenalty <= 100, "repetition_penalty",
            "repetition_penalty must be over 0, to 100")
        try demand((-100...100).contains(sampling.presencePenalty), "presence_penalty", "presence_penalty must be -100 to 100")
        try demand((-100...100).contains(sampling.frequencyPenalty), "frequency_penalty", "frequency_penalty must be -100 to 100")
        try demand(sampling.penaltyWindow >= 0, "penalty_window", "the penalty window must be 0 or more")
        try demand(sampling.logitBias.count <= 1_024, "logit_bias", "at most 1,024 tokens can be given a bias")
        try demand(sampling.logitBias.values.allSatisfy { (-1_000...1_000).contains($0) }, "logit_bias", "a bias must be -1,000 to 1,000")
    }

    static func check(_ request: EmbeddingRequest, dimensions: Int) throws(ServingError) {
        try demand((1...2_048).contains(request.inputs.count), "input", "1 to 2,048 inputs can be embedded at once")
        let hasEmpty = request.inputs.contains {
            switch $0 {
            case .text(let text): text.isEmpty
            case .tokens(let tokens): tokens.isEmpty
            }
        }
        try demand(!hasEmpty, "input", "an input is empty")
        try demand(
            request.dimensions.map { (1...dimensions).contains($0) } ?? true, "dimensions",
            "dimensions must be 1 to \(dimensions) for this model")
    }

    /// How many tokens the answer may have; nothing is cut to make it fit.
    static func room(prompt: Int, maxTokens: Int?, context: Int, param: String) throws(ServingError) -> Int {
        let wanted = maxTokens ?? 1
        let (sum, overflow) = prompt.addingReportingOverflow(wanted)
        guard !overflow, sum <= context else {
            let asked = maxTokens.map { " and max_tokens asks for \($0) more" } ?? ""
            throw ServingError(
                .contextTooLong,
                "the context of this model is \(context) tokens; the prompt has \(prompt)\(asked): shorten the prompt or ask for fewer tokens",
                param: param)
        }
        return maxTokens ?? context - prompt
    }

    static func demand(_ condition: Bool, _ param: String, _ message: String) throws(ServingError) {
        guard condition else { throw ServingError(.invalidRequest, message, param: param) }
    }
}
