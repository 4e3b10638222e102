import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// `/lares/v1/zones`, `/lares/v1/cameras` and `/lares/v1/devices`: what is counted of what cameras see, and what devices usually do.
struct SafetyRoutes {
    let zones: ZoneCounting?
    let devices: DeviceWatch?
    let services: HomeServices?
    let guardian: HomeGuard?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/zones", handler: list),
            APIRoute(method: .post, path: "/lares/v1/zones", handler: set),
            APIRoute(method: .delete, path: "/lares/v1/zones/{zone}", handler: remove),
            APIRoute(method: .post, path: "/lares/v1/cameras/{camera}/detections", handler: detect),
            APIRoute(method: .get, path: "/lares/v1/devices", handler: listDevices),
        ]
    }

    /// The zones whose things one sees; those that aren't things yet are an administrator's to see.
    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        let plans = try await require().plans
        guard let services else { throw APIError.noHome }
        let sight = HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api)
        let shows = try sight.showsZones()
        return .json(["zones": .array(plans.filter(shows).map(\.json))])
    }

    /// Makes a zone, or changes it; its interval begins anew.
    func set(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let zones = try require(), body = try await request.json(within: limits).json
        return try await telling {
            let plan = try ZonePlan(body)
            try await zones.set(plan)
            audit.note(.homeChanged, "zone/" + plan.id, by: context.caller, context.logger)
            return .json(plan.json, status: .created)
        }
    }

    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let zones = try require(), id = context.parameter("zone") ?? ""
        return try await telling {
            try await zones.remove(id)
            audit.note(.homeChanged, "zone/" + id, by: context.caller, context.logger)
            return .json(["removed": .string(id)])
        }
    }

    /// What a camera detected in one picture; what zones make of it is all that is kept.
    func detect(_ request: Request, _ context: LaresContext) async throws -> Response {
        guard context.caller.principal.roles.allSatisfy(\.mayMakeRules) else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "the key '\(context.caller.name)' may not report what cameras see: use one made with `lares keys add NAME --role resident`")
        }
        let zones = try require(), body = try await request.json(within: limits).json
        return try await telling {
            let counted = await zones.take(try CameraEvent(body), from: context.parameter("camera") ?? "")
            return .json(["zones": .int(counted)])
        }
    }

    /// What is known of devices' messages, those that are odd first.
    func listDevices(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        guard let devices else { throw APIError.noHome }
        return .json(["devices": devices.json { _ in true }])
    }

    private func require() throws -> ZoneCounting {
        guard let zones else { throw APIError.noHome }
        return zones
    }

    private func telling(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch let error as AlarmError { throw APIError(alarm: error) }
    }
}

extension HomeSight {
    /// Whether they see a zone: where what a camera sees is counted, and what cameras there are, is for who sees its counts.
    func showsZones() throws -> (ZonePlan) -> Bool {
        let origins = Set(try things().map(\.thing.origin)), seesAll = caller.mayAdminister
        return { seesAll || origins.contains($0.origin) }
    }
}
