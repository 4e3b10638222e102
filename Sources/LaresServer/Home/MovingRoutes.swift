import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// `/lares/v1/home` and `/lares/v1/faults`: the whole home as one file, where it is, and what is wrong with its sensors.
struct MovingRoutes {
    let services: HomeServices?
    let automations: Automations?
    let times: Timekeeper?
    let sensing: Sensing?
    let guardian: HomeGuard?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/home/export", handler: export),
            APIRoute(method: .post, path: "/lares/v1/home/import", handler: take),
            APIRoute(method: .get, path: "/lares/v1/home/site", handler: site),
            APIRoute(method: .put, path: "/lares/v1/home/site", handler: setSite),
            APIRoute(method: .get, path: "/lares/v1/faults", handler: faults),
        ]
    }

    func export(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let moving = try moving(context)
        return try await telling { .json(try moving.export().json) }
    }

    /// Says what a file would change, or with `"apply": true` changes it; with the `"pin"` of whoever replaces the policy, if they have one.
    func take(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let moving = try moving(context), body = try await request.json(within: limits).json
        let assurance = try Assurance(body)
        return try await telling {
            let order = try MovingOrder(body)
            let answer = try await moving.carryOut(order, assurance)
            if order.applies { audit.note(.homeChanged, "import", by: context.caller, context.logger) }
            return .json(answer)
        }
    }

    func site(_ request: Request, _ context: LaresContext) async throws -> Response { .json(try require().store.site().json) }

    /// Where the home is, for clocks and the sun.
    func setSite(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let services = try require(), body = try await request.json(within: limits).json
        do {
            let site = try SiteSettings(body)
            try await automations?.move(to: site)
            try services.store.save(site)
            audit.note(.homeChanged, "site", by: context.caller, context.logger)
            return .json(site.json)
        } catch let error as JSONError {
            throw APIError.invalid(error.message)
        } catch let error as ScheduleError {
            throw APIError.invalid(error.message)
        }
    }

    /// What is wrong with the sensors that the caller sees now, and what was.
    func faults(_ request: Request, _ context: LaresContext) async throws -> Response {
        guard let sensing else { throw APIError.noHome }
        let home = HomeSight(home: try require().home, guardian: guardian, caller: context.caller, path: .api)
        let sight = try SeriesSight(ofHome: home)
        func told(_ faults: [SensorFault]) -> JSON { .array(faults.filter { sight.tells(of: $0.address.thing) }.map(\.json)) }
        return .json(["faults": told(await sensing.faults()), "past": told(await sensing.pastFaults())])
    }

    private func moving(_ context: LaresContext) throws -> HomeMoving {
        HomeMoving(
            services: try require(), automations: automations, times: times, policies: guardian?.policies,
            principal: context.caller.principal)
    }

    private func require() throws -> HomeServices {
        guard let services else { throw APIError.noHome }
        return services
    }

    private func telling(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as MovingError {
            throw APIError.invalid(error.message)
        } catch let error as AccessError {
            throw APIError(access: error)
        }
    }
}
