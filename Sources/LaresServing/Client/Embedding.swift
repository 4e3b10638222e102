public import LaresLanguage
public import LaresTensor

/// One thing to embed.
public enum EmbeddingInput: Sendable, Hashable {
    /// Text; the model's own special tokens are added.
    case text(String)
    /// Tokens of this model, used as they are.
    case tokens([Token])
}

/// A request for vectors.
public struct EmbeddingRequest: Sendable {
    /// Name or alias of an embedding model.
    public var model: String
    /// What to embed: 1…2,048 inputs, none empty.
    public var inputs: [EmbeddingInput]
    /// Cut vectors to this length and normalise again, 1…the model's own; nil keeps the model's length.
    public var dimensions: Int?
    /// Who asks, for fairness.
    public var caller: String
    /// How urgent it is.
    public var work: WorkClass

    /// A request for vectors.
    public init(model: String, inputs: [EmbeddingInput], dimensions: Int? = nil, caller: String = "local", work: WorkClass = .chat) {
        self.model = model
        self.inputs = inputs
        self.dimensions = dimensions
        self.caller = caller
        self.work = work
    }
}

/// Vectors of unit length, in the order of the inputs.
public struct EmbeddingResponse: Sendable, Hashable {
    /// The model's own name (not the alias that was asked for).
    public var model: String
    /// One vector for each input.
    public var vectors: [[Float]]
    /// Tokens of all inputs together.
    public var promptTokens: Int

    /// An answer.
    public init(model: String, vectors: [[Float]], promptTokens: Int) {
        self.model = model
        self.vectors = vectors
        self.promptTokens = promptTokens
    }
}
