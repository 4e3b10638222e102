import Foundation
import Hummingbird
import LaresJSON
import LaresServing

/// `POST /v1/embeddings` and `POST /v1/rerank`.
struct EmbeddingRoutes {
    let client: any ModelClient
    let activity: Activity
    let limits: BodyLimits

    func embeddings(_ request: Request, _ context: LaresContext) async throws -> Response {
        let body = try await request.json(within: limits)
        defer { body.share.end() }
        let asked = try EmbeddingsRequest(body.json, caller: context.caller.name)
        let response = try await embed(asked.embedding, context)
        return .json(Self.json(response, isBase64: asked.isBase64, model: asked.embedding.model))
    }

    func rerank(_ request: Request, _ context: LaresContext) async throws -> Response {
        let body = try await request.json(within: limits)
        defer { body.share.end() }
        let asked = try RerankRequest(body.json, caller: context.caller.name)
        return .json(RerankAnswer(asked, try await embed(asked.embedding, context)).json)
    }

    private func embed(_ asked: EmbeddingRequest, _ context: LaresContext) async throws -> EmbeddingResponse {
        let lease = try activity.begin()
        defer { lease.end() }
        let presence = await context.channel.clientPresence()
        return try await whilePresent(presence) { [client] in
            do { return try await client.embed(asked) } catch { throw APIError(error) }
        }
    }

    static func json(_ response: EmbeddingResponse, isBase64: Bool, model: String) -> JSON {
        let data = response.vectors.enumerated().map { index, vector -> JSON in
            ["object": "embedding", "index": .int(index), "embedding": isBase64 ? .string(base64(vector)) : floats(vector)]
        }
        let tokens = JSON.int(response.promptTokens)
        return [
            "object": "list", "data": .array(data), "model": .string(model),
            "usage": ["prompt_tokens": tokens, "total_tokens": tokens],
        ]
    }

    private static func floats(_ vector: [Float]) -> JSON {
        // The shortest text of the 32-bit number, not of its 64-bit widening: half the bytes for the same value.
        .array(vector.map { .double(Double($0.description) ?? Double($0)) })
    }

    private static func base64(_ vector: [Float]) -> String {
        var bytes = Data(capacity: vector.count * 4)
        for value in vector { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes.base64EncodedString()
    }
}
