import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// `/lares/v1/energy`: what flows in the home, what it costs, and the tariffs and meters that this follows from.
struct EnergyRoutes {
    let services: HomeServices?
    let automations: Automations?
    let guardian: HomeGuard?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/energy", handler: report),
            APIRoute(method: .get, path: "/lares/v1/energy/tariffs", handler: tariffs),
            APIRoute(method: .put, path: "/lares/v1/energy/tariffs", handler: setTariffs),
            APIRoute(method: .post, path: "/lares/v1/energy/prices", handler: addPrices),
            APIRoute(method: .get, path: "/lares/v1/energy/meters", handler: meters),
            APIRoute(method: .put, path: "/lares/v1/energy/meters", handler: setMeters),
        ]
    }

    /// `?from=2026-11-01&through=2026-11-30&by=day`: days of the home's clocks; the last seven unless said otherwise.
    func report(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (services, site) = try require()
        let query = request.queryFields
        let today = CalendarDay(ordinal: site.zone.wall(at: Int(Date().timeIntervalSince1970)).day)
        let through = try query.day("through") ?? today
        let from = try query.day("from") ?? through.adding(-6)
        guard from <= through else { throw APIError.invalid("'from' must not lie behind 'through'", param: "from") }
        guard let step = EnergyReport.Step(rawValue: query.get("by") ?? "day") else {
            throw APIError.invalid("'by' must be hour, day or month", param: "by")
        }
        let store = EnergyStore(services.store)
        return try await telling {
            let account = try EnergyAccount(
                site: site, meters: try store.meters().meters(of: services.home.things().map(\.thing)), tariffs: try store.tariffs(),
                prices: try store.prices())
            let report = try await account.report(from...through, by: step, from: services.telemetry)
            return .json(report.json(showing: try sees(context)))
        }
    }

    func tariffs(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (services, _) = try require()
        return .json(["tariffs": try EnergyStore(services.store).tariffs()?.json ?? .null])
    }

    /// Sets what energy costs; one that the site can't have, for want of a calendar of holidays, is refused.
    func setTariffs(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let (services, site) = try require(), body = try await request.json(within: limits).json
        return try await telling {
            let book = try TariffBook(body)
            _ = try EnergyAccount(site: site, meters: [], tariffs: book)
            try EnergyStore(services.store).save(book)
            audit.note(.homeChanged, "tariffs", by: context.caller, context.logger)
            return .json(["tariffs": book.json])
        }
    }

    func addPrices(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let (services, _) = try require(), body = try await request.json(within: limits).json
        return try await telling {
            try EnergyStore(services.store).add(try HourlyPrices(body))
            return .json(["added": true])
        }
    }

    /// Where energy is known from, guessed where nobody said.
    func meters(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (services, _) = try require()
        let sees = try sees(context)
        let meters = try EnergyStore(services.store).meters().meters(of: services.home.things().map(\.thing)).filter { sees($0.address) }
        return .json([
            "meters": .array(
                meters.map {
                    var members: JSON.Members = [
                        "property": .string($0.address.description), "role": .string($0.role.rawValue), "guessed": .bool($0.isGuess),
                    ]
                    if $0.scale < 0 { members.append("inverted", true) }
                    return .object(members)
                })
        ])
    }

    func setMeters(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let (services, _) = try require(), body = try await request.json(within: limits).json
        return try await telling {
            let meters = try EnergyMeters(body)
            try EnergyStore(services.store).save(meters)
            audit.note(.homeChanged, "meters", by: context.caller, context.logger)
            return .json(meters.json)
        }
    }

    /// Whether the caller sees a property: what the whole home uses is everybody's, what a device does only of those they see.
    private func sees(_ context: LaresContext) throws -> (PropertyAddress) -> Bool {
        let (services, _) = try require()
        let shows = try HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api).shows()
        let hidden = Set(services.home.things().map(\.thing).filter { !shows($0) }.map(\.id))
        return { !hidden.contains($0.thing) }
    }

    private func require() throws -> (HomeServices, Site) {
        guard let services, let automations else { throw APIError.noHome }
        return (services, automations.site)
    }

    private func telling(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch let error as EnergyError {
            throw APIError.invalid(error.message, code: error.code.name)
        } catch let error as TelemetryError {
            throw APIError(telemetry: error)
        }
    }
}
