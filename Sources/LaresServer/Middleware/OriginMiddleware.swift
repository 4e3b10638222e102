import HTTPTypes
import Hummingbird
import LaresAccess

/// Refuses requests sent to a name that is not this server's, or by a web page of another (DNS rebinding, foreign pages).
struct OriginMiddleware: RouterMiddleware {
    let policy: OriginPolicy

    func handle(
        _ request: Request, context: LaresContext, next: @concurrent (Request, LaresContext) async throws -> Response
    ) async throws -> Response {
        // The first Host became the authority; a second one means two readers may see two servers (RFC 9112, section 3.2).
        guard request.headers[values: .host].count <= (request.head.authority == nil ? 1 : 0) else {
            throw APIError.invalid("the request names two hosts: send one Host header", code: "wrong_host_or_origin")
        }
        switch policy.decision(host: request.head.authority ?? request.headers[.host], origin: request.headers[.origin]) {
        case .allowed: return try await next(request, context)
        case .refused(let reason):
            throw APIError(.forbidden, type: "invalid_request_error", code: "wrong_host_or_origin", reason)
        }
    }
}

extension HTTPField.Name {
    static let host = HTTPField.Name("Host")!
}
