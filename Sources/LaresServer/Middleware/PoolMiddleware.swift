import HTTPTypes
package import Hummingbird

/// Sends what may take long from the thread of its connection (``LoopChannel``) to Swift's pool, so that the thread's other connections
/// don't wait for it; only brief routes with small bodies are answered on it.
package struct PoolMiddleware: RouterMiddleware {
    private let brief: Set<String>

    /// - Parameter brief: Paths of routes that take microseconds, or wait without holding a thread.
    package init(brief: Set<String>) { self.brief = brief }

    package func handle(
        _ request: Request, context: LaresContext, next: @concurrent (Request, LaresContext) async throws -> Response
    ) async throws -> Response {
        if let path = context.endpointPath, brief.contains(path), request.isSmall { return try await next(request, context) }
        var response = try await withTaskExecutorPreference(globalConcurrentExecutor) { try await next(request, context) }
        // A stream is written after this returns.
        guard response.body.contentLength == nil else { return response }
        let body = response.body
        response.body = ResponseBody { writer in
            try await withTaskExecutorPreference(globalConcurrentExecutor) { [writer] in try await body.write(writer) }
        }
        return response
    }
}

extension Request {
    /// Whether its body is read in microseconds. One that doesn't say its length may be long, and a packed one become so.
    fileprivate var isSmall: Bool {
        guard let length = headers[.contentLength].map({ Int($0) ?? .max }) else { return method == .get || method == .head }
        return length <= BodyBudget.free && headers[.contentEncoding] == nil
    }
}
