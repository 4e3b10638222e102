import LaresLanguage

/// A model in memory, as requests see it.
struct LoadedModel: Sendable {
    enum Network: Sendable {
        case language(LanguageModel)
        case embedding(EmbeddingModel)
    }

    let stored: StoredModel
    let network: Network
    let weightBytes: Int
    let cacheBytes: Int
    /// Longest prompt plus answer: the model's context, the limit of the settings, or what its cache holds.
    let contextLength: Int

    var tokenizer: any Tokenizer {
        switch network {
        case .language(let model): model.tokenizer
        case .embedding(let model): model.tokenizer
        }
    }
}
