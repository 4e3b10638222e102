import Foundation
import LaresLanguage
import LaresTemplates

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

    /// - Parameter tools: what the model of a conversation may call.
    func read(_ prompt: Prompt, tools: [Tool] = []) throws -> Result {
        let result: Result
        switch prompt {
        case .chat(let messages):
            try RequestCheck.demand(!messages.isEmpty, "messages", "a conversation needs at least one message")
            try limit.check(
                messages.map(\.content) + messages.flatMap { $0.toolCalls.map(\.arguments) } + tools.map(\.definition),
                what: "the conversation", param: "messages")
            result = Result(tokens: try chat(messages, tools), param: "messages", given: nil)
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

    private func chat(_ messages: [ChatMessage], _ tools: [Tool]) throws -> [Token] {
        do {
            if model.chatTemplate?.knowsToolCalls ?? false { return try encode(messages, tools) }
            if tools.isEmpty { return try encode(ToolPrompt.plain(messages, [])) }
            do { return try encode(ToolPrompt.plain(messages, tools)) } catch is TemplateError {
                return try encode(ToolPrompt.plain(messages, tools, hasSystem: false))
            }
        } catch let error as ServingError {
            throw error
        } catch let error as LanguageModelError {
            throw ServingError(.invalidRequest, error.message, param: "messages")
        } catch {
            throw ServingError(.invalidRequest, "the model's chat template refuses the messages: \(error)", param: "messages")
        }
    }

    private func encode(_ messages: [ChatMessage], _ tools: [Tool] = []) throws -> [Token] {
        try model.encode(
            messages.map { message in
                ChatTurn(
                    role: message.role, content: message.content, name: message.name,
                    toolCalls: try message.toolCalls.map {
                        .init(id: $0.id, name: $0.name, arguments: try value($0.arguments, param: "messages"))
                    }, toolCallID: message.toolCallID)
            }, tools: try tools.map { try value($0.definition, param: "tools") }, now: now())
    }

    private func value(_ json: String, param: String) throws -> TemplateValue {
        do { return try TemplateValue(json: json) } catch {
            throw ServingError(.invalidRequest, "\(error.message) (\(error.place))", param: param)
        }
    }
}
