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

    /// An encoder: weights, and activations of one text of full length. Its inner width is taken to be the usual four times the outer.
    init(embedding model: StoredModel) {
        let (context, width) = (model.summary.contextLength ?? 512, model.summary.dimensions ?? 1_024)
        self.init(
            weightBytes: model.fileBytes, pageBytes: 0,
            workBytes: Bytes.product(max(Self.rows, context), width, 5 + 2 + 4, MemoryLayout<Float>.stride), contextLength: context)
    }

    /// A decoder of a file, with all its sizes and tensors checked.
    ///
    /// - Throws: `GGUFError` when this file can't be a model of its family.
    package init(gguf path: String, batchLimit: Int) throws {
        let file = try GGUFFile(contentsOf: path)
        let tensors = try DecoderTensors(file)
        let shape = tensors.configuration
        let (queries, keys) = (shape.heads * shape.headSize, shape.keyValueHeads * shape.headSize)
        let row = 4 * shape.width + 2 * queries + 2 * keys + shape.feedForward
        let activations = Bytes.product(Self.rows, row, MemoryLayout<Float>.stride)
        let logits = Bytes.product(batchLimit, tensors.vocabularySize, MemoryLayout<Float>.stride)
        let page = KVPages.elements(kvHeads: shape.keyValueHeads, headDimension: shape.headSize)
        // Repacked weights are about as large as the file; the exact number replaces this one after loading.
        self.init(
            weightBytes: file.byteCount, pageBytes: Bytes.product(2, page, MemoryLayout<UInt16>.stride, shape.layers),
            workBytes: Bytes.sum([activations, logits]), contextLength: shape.contextLength)
    }
}
