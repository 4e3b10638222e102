package import LaresJSON
import LaresLanguage
package import LaresServing

/// The body of `POST /v1/embeddings`, checked.
package struct EmbeddingsRequest {
    package var embedding: EmbeddingRequest
    /// True for little-endian 32-bit floats in base64, which the official client asks for unless told otherwise.
    package var isBase64: Bool

    /// How many inputs one request may have.
    static let maximumInputs = 2_048

    /// - Throws: ``APIError`` naming the first parameter that is wrong.
    package init(_ body: JSON, caller: String) throws {
        let fields = try Fields(body)
        let model = try fields.requiredString("model")
        try fields.refuseUnsupportedEmbeddingParameters()
        let format = try fields.string("encoding_format") ?? "float"
        guard format == "float" || format == "base64" else {
            throw APIError.invalid("'encoding_format' is '\(format.prefix(40))'; it must be float or base64", param: "encoding_format")
        }
        isBase64 = format == "base64"
        embedding = EmbeddingRequest(
            model: model, inputs: try Self.inputs(fields), dimensions: try fields.int("dimensions", in: 1...1_000_000), caller: caller,
            work: try fields.workClass())
    }

    private static func inputs(_ fields: Fields) throws -> [EmbeddingInput] {
        let value = try fields.required("input")
        switch value {
        case .string(let text): return [try input(text, "input")]
        case .array(let elements): return try inputs(elements, fields)
        default: throw fields.wrongType("input", "a string, an array of strings, or token ids", value)
        }
    }

    private static func inputs(_ elements: [JSON], _ fields: Fields) throws -> [EmbeddingInput] {
        guard let first = elements.first else { throw APIError.invalid("'input' is an empty array", param: "input") }
        if case .int = first { return [.tokens(try CompletionRequest.tokens(elements, param: "input"))] }
        guard elements.count <= maximumInputs else {
            throw APIError.invalid("'input' has \(elements.count) texts; \(maximumInputs) is the most in one request", param: "input")
        }
        return try elements.enumerated().map { index, element in
            switch element {
            case .string(let text): try input(text, "input[\(index)]")
            case .array(let ids) where !ids.isEmpty: .tokens(try CompletionRequest.tokens(ids, param: "input[\(index)]"))
            default: throw fields.wrongType("input", "a string, an array of strings, or token ids", element)
            }
        }
    }

    private static func input(_ text: String, _ param: String) throws -> EmbeddingInput {
        guard !text.isEmpty else { throw APIError.invalid("'\(param)' is an empty string", param: param) }
        return .text(text)
    }
}
