import Foundation
import LaresLanguage

/// Turns a prompt into the tokens of a model.
struct PromptReader {
    /// A prompt as a model reads it.
    struct Result {
        let tokens: [Token]
        /// The request's field it came from.
        let param: String
        let given: String?

        /// The prompt as text: as it was written, or what its tokens say.
        func text(_ tokenizer: any Tokenizer) -> String { given ?? tokenizer.decode(tokens) }
    }

    private let model: LanguageModel
    private let limit: TextLimit
    private let now: @Sendable () -> Date

    init(_ model: LanguageModel, _ limit: TextLimit, now: @escaping @Sendable () -> Date) {
        self.model = model
        self.limit = limit
        self.now = now
    }

    func read(_ prompt: Prompt) throws -> Result {
        let result: Result
        switch prompt {
        case .chat(let messages):
            try RequestCheck.demand(!messages.isEmpty, "messages", "a conversation needs at least one message")
            try limit.check(messages.map(\.content), what: "the conversation", param: "messages")
            result = Result(tokens: try chat(messages), param: "messages", given: nil)
        case .text(let text):
            try limit.check([text], what: "the prompt", param: "prompt")
            result = Result(tokens: model.tokenizer.encode(text, addSpecial: true, parseSpecial: false), param: "prompt", given: text)
        case .tokens(let tokens):
            result = Result(tokens: tokens, param: "prompt", given: nil)
        }
        guard result.tokens.isEmpty else { return result }
        // An empty text is a fair request where the model has a token to begin with.
        guard case .text = prompt, let begin = model.tokenizer.beginToken else {
            throw ServingError(.invalidRequest, "the prompt is empty", param: result.param)
        }
        return Result(tokens: [begin], param: result.param, given: "")
    }

    private func chat(_ messages: [ChatMessage]) throws -> [Token] {
        do {
            return try model.encode(messages.map { ChatTurn(role: $0.role, content: $0.content, name: $0.name) }, now: now())
        } catch let error as LanguageModelError {
            throw ServingError(.invalidRequest, error.message, param: "messages")
        } catch {
            throw ServingError(.invalidRequest, "the model's chat template refuses the messages: \(error)", param: "messages")
        }
    }
}
