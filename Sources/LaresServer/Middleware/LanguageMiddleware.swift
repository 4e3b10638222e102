import HTTPTypes
import Hummingbird

/// Finds out which language the person reads: the one they chose (cookie `lang`), or the browser's.
struct LanguageMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: LaresContext, next: @concurrent (Request, LaresContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let chosen = request.cookies["lang"].flatMap({ Language(tag: $0.value) }) {
            context.language = chosen
        } else if let header = request.headers[.acceptLanguage] {
            context.language = Language(acceptLanguage: header)
        }
        return try await next(request, context)
    }
}
