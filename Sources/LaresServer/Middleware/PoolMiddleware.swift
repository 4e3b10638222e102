package import Hummingbird

/// Sends what may take long from the thread of its connection (``LoopChannel``) to Swift's pool, so that the thread's other connections
/// don't wait for it; only brief routes are answered where they were read.
package struct PoolMiddleware: RouterMiddleware {
    private let brief: Set<String>

    /// - Parameter brief: Paths of routes that take microseconds, or wait without holding a thread.
    package init(brief: Set<String>) { self.brief = brief }

    package func handle(
        _ request: Request, context: LaresContext, next: @concurrent (Request, LaresContext) async throws -> Response
    ) async throws -> Response {
        if let path = context.endpointPath, brief.contains(path) { return try await next(request, context) }
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
