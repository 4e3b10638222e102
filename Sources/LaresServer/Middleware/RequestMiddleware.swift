import HTTPTypes
import Hummingbird
import Logging

/// The outermost layer: gives every request its id, turns errors into answers, and writes what happened to the access log and the metrics.
///
/// The log has id, method, route, status and time; never a body, a query or a key.
struct RequestMiddleware: RouterMiddleware {
    let routes: RouteTable
    let metrics: RequestMetrics

    func handle(
        _ request: Request, context: LaresContext, next: @concurrent (Request, LaresContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        var context = context
        if let id = request.headers[.requestID], Self.isPlain(id) { context.requestID = id }
        var response = await answer(request, context, next)
        response.headers[.requestID] = context.requestID
        note(request, context, response.status, ContinuousClock.now - start)
        return response
    }

    private func answer(
        _ request: Request, _ context: LaresContext, _ next: @concurrent (Request, LaresContext) async throws -> Response
    ) async -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            return shown(missing(request), to: request)
        } catch let error as HTTPError {
            let message = error.body ?? error.status.reasonPhrase
            return shown(APIError(error.status, type: "invalid_request_error", code: nil, message), to: request)
        } catch is ClientGone {
            // Nobody reads it; the log and the metrics do.
            return Response(status: .init(code: 499, reasonPhrase: "Client Closed Request"))
        } catch {
            let fault = APIError(error)
            if fault.status.code >= 500 {
                context.logger.error("request failed", metadata: ["id": "\(context.requestID)", "error": "\(error)"])
            }
            return shown(fault, to: request)
        }
    }

    /// The two protocols write their errors differently.
    private func shown(_ error: APIError, to request: Request) -> Response {
        let path = request.uri.path
        return path == "/v2" || path.hasPrefix("/v2/") ? error.v2Response : error.response
    }

    private func missing(_ request: Request) -> APIError {
        let methods = routes.methods(of: request.uri.path)
        guard methods.isEmpty else {
            return APIError(
                .methodNotAllowed, type: "invalid_request_error", code: "method_not_allowed",
                "\(request.method.rawValue) is not allowed here; use \(methods.joined(separator: " or "))", allow: methods)
        }
        return APIError(
            .notFound, type: "invalid_request_error", code: "unknown_url",
            "there is nothing at this address; /openapi.json lists what there is")
    }

    private static func isPlain(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D || $0 == 0x5F
            }
    }

    private func note(_ request: Request, _ context: LaresContext, _ status: HTTPResponse.Status, _ time: Duration) {
        let route = context.endpointPath ?? "none", method = String(request.method.rawValue.prefix(16))
        metrics.count(method: method, route: route, status: status.code, time: time)
        context.logger.info(
            "request",
            metadata: [
                "id": "\(context.requestID)", "method": "\(method)", "route": "\(route)", "status": "\(status.code)",
                "ms": "\(Int(time / .milliseconds(1)))",
            ])
    }
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-Id")!
    static let shouldRetry = HTTPField.Name("X-Should-Retry")!
}
