import Foundation
import Hummingbird
import LaresJSON
import LaresServing

/// `GET /v1/models` and `GET /v1/models/{model}`.
struct ModelRoutes {
    let client: any ModelClient

    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        let models = try await client.models()
        return .json(["object": "list", "data": .array(models.map(\.openAIJSON))])
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        let name = context.parameter("model") ?? ""
        do {
            return .json(try await client.model(name).openAIJSON)
        } catch {
            throw APIError(error)
        }
    }
}

extension ModelDescription {
    /// The model as the OpenAI API lists it, with what Lares knows beside it.
    var openAIJSON: JSON {
        [
            "id": .string(name), "object": "model", "created": .int(Int(created.timeIntervalSince1970)), "owned_by": "lares",
            "parent": base.map { .string($0) } ?? .null, "aliases": .array(aliases.map { .string($0) }), "kind": .string(kind.rawValue),
            "context_length": contextLength.map { .int($0) } ?? .null,
        ]
    }
}
