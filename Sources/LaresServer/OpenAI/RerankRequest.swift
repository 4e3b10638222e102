package import LaresJSON
package import LaresServing

/// The body of `POST /v1/rerank`, checked. The format is the one that Jina's, Cohere's and llama.cpp's clients share.
package struct RerankRequest {
    /// The query first, then the documents.
    package var embedding: EmbeddingRequest
    package var documents: [String]
    /// How many of the best are answered.
    package var count: Int
    package var returnsDocuments: Bool

    /// - Throws: ``APIError`` naming the first parameter that is wrong.
    package init(_ body: JSON, caller: String) throws {
        let fields = try Fields(body)
        let model = try fields.requiredString("model")
        let query = try fields.requiredString("query")
        guard !query.isEmpty else { throw APIError.invalid("'query' is an empty string", param: "query") }
        documents = try Self.documents(fields)
        count = min(documents.count, try fields.int("top_n", in: 1...1_000_000) ?? documents.count)
        returnsDocuments = try fields.bool("return_documents") ?? false
        embedding = EmbeddingRequest(
            model: model, inputs: ([query] + documents).map { .text($0) }, caller: caller, work: try fields.workClass())
    }

    private static func documents(_ fields: Fields) throws -> [String] {
        let value = try fields.required("documents")
        guard let elements = value.elements else { throw fields.wrongType("documents", "an array of texts", value) }
        let most = EmbeddingsRequest.maximumInputs - 1
        guard (1...most).contains(elements.count) else {
            throw APIError.invalid("'documents' has \(elements.count) texts; it must have 1 to \(most)", param: "documents")
        }
        return try elements.enumerated().map { index, element in
            let name = "documents[\(index)]"
            let text = try element.text ?? Fields(element, name: name).requiredString("text")
            guard !text.isEmpty else { throw APIError.invalid("'\(name)' is an empty string", param: name) }
            return text
        }
    }
}

/// The answer of `POST /v1/rerank`: documents by the cosine of their vectors with the query's, best first; of equal ones the earlier.
struct RerankAnswer {
    let json: JSON

    init(_ asked: RerankRequest, _ response: EmbeddingResponse) {
        let query = response.vectors.first ?? []
        let scores = response.vectors.dropFirst().map { zip($0, query).reduce(0) { $0 + $1.0 * $1.1 } }
        let best = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(asked.count)
        let results = best.map { index -> JSON in
            var members: JSON.Members = ["index": .int(index), "relevance_score": .double(Double(scores[index].description) ?? 0)]
            if asked.returnsDocuments { members.append("document", ["text": .string(asked.documents[index])]) }
            return .object(members)
        }
        let tokens = JSON.int(response.promptTokens)
        json = [
            "object": "list", "model": .string(asked.embedding.model), "results": .array(results),
            "usage": ["prompt_tokens": tokens, "total_tokens": tokens],
        ]
    }
}
