public import LaresLanguage
public import LaresTensor

/// One turn of a conversation.
public struct ChatMessage: Sendable, Hashable {
    /// "system", "user", "assistant", "tool" or what else the model's template knows.
    public var role: String
    /// What was said.
    public var content: String
    /// Who said it, for templates that show it.
    public var name: String?
    /// The tools an assistant's turn called.
    public var toolCalls: [ToolCall]
    /// The call whose result a tool's turn is.
    public var toolCallID: String?

    /// A turn.
    public init(role: String, content: String, name: String? = nil, toolCalls: [ToolCall] = [], toolCallID: String? = nil) {
        self.role = role
        self.content = content
        self.name = name
        self.toolCalls = toolCalls
        self.toolCallID = toolCallID
    }
}

/// What a model is asked to continue.
public enum Prompt: Sendable, Hashable {
    /// A conversation, laid out by the model's own template. The answer is the next assistant turn.
    case chat([ChatMessage])
    /// Plain text. Special tokens in it are taken as text.
    case text(String)
    /// Tokens of this model, used as they are.
    case tokens([Token])
}

/// A request for text.
public struct GenerationRequest: Sendable {
    /// Name or alias of a language model.
    public var model: String
    /// What to continue.
    public var prompt: Prompt
    /// How the next token is chosen.
    public var sampling: SamplingParameters
    /// Texts that end the answer; they are not part of it. At most 16, none empty, each of at most 256 bytes.
    public var stop: [String]
    /// Longest answer in tokens, at least 0; nil means as long as the context allows.
    public var maxTokens: Int?
    /// How many alternatives to tell with each token, 0…20 (0: only the chosen token's own log-probability); nil for none at all.
    public var topLogProbabilities: Int?
    /// Whether the prompt's text comes first in the answer.
    public var echo: Bool
    /// Whether to go on past the model's end-of-answer token (for measurements).
    public var ignoreEnd: Bool
    /// What the answer may be. Not together with ``ignoreEnd``.
    public var form: AnswerForm
    /// The request's field the form came from, in the API's spelling, for errors.
    public var formParam: String
    /// Tools the model may call; only with a conversation. With a form, the answer is of that form or calls tools.
    public var tools: ToolUse?
    /// Who asks, for fairness: the name of a key, or an address. Not shown to the model.
    public var caller: String
    /// How urgent it is.
    public var work: WorkClass

    /// A request; what is left out has the usual defaults.
    public init(
        model: String, prompt: Prompt, sampling: SamplingParameters = SamplingParameters(), stop: [String] = [], maxTokens: Int? = nil,
        topLogProbabilities: Int? = nil, echo: Bool = false, ignoreEnd: Bool = false, form: AnswerForm = .free,
        formParam: String = "response_format", tools: ToolUse? = nil, caller: String = "local", work: WorkClass = .chat
    ) {
        self.model = model
        self.prompt = prompt
        self.sampling = sampling
        self.stop = stop
        self.maxTokens = maxTokens
        self.topLogProbabilities = topLogProbabilities
        self.echo = echo
        self.ignoreEnd = ignoreEnd
        self.form = form
        self.formParam = formParam
        self.tools = tools
        self.caller = caller
        self.work = work
    }
}
