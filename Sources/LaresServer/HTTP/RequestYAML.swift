import HTTPTypes
import Hummingbird
import LaresJSON
import LaresYAML

extension Request {
    /// Reads the body as YAML where its type says that it is (RFC 9512), otherwise as JSON.
    ///
    /// - Throws: ``APIError``, as `json(within:)`.
    func yamlOrJSON(within limits: BodyLimits) async throws -> RequestBody {
        guard mediaType == "application/yaml" else { return try await json(within: limits) }
        let share = limits.budget.share()
        let bytes = try await bytes(upTo: min(limits.each, 1 << 20), share: share)
        do { return RequestBody(json: try JSON(parsingYAML: bytes), share: share) } catch {
            throw APIError.invalid("the request body is not YAML that can be read: \(error.message)", code: "invalid_yaml")
        }
    }
}
