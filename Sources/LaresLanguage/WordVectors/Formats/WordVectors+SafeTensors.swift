import LaresTensor

extension WordVectors {
    /// Tensors `vectors` [words][dimensions] and, with n-grams, `pieces` [buckets][dimensions]; words, counts and n-grams are metadata.
    func writeSafeTensors(to path: String) throws {
        if let word = words.first(where: { $0.contains("\n") }) {
            throw WordVectorError(.unwritable, "'\(path)': the word '\(word)' has a line end in it")
        }
        var metadata = ["format": WordVectors.formatName, "words": words.joined(separator: "\n")]
        if let counts { metadata["counts"] = counts.map(String.init).joined(separator: " ") }
        var tensors = [(name: "vectors", value: StoredTensor(matrix, as: .f32))]
        if let pieces {
            metadata["grams"] = "\(pieces.grams.shortest) \(pieces.grams.longest)"
            tensors.append((name: "pieces", value: StoredTensor(pieces.matrix, as: .f32)))
        }
        try SafeTensors.write(tensors, metadata: metadata, to: path)
    }

    static let formatName = "lares.word-vectors"

    init(safeTensors path: String) throws {
        let file = try SafeTensors(contentsOf: path)
        func broken(_ what: String) -> WordVectorError { WordVectorError(.malformed, "'\(path)': \(what)") }
        guard file.metadata["format"] == WordVectors.formatName, let vectors = file.tensors["vectors"], vectors.shape.count == 2 else {
            throw WordVectorError(
                .unsupported, "'\(path)' is a safetensors file, but not one of word vectors: give one that `lares words` wrote")
        }
        let words = (file.metadata["words"] ?? "").split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let values = try WordVectors.finite(vectors, "vectors", path)
        guard words.count == vectors.shape[0], vectors.shape[1] >= 1 else {
            throw broken("\(words.count) words for vectors of shape \(vectors.shape): the file is damaged")
        }
        let counts = file.metadata["counts"].map { $0.split(separator: " ").compactMap { Int($0) } }
        guard counts?.count ?? words.count == words.count else { throw broken("\(counts?.count ?? 0) counts of \(words.count) words") }
        let pieces = try file.tensors["pieces"].map { try WordVectors.pieces($0, file, width: vectors.shape[1], path) }
        self.init(words: words, dimensions: vectors.shape[1], values: values, counts: counts, pieces: pieces)
    }

    private static func pieces(_ tensor: SafeTensors.Tensor, _ file: SafeTensors, width: Int, _ path: String) throws -> GramVectors {
        let lengths = (file.metadata["grams"] ?? "").split(separator: " ").compactMap { Int($0) }
        guard tensor.shape.count == 2, tensor.shape[1] == width, lengths.count == 2 else {
            throw WordVectorError(.malformed, "'\(path)': n-grams of lengths \(lengths) with a table of shape \(tensor.shape)")
        }
        let grams = CharacterGrams(shortest: lengths[0], longest: lengths[1], buckets: tensor.shape[0])
        try grams.check()
        return GramVectors(grams: grams, values: try finite(tensor, "pieces", path))
    }

    private static func finite(_ tensor: SafeTensors.Tensor, _ name: String, _ path: String) throws(WordVectorError) -> [Float] {
        guard let values = tensor.floats(), values.allSatisfy(\.isFinite) else {
            throw WordVectorError(.malformed, "'\(path)': '\(name)' has something other than finite floats")
        }
        return values
    }
}
