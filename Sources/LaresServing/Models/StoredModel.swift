public import struct Foundation.Date

/// One file of a model.
public struct StoredFile: Sendable, Hashable {
    /// Its place among the model's files: "model.gguf", "1_Pooling/config.json". Plain components, never leading out.
    public let path: String
    /// Which blob holds it.
    public let digest: Digest
    /// Its size.
    public let bytes: Int
}

/// What is known about a model without loading it.
public struct ModelSummary: Sendable, Hashable {
    /// What it does.
    public var kind: ModelKind
    /// Architecture as the file calls it.
    public var family: String
    /// Longest prompt plus answer, in tokens.
    public var contextLength: Int?
    /// Number of weights.
    public var parameterCount: Int?
    /// How weights are stored.
    public var quantisation: String?
    /// Length of its vectors; embedding models only.
    public var dimensions: Int?
    /// Whether it brings a chat template.
    public var chatTemplate: Bool
    /// The model it changes; adapters only.
    public var base: String?
}

/// A model of the store.
public struct StoredModel: Sendable, Hashable {
    /// The name requests use.
    public let name: String
    /// Other names for it.
    public let aliases: [String]
    /// What is known about it.
    public let summary: ModelSummary
    /// Its files, the main one first.
    public let files: [StoredFile]
    /// Where it came from.
    public let source: String
    /// When it came into this store.
    public let created: Date

    /// What it does.
    public var kind: ModelKind { summary.kind }
    /// The name of the model it changes; adapters only.
    public var base: String? { summary.base }
    /// Bytes of all its files.
    public var fileBytes: Int { files.reduce(0) { $0 + $1.bytes } }
    /// The digest of its main file.
    public var digest: Digest? { files.first?.digest }

    /// The description of a model that isn't loaded.
    public var description: ModelDescription {
        ModelDescription(
            name: name, aliases: aliases, kind: summary.kind, family: summary.family, fileBytes: fileBytes,
            contextLength: summary.contextLength, created: created, parameterCount: summary.parameterCount,
            quantisation: summary.quantisation, dimensions: summary.dimensions, source: source, sha256: digest?.description ?? "",
            chatTemplate: summary.chatTemplate, base: summary.base)
    }
}
