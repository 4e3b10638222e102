import LaresLanguage

/// A model in memory, as requests see it.
struct LoadedModel: Sendable {
    enum Network: Sendable {
        case language(LanguageModel)
        case embedding(EmbeddingModel)

        var weightBytes: Int {
            switch self {
            case .language(let model): model.weightBytes
            case .embedding(let model): model.weightBytes
            }
        }

        /// Bytes of weights that a step of one token reads.
        var stepBytes: Int {
            switch self {
            case .language(let model): model.stepBytes
            case .embedding(let model): model.weightBytes
            }
        }

        var tokenizer: any Tokenizer {
            switch self {
            case .language(let model): model.tokenizer
            case .embedding(let model): model.tokenizer
            }
        }
    }

    let stored: StoredModel
    let network: Network
    let weightBytes: Int
    /// Activations and logits.
    let workBytes: Int
    let cacheBytes: Int
    /// Pages of its cache.
    let pages: Int
    /// Longest prompt plus answer: the model's context, the limit of the settings, or what its cache holds.
    let contextLength: Int
    /// What texts are so long that they can't fit, whatever their tokens are.
    let textLimit: TextLimit
    /// What its answers were bound to so far; nil for a model that writes none.
    let forms: AnswerForms?
    /// Its adapters; nil for a model that has none.
    let adapters: LoadedAdapters?

    init(_ stored: StoredModel, _ network: Network, _ needs: ModelNeeds, pages: Int, contextLimit: Int?) {
        self.stored = stored
        self.network = network
        weightBytes = needs.weightBytes
        workBytes = needs.workBytes
        cacheBytes = Bytes.product(pages, needs.pageBytes)
        self.pages = pages
        switch network {
        case .language(let model):
            contextLength = min(model.contextLength, contextLimit ?? .max, pages * KVCache.pageTokens)
            adapters = LoadedAdapters(model)
        case .embedding(let model):
            contextLength = model.contextLength
            adapters = nil
        }
        textLimit = TextLimit(network.tokenizer, context: contextLength)
        forms = stored.kind == .language ? AnswerForms(network.tokenizer, model: stored.name) : nil
    }

    /// All it takes, with its adapters and the forms of its answers.
    var bytes: Int { Bytes.sum([weightBytes, workBytes, cacheBytes, adapters?.byteCount ?? 0, forms?.byteCount ?? 0]) }
    var tokenizer: any Tokenizer { network.tokenizer }
}
