import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings

/// `/lares/v1/retention`: how long histories are kept, for all things, for one, or for a property.
struct RetentionRoutes {
    let services: HomeServices?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/retention", handler: show),
            APIRoute(method: .put, path: "/lares/v1/retention", handler: set),
        ]
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        return .json(try require().store.retention().json)
    }

    /// Takes the place of what was said before. What is older is deleted when histories are tidied next, within a day.
    func set(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let services = try require(), body = try await request.json(within: limits).json
        do {
            let book = try RetentionBook(body)
            try await check(book, services)
            try await services.keep(book)
            audit.note(.homeChanged, "retention", by: context.caller, context.logger)
            return .json(book.json)
        } catch let error as TelemetryError {
            throw APIError(telemetry: error)
        }
    }

    /// A name that is new here must be that of something: one that is spelled wrong would keep what is to be deleted.
    private func check(_ book: RetentionBook, _ services: HomeServices) async throws {
        let before = try services.store.retention()
        let known = Set(try await services.telemetry.series(of: nil).map(\.key)), things = Set(known.map(\.thing))
        for id in book.things.keys.sorted() where before.things[id] == nil && !things.contains(id.description) {
            if services.home.thing(id) == nil { throw Self.unknown(id.description) }
        }
        for address in book.properties.keys.sorted(by: { $0.description < $1.description })
        where before.properties[address] == nil && !known.contains(SeriesKey(address)) {
            if services.home.property(address) == nil { throw Self.unknown(address.description) }
        }
    }

    private static func unknown(_ name: String) -> APIError {
        .invalid("there is no '\(name)' here, and nothing was ever reported for it", code: "unknown")
    }

    private func require() throws -> HomeServices {
        guard let services else { throw APIError.noHome }
        return services
    }
}
