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

    var example: [String: NetworkValue]? { translator.source.symbols.first.map { ["text": .strings([$0], shape: [1])] } }

    func callAsFunction(_ inputs: [String: NetworkValue], between: () throws -> Void) throws -> [String: NetworkValue] {
        guard case .strings(let texts, _)? = inputs["text"] else {
            throw ServingError(.invalidRequest, "'text' is missing", param: "inputs")
        }
        let longest = translator.form.longestTarget
        let most = max(1, Self.mostSymbols / longest)
        guard texts.count <= most else {
            throw ServingError(
                .invalidRequest,
                "\(texts.count) texts at once: each may become \(longest) \(translator.form.unit.rawValue), so there may be \(most): "
                    + "ask in several requests",
                param: "inputs")
        }
        return ["text": .strings(try translator(texts, between: between), shape: [texts.count])]
    }

    /// Symbols that one request may have it write: 64 of the longest texts that there are, and they take long.
    private static let mostSymbols = 64 * TextTranslator.Form.longest
}
