import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// `/lares/v1/holidays`: the calendars of holidays that rules, schedules and tariffs may name.
struct HolidayRoutes {
    let automations: Automations?
    let services: HomeServices?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        let one = "/lares/v1/holidays/{calendar}"
        return [
            APIRoute(method: .get, path: "/lares/v1/holidays", handler: list),
            APIRoute(method: .put, path: one, handler: set),
            APIRoute(method: .delete, path: one, handler: remove),
        ]
    }

    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(["holidays": .array(try changes(context).all().map(\.json))])
    }

    /// Takes in an iCalendar text, `text/calendar`, effective at once.
    func set(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireRuleMaker()
        let changes = try changes(context), name = context.parameter("calendar") ?? ""
        guard request.mediaType == "text/calendar" else {
            throw APIError(
                .unsupportedMediaType, type: "invalid_request_error", code: "unsupported_media_type",
                "the body must be an iCalendar text: send it with the header 'Content-Type: text/calendar'")
        }
        let share = limits.budget.share()
        let text = try await request.bytes(upTo: min(limits.each, HolidayCalendar.largestText), share: share)
        return try await telling {
            try await changes.set(text, as: name)
            return .json(changes.all().first { $0.name == name }?.json ?? .null)
        }
    }

    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireRuleMaker()
        let changes = try changes(context), name = context.parameter("calendar") ?? ""
        return try await telling {
            guard try await changes.remove(name) else {
                let exists = HolidayCalendar.builtIn[name] != nil
                throw APIError(
                    exists ? .conflict : .notFound, type: "invalid_request_error", code: exists ? "built_in" : "unknown",
                    exists ? "the calendar '\(name)' comes with Lares and stays" : "there is no calendar '\(name.prefix(60))'")
            }
            return .json(["removed": .string(name)])
        }
    }

    private func changes(_ context: LaresContext) throws -> HolidayChanges {
        guard let automations, let services else { throw APIError.noHome }
        return HolidayChanges(
            automations: automations, services: services, audit: audit, caller: context.caller, logger: context.logger)
    }

    private func telling(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch let error as ScheduleError {
            switch error.code {
            case .inUse: throw APIError(.conflict, type: "invalid_request_error", code: "in_use", error.message)
            case .full: throw APIError(.conflict, type: "invalid_request_error", code: "full", error.message)
            default: throw APIError.invalid(error.message, code: "bad_calendar")
            }
        }
    }
}
