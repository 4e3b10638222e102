import HTTPTypes
import Hummingbird
import LaresAccess
import Synchronization

/// Refuses requests sent to a name that is not this server's, or by a web page of another (DNS rebinding, foreign pages).
final class OriginMiddleware: RouterMiddleware {
    typealias Context = LaresContext

    private let policy: OriginPolicy
    /// Hosts that were let in: nearly all requests have the same, and no origin.
    private let known = Mutex<Set<String>>([])

    init(policy: OriginPolicy) { self.policy = policy }

    func handle(
        _ request: Request, context: LaresContext, next: @concurrent (Request, LaresContext) async throws -> Response
    ) async throws -> Response {
        // The first Host became the authority; a second one means two readers may see two servers (RFC 9112, section 3.2).
        guard request.headers[values: .host].count <= (request.head.authority == nil ? 1 : 0) else {
            throw APIError.invalid("the request names two hosts: send one Host header", code: "wrong_host_or_origin")
        }
        try check(host: request.head.authority ?? request.headers[.host], origin: request.headers[.origin])
        return try await next(request, context)
    }

    private func check(host: String?, origin: String?) throws {
        if let host, origin == nil, known.withLock({ $0.contains(host) }) { return }
        if case .refused(let reason) = policy.decision(host: host, origin: origin) {
            throw APIError(.forbidden, type: "invalid_request_error", code: "wrong_host_or_origin", reason)
        }
        if let host { _ = known.withLock { $0.count < 64 ? $0.insert(host).inserted : false } }
    }
}

extension HTTPField.Name {
    static let host = HTTPField.Name("Host")!
}
