import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess

/// Finds out who is asking. Where a key is needed, only the open paths answer without one.
///
/// A key comes as `Authorization: Bearer …` from programs and in a cookie from the console. Where no key is needed (loopback), a key that
/// is known still names its caller, and one that is not known is no reason to refuse: the clients always send something.
struct KeyMiddleware: RouterMiddleware {
    let keys: KeyStore?
    let needsKey: Bool
    let isSecure: Bool

    private static let openPaths: Set = [
        "/health", "/ready", "/openapi.json", "/v2/health/live", "/v2/health/ready", "/sign-in", "/sign-out", "/language", "/favicon.ico",
    ]

    func handle(
        _ request: Request, context: LaresContext, next: @concurrent (Request, LaresContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let secret = Self.secret(of: request)
        if let secret, let principal = try keys?.principal(forSecret: secret) {
            context.caller = Caller(principal)
        } else if !needsKey {
            context.caller = .local
        } else if !Self.isOpen(request.uri.path) {
            if request.headers[.authorization] == nil, request.headers[.accept]?.contains("text/html") == true {
                return toSignIn(request)
            }
            throw Self.refusal(hasSecret: secret != nil)
        }
        return try await next(request, context)
    }

    /// Sends a person to sign in and then back; a key that no longer opens is taken from their browser.
    private func toSignIn(_ request: Request) -> Response {
        let back = request.uri.description.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        var response = Response.redirect(to: "/sign-in?back=" + back)
        if request.cookies[Viewer.keyCookie] != nil {
            response.setCookie(
                Cookie(name: Viewer.keyCookie, value: "", maxAge: 0, path: "/", secure: isSecure, httpOnly: true, sameSite: .strict))
        }
        return response
    }

    private static func isOpen(_ path: String) -> Bool { openPaths.contains(path) || path.hasPrefix("/assets/") }

    /// "Token" is how clients of InfluxDB say it.
    private static let schemes: Set = ["bearer", "token"]

    private static func secret(of request: Request) -> String? {
        if let header = request.headers[.authorization] {
            let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
            guard parts.count == 2, schemes.contains(parts[0].lowercased()) else { return nil }
            return String(parts[1])
        }
        return request.cookies[Viewer.keyCookie]?.value
    }

    private static func refusal(hasSecret: Bool) -> APIError {
        hasSecret
            ? APIError(
                .unauthorized, type: "authentication_error", code: "invalid_api_key",
                "this key is not known here, was revoked, or has ended; `lares keys list` shows the keys there are")
            : APIError(
                .unauthorized, type: "authentication_error", code: "missing_api_key",
                "a key is needed: send it as 'Authorization: Bearer …'; `lares keys add NAME` makes one")
    }
}
