import LaresLanguage
import LaresNeural

/// A translator of the registry: `text` (BYTES, any number of them) gives `text`, what it writes for each.
struct TranslatorModel: ServedModel {
    private let translator: TextTranslator

    /// Reads a file; throws `TranslatorError` and `SafeTensorsError`.
    init(contentsOf path: String) throws { translator = try TextTranslator(contentsOf: path) }

    var signature: NetworkSignature {
        let text = TensorSignature(name: "text", datatype: .bytes, shape: [nil])
        return NetworkSignature(inputs: [text], outputs: [text])
    }

    func callAsFunction(_ inputs: [String: NetworkValue]) throws -> [String: NetworkValue] {
        guard case .strings(let texts, _)? = inputs["text"] else {
            throw ServingError(.invalidRequest, "'text' is missing", param: "inputs")
        }
        guard texts.count <= Self.most else {
            throw ServingError(.invalidRequest, "\(texts.count) texts at once: there may be \(Self.most)", param: "inputs")
        }
        return ["text": .strings(try translator(texts), shape: [texts.count])]
    }

    private static let most = 1_024
}
