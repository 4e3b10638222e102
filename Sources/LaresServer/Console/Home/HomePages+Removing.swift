import Hummingbird
import LaresAccess
import LaresThings

/// Taking things away.
extension HomePages {
    @Sendable func askToRemove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            guard let view = found(context) else { return try console.missingPage(request, context) }
            let words = console.words(viewer)
            return try console.html(
                .confirm, title: words("thing.removeTitle", ["name": said(viewer).name(view.thing)]),
                [
                    "text": words("thing.removeText"), "action": "/remove-thing/\(view.thing.id)", "back": view.thing.page,
                    "keep": words("person.keep"), "do": words("thing.removeDo"),
                ], viewer: viewer)
        }
    }

    /// Takes a thing's announcements off the broker; a device that is still there may announce itself again.
    @Sendable func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            guard let view = found(context) else { return try console.missingPage(request, context) }
            do { try await home.remove(view.thing.id) } catch let error as ThingsError {
                let sentence = sentence(APIError(things: error), viewer)
                return try await show(view, viewer, trouble: sentence, status: .conflict)
            }
            console.audit.note(.homeChanged, "removed " + view.thing.id.description, by: context.caller, context.logger)
            return .redirect(to: "/things")
        }
    }
}
