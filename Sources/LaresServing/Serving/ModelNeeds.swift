import LaresLanguage
import LaresTensor

/// What a model will take, known before it is loaded.
package struct ModelNeeds: Sendable, Hashable {
    /// Bytes of its weights in memory.
    package var weightBytes: Int
    /// Bytes of one page of its cache; 0 for models without one.
    package var pageBytes: Int
    /// Bytes its steps work in: activations and rows of logits.
    package var workBytes: Int
    /// Its context, in tokens.
    package var contextLength: Int

    // Rows of one pass; longer steps are computed in several.
    private static let rows = 512

    package init(weightBytes: Int, pageBytes: Int, workBytes: Int = 0, contextLength: Int) {
        self.weightBytes = weightBytes
        self.pageBytes = pageBytes
        self.workBytes = workBytes
        self.contextLength = contextLength
    }

    /// An encoder: at most its file, and activations of one text of full length: floats, and as words those that matrices read, keys and values.
    /// Its inner width is taken to be the usual four times the outer.
    init(embedding model: StoredModel) {
        let (context, width) = (model.summary.contextLength ?? 512, model.summary.dimensions ?? 1_024)
        self.init(
            weightBytes: model.fileBytes, pageBytes: 0,
            workBytes: Bytes.product(max(Self.rows, context), width, 5 + 2 + 4 + 4, MemoryLayout<Float>.stride), contextLength: context)
    }

    /// A decoder of a file, with all its sizes and tensors checked.
    ///
    /// - Throws: `GGUFError` when this file can't be a model of its family.
    package init(gguf path: String, batchLimit: Int) throws {
        let needs = try LanguageModel.needs(of: GGUFFile(contentsOf: path))
        self.init(
            weightBytes: needs.weightBytes, pageBytes: needs.pageBytes,
            workBytes: Bytes.sum([needs.workspaceBytes, Bytes.product(batchLimit, needs.logitBytes)]), contextLength: needs.contextLength)
    }
}
