public import Foundation
public import LaresTemplates
public import LaresTensor

/// A large language model from a GGUF file, ready to compute.
///
///     let model = try LanguageModel(contentsOf: "smollm2.gguf")
///     let cache = model.makeCache(pages: 64)
///     let (sequence, cached) = cache.open(prompt: prompt)
///     var logits = LogitRows()
///     try model.step([StepEntry(sequence: sequence, tokens: Array(prompt[cached...]))], cache: cache, into: &logits)
///
/// The model itself never changes and may be shared; a cache belongs to one engine.
public final class LanguageModel: Sendable {
    /// The architecture as the file names it, such as `llama`.
    public let family: String
    /// The name in the file, or the file's own.
    public let name: String
    /// The longest sequence, in tokens.
    public let contextLength: Int
    /// Number of weights.
    public let parameterCount: Int
    /// Size of the file.
    public let fileBytes: Int
    /// The tensor type most of the file's bytes have, such as `Q4_1`.
    public let quantisation: String
    /// Text to tokens and back.
    public var tokenizer: any Tokenizer { markedTextTokenizer }
    /// The template in the file; nil when there is none or it cannot be read.
    public let chatTemplate: ChatTemplate?
    /// Why the template in the file cannot be read, if so.
    public let chatTemplateProblem: String?
    private let decoder: Decoder
    private let markedTextTokenizer: any MarkedTextTokenizer

    /// Reads, checks and repacks a model. Throws `GGUFError` or a tokenizer's error.
    public init(contentsOf path: String, pool: ComputePool = .shared) throws {
        let file = try GGUFFile(contentsOf: path)
        let tokenizer = try makeMarkedTextTokenizer(from: file.metadata)
        let tensors = try DecoderTensors(file)
        guard tokenizer.vocabularySize <= tensors.vocabularySize else {
            throw GGUFError(
                .outOfRange,
                "the tokenizer has \(tokenizer.vocabularySize) tokens, the network only \(tensors.vocabularySize); convert the model again")
        }
        decoder = try Decoder(tensors, of: file, pool: pool)
        markedTextTokenizer = tokenizer
        family = decoder.configuration.family
        name = try file.metadata.stringIfPresent("general.name") ?? URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        contextLength = decoder.configuration.contextLength
        parameterCount = file.tensors.values.reduce(0) { $0 + $1.count }
        fileBytes = file.byteCount
        quantisation = Self.quantisation(file)
        (chatTemplate, chatTemplateProblem) = try Self.template(file.metadata, tokenizer)
        file.dropPages()
    }

    /// V, the number of logits.
    public var vocabularySize: Int { decoder.vocabularySize }
    /// Bytes of the weights in memory.
    public var weightBytes: Int { decoder.weightBytes }
    /// Bytes of weights that a step of one token reads, when estimates of the logits do.
    public var stepBytes: Int { decoder.stepBytes }
    /// The pool it computes on.
    public var pool: ComputePool { decoder.pool }
    /// Sizes and switches of the network.
    public var configuration: DecoderConfiguration { decoder.configuration }

    /// Bytes of keys and values of one page of 16 positions, all layers together.
    public func bytesPerPage() -> Int { decoder.bytesPerPage }

    /// A cache of so many pages (at least one) with the workspace to step it. Memory is taken as pages are first used.
    public func makeCache(pages: Int) -> KVCache { decoder.makeCache(pages: max(1, pages)) }

    /// Reads a LoRA adapter of this model from a GGUF file. Throws `GGUFError` when the file is no adapter, or one of another model.
    public func adapter(contentsOf path: String) throws -> Adapter { try Adapter(GGUFFile(contentsOf: path), of: decoder) }

    /// One forward pass for all entries. The result of an entry does not depend on the others.
    ///
    /// Takes any number of tokens; more than 512 are computed in several passes. Call it within `ComputePool.withTurn`; more urgent work is let in
    /// between layers. Returns false, with nothing changed, when `isInterrupted` became true between two halves of a layer; it is asked only while a single
    /// pass is enough. Throws `LanguageModelError` before anything is computed.
    @discardableResult
    public func step(
        _ batch: [StepEntry], cache: KVCache, into logits: inout LogitRows, isInterrupted: () -> Bool = { false }
    ) throws -> Bool {
        try decoder.step(batch, cache: cache, into: &logits, isInterrupted: isInterrupted)
    }

    /// The tokens of a conversation in the model's own format. What looks like a special token in a turn stays text. Throws `LanguageModelError.Code.noChatTemplate` or `TemplateError`.
    public func encode(_ messages: [ChatTurn], tools: [TemplateValue] = [], addGenerationPrompt: Bool = true, now: Date) throws -> [Token] {
        guard let chatTemplate else {
            throw LanguageModelError(
                .noChatTemplate,
                chatTemplateProblem.map { "the chat template of '\(name)' cannot be read: \($0)" }
                    ?? "'\(name)' has no chat template; ask for a plain completion instead")
        }
        return try chatTemplate.tokens(
            of: messages, tools: tools, addGenerationPrompt: addGenerationPrompt, now: now, by: markedTextTokenizer)
    }

    private static func quantisation(_ file: GGUFFile) -> String {
        var bytes: [DType: Int] = [:]
        for tensor in file.tensors.values where tensor.dimensions.count > 1 { bytes[tensor.type, default: 0] += tensor.bytes.count }
        let most = bytes.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
        return most?.key.name ?? "F32"
    }

    private static func template(_ metadata: GGUFMetadata, _ tokenizer: any Tokenizer) throws -> (ChatTemplate?, String?) {
        guard let source = try metadata.stringIfPresent("tokenizer.chat_template") else { return (nil, nil) }
        func text(_ key: String) throws -> String {
            try metadata.intIfPresent("tokenizer.ggml.\(key)_token_id").flatMap { Token(exactly: $0) }.map(tokenizer.piece) ?? ""
        }
        do {
            return (try ChatTemplate(source, beginText: text("bos"), endText: text("eos")), nil)
        } catch let error as TemplateError {
            return (nil, "\(error)")
        }
    }
}
