import LaresLanguage

/// What a model will take, known before it is loaded.
package struct ModelNeeds: Sendable, Hashable {
    /// Bytes of its weights in memory.
    package var weightBytes: Int
    /// Bytes of one page of its cache; 0 for models without one.
    package var pageBytes: Int
    /// Its context, in tokens.
    package var contextLength: Int

    package init(weightBytes: Int, pageBytes: Int, contextLength: Int) {
        self.weightBytes = weightBytes
        self.pageBytes = pageBytes
        self.contextLength = contextLength
    }

    /// An encoder: weights only.
    init(embedding model: StoredModel) {
        self.init(weightBytes: model.fileBytes, pageBytes: 0, contextLength: model.summary.contextLength ?? 512)
    }

    /// A decoder, from its file's metadata: keys and values of 16-bit floats, for each layer and position.
    init(gguf path: String) throws {
        let file = try GGUFFile(contentsOf: path)
        let family = try file.metadata.string("general.architecture")
        func value(_ key: String) throws -> Int? { try file.metadata.intIfPresent("\(family).\(key)") }
        let layers = try value("block_count") ?? 1
        let heads = try value("attention.head_count") ?? 1
        let perLayer = (try? value("attention.head_count_kv")) ?? heads
        let size = try value("attention.key_length") ?? (value("embedding_length") ?? 1) / max(1, heads)
        let factors = [layers, perLayer, size, 2 * 2 * KVCache.pageTokens]
        let page = factors.reduce((1, false)) { product, factor in
            let (next, overflow) = product.0.multipliedReportingOverflow(by: max(0, factor))
            return (next, product.1 || overflow)
        }
        guard !page.1, page.0 > 0 else {
            throw PullError(.notAModel, "the model's sizes (\(layers) layers, \(perLayer) heads of \(size)) are impossible")
        }
        // Repacked weights are about as large as the file; the exact number replaces this one after loading.
        self.init(weightBytes: file.byteCount, pageBytes: page.0, contextLength: try value("context_length") ?? 2_048)
    }
}
