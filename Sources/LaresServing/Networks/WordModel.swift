import LaresLanguage
import LaresNeural

/// Word vectors of the registry: `word` (BYTES, any number of them) gives `vector` (FP32, a row for each).
struct WordModel: ServedModel {
    let vectors: WordVectors

    /// Reads a file; throws `WordVectorError`.
    init(contentsOf path: String) throws { vectors = try WordVectors(contentsOf: path) }

    var signature: NetworkSignature {
        NetworkSignature(
            inputs: [TensorSignature(name: "word", datatype: .bytes, shape: [nil])],
            outputs: [TensorSignature(name: "vector", datatype: .fp32, shape: [nil, vectors.dimensions])])
    }

    var example: [String: NetworkValue]? { vectors.words.first.map { ["word": .strings([$0], shape: [1])] } }

    func callAsFunction(_ inputs: [String: NetworkValue], between: () throws -> Void) throws -> [String: NetworkValue] {
        guard case .strings(let words, _)? = inputs["word"] else {
            throw ServingError(.invalidRequest, "'word' is missing: texts, a word each", param: "inputs")
        }
        var values: [Float] = []
        for (place, word) in words.enumerated() {
            if place.isMultiple(of: 1_024) { try between() }
            values += try vectors.vector(of: word)
        }
        return ["vector": .floats(values, shape: [words.count, vectors.dimensions])]
    }
}
