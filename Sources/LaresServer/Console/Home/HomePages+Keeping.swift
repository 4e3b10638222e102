import HTTPTypes
import Hummingbird
import LaresAccess
import LaresThings

/// How long the history of a thing is kept.
extension HomePages {
    /// What can be chosen, in days.
    private static let spans = [10, 30, 100, 400, 1_000, 3_650]

    /// The fields of the template `thing` for it.
    func keeping(of id: ThingID, _ viewer: Viewer) throws -> [String: Any] {
        let book = try services.store.retention(), own = book.things[id]
        func words(_ days: Int?) -> String {
            days.map { console.words(viewer)("time.days", ["n": console.amount(viewer).whole($0)]) }
                ?? console.words(viewer)("thing.keepForever")
        }
        var options: [[String: Any]] = [
            [
                "value": "", "chosen": own == nil,
                "word": console.words(viewer)("thing.keepUsual", ["span": words(book.usual.rawDays)]),
            ]
        ]
        let other = own?.rawDays.flatMap { Self.spans.contains($0) ? nil : $0 }
        for days in (Self.spans + [other].compactMap(\.self)).sorted() {
            options.append(["value": "\(days)", "chosen": own?.rawDays == days, "word": words(days)])
        }
        options.append(["value": "forever", "chosen": own.map { $0.rawDays == nil } ?? false, "word": words(nil)])
        return ["keepAction": "/keep-thing/\(id)", "keeps": options]
    }

    /// Form field `days`: a number, `forever`, or nothing for as long as others.
    @Sendable func keep(_ request: Request, _ context: LaresContext) async throws -> Response {
        var request = request
        let form = try await Form(&request)
        return try await console.administer(request, context) { viewer, _ in
            guard let view = found(context) else { return try console.missingPage(request, context) }
            do {
                var book = try services.store.retention()
                switch form["days"] {
                case "": book.things[view.thing.id] = nil
                case "forever": book.things[view.thing.id] = Retention(readings: nil, beside: book.usual)
                case let text:
                    guard let days = Int(text) else { throw APIError.invalid("'days' must be a whole number") }
                    book.things[view.thing.id] = Retention(readings: days, beside: book.usual)
                }
                try await services.keep(book)
            } catch let error as APIError {
                return try await show(view, viewer, trouble: sentence(error, viewer), status: .badRequest)
            } catch let error as TelemetryError {
                return try await show(view, viewer, trouble: sentence(APIError(telemetry: error), viewer), status: .badRequest)
            }
            console.audit.note(.homeChanged, "retention of " + view.thing.id.description, by: context.caller, context.logger)
            return .redirect(to: view.thing.page)
        }
    }
}
