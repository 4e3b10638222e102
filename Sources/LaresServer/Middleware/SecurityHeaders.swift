import HTTPTypes
import Hummingbird

/// Headers that tell a browser what a page of Lares may do; they stand on every answer.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = LaresContext

    /// The policy of the console's design: everything from this server, nothing inline, no frames.
    static let contentPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'"

    private static let headers: [HTTPField] = [
        HTTPField(name: .contentSecurityPolicy, value: contentPolicy),
        HTTPField(name: .xContentTypeOptions, value: "nosniff"),
        HTTPField(name: HTTPField.Name("X-Frame-Options")!, value: "DENY"),
        HTTPField(name: HTTPField.Name("Referrer-Policy")!, value: "no-referrer"),
        HTTPField(name: HTTPField.Name("Cross-Origin-Opener-Policy")!, value: "same-origin"),
        HTTPField(name: HTTPField.Name("Cross-Origin-Resource-Policy")!, value: "same-origin"),
        HTTPField(name: HTTPField.Name("Permissions-Policy")!, value: "camera=(), geolocation=(), microphone=()"),
    ]

    func handle(
        _ request: Request, context: LaresContext, next: @concurrent (Request, LaresContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for header in Self.headers where !response.headers.contains(header.name) { response.headers.append(header) }
        return response
    }
}
