import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresControl
import LaresJSON
import LaresPlaces
import LaresThings

/// `/lares/v1/energy/control` and `/lares/v1/energy/replay`: what of the home is controlled, what is planned, who has the say, and what would have been.
struct EnergyControlRoutes: EnergyRouting {
    let energy: EnergyServices?
    let services: HomeServices?
    let automations: Automations?
    let guardian: HomeGuard?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        let control = "/lares/v1/energy/control"
        return [
            APIRoute(method: .get, path: control, handler: show),
            APIRoute(method: .put, path: control, handler: set),
            APIRoute(method: .get, path: control + "/plan", handler: plan),
            APIRoute(method: .get, path: control + "/history", handler: history),
            APIRoute(method: .post, path: control + "/take-over", handler: takeOver),
            APIRoute(method: .post, path: control + "/hand-back", handler: handBack),
            APIRoute(method: .post, path: control + "/step-back", handler: stepBack),
            APIRoute(method: .get, path: "/lares/v1/energy/replay", handler: replay),
        ]
    }

    /// How it stands, with the settings: of the devices that one sees.
    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(try await description(try require().control, context))
    }

    private func description(_ control: EnergyControl, _ context: LaresContext) async throws -> JSON {
        let sight = try await sight(control, context)
        guard case .object(var members) = sight.told(await control.shown) else { return .null }
        members["settings"] = sight.settings.json
        return .object(members)
    }

    private func hands(_ control: EnergyControl) -> EnergyHands? {
        services.map { EnergyHands(control: control, services: $0, guardian: guardian, audit: audit, path: .api) }
    }

    private func sight(_ control: EnergyControl, _ context: LaresContext) async throws -> EnergySight {
        guard let services else { throw APIError.noHome }
        let things = try SeriesSight(ofHome: HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api))
        return EnergySight(things, await control.settings)
    }

    /// Says what is controlled.
    func set(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let control = try require().control, body = try await request.json(within: limits).json
        return try await telling {
            try await control.set(try EnergyControlSettings(body), by: context.caller.name)
            note("energy/control", context)
            return .json(try await description(control, context))
        }
    }

    func plan(_ request: Request, _ context: LaresContext) async throws -> Response {
        let control = try require().control, sight = try await sight(control, context)
        return .json(["plan": sight.told(await control.plan)?.json ?? .null])
    }

    /// `?limit=100&before=4711&kind=decision`: newest first. Of so many entries those that one sees.
    func history(_ request: Request, _ context: LaresContext) async throws -> Response {
        let control = try require().control, query = request.queryFields
        let limit = try query.whole("limit", in: 1...1_000) ?? 100
        let before = try query.whole("before", in: 1...Int.max) ?? .max
        let entries = try await control.history(limit: limit, before: before, kind: query.get("kind"))
        let sight = try await sight(control, context)
        return .json([
            "entries": .array(entries.compactMap { sight.told(entry: $0) }),
            "next": entries.count == limit ? entries.last?["number"] ?? .null : .null,
        ])
    }

    /// `{"kw": 1.5, "hours": 2, "why": "a storm is coming"}`; without a power the battery is idled and left alone.
    func takeOver(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireResident()
        let control = try require().control, body = try await request.json(within: limits).json, fields = try Fields(body)
        try fields.allow(only: ["kw", "hours", "why"] + Assurance.members)
        let kilowatts = try fields.double("kw", in: -1e5...1e5), hours = try fields.double("hours", in: 0.01...8_760)
        guard kilowatts != nil || hours == nil else { throw APIError.invalid("'hours' needs a power: send 'kw' too", param: "hours") }
        let why = try reason(fields)
        try await hands(control)?.check(kilowatts ?? 0, try Assurance(body), context)
        await control.takeOver(
            by: context.caller.name, reason: why, kilowatts: kilowatts, until: hours.map { Date(timeIntervalSinceNow: $0 * 3_600) })
        audit.note(.actuatorTaken, "\(ActuatorID.energy)", by: context.caller, context.logger)
        return .json(try await description(control, context))
    }

    /// Gives it back to the controller.
    func handBack(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireResident()
        let control = try require().control
        try await hands(control)?.checkSight(context.caller)
        var why = ""
        if request.announcesBody {
            let fields = try Fields(try await request.json(within: limits).json)
            try fields.allow(only: ["why"])
            why = try reason(fields)
        }
        if await control.handBack(by: context.caller.name, reason: why) {
            audit.note(.actuatorHandedBack, "\(ActuatorID.energy)", by: context.caller, context.logger)
        }
        return .json(try await description(control, context))
    }

    /// `{"stage": "shadow"}`: back, never forward.
    func stepBack(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let control = try require().control
        let fields = try Fields(try await request.json(within: limits).json)
        try fields.allow(only: ["stage"])
        guard let stage = Stage(rawValue: try fields.requiredString("stage")) else {
            throw APIError.invalid("'stage' must be shadow, guarded or active", param: "stage")
        }
        return try await telling {
            try await control.stepBack(to: stage, by: context.caller.name)
            note("energy/control/step-back", context)
            return .json(try await description(control, context))
        }
    }

    /// `?from=2026-10-01&through=2026-10-31&capacity_kwh=10&power_kw=5`: what recorded days would have cost.
    func replay(_ request: Request, _ context: LaresContext) async throws -> Response {
        let control = try require().control
        guard let services, let automations else { throw APIError.noHome }
        let query = request.queryFields, site = automations.site
        let today = CalendarDay(ordinal: site.zone.wall(at: Int(Date().timeIntervalSince1970)).day)
        let through = try query.day("through") ?? today.adding(-1)
        let from = try query.day("from") ?? through.adding(-29)
        guard from <= through else { throw APIError.invalid("'from' must not lie behind 'through'", param: "from") }
        let settings = await control.settings
        let capacity = try query.decimal("capacity_kwh") ?? settings.battery?.capacity ?? 10
        let power = try query.decimal("power_kw") ?? settings.battery?.power ?? 5
        let reserve = try query.decimal("reserve") ?? 0
        return try await telling {
            let design = try BatteryDesign(capacity: capacity, power: power)
            guard (0..<1).contains(reserve) else { throw APIError.invalid("'reserve' is a share from 0 to below 1", param: "reserve") }
            let replay = try await EnergyReplay(
                from...through, site: site, store: EnergyStore(services.store), things: services.home.things().map(\.thing),
                apart: Set((settings.cars.map(\.order) + settings.heatPumps.map(\.order)).map(\.thing)), telemetry: services.telemetry,
                now: Date())
            let report = try await offTheThreads { try replay.report(design, reserve: reserve) }
            guard case .object(var members) = report.json else { return .json(.null) }
            members["currency"] = replay.currency.map { .string($0) } ?? .null
            members["from"] = .string("\(from)")
            members["through"] = .string("\(through)")
            (members["hours"], members["missing"]) = (.int(replay.hours), .int(replay.missing))
            members["battery"] = ["capacity_kwh": .double(capacity), "power_kw": .double(power), "reserve": .double(reserve)]
            return .json(.object(members))
        }
    }

    private func reason(_ fields: Fields) throws -> String {
        let why = try fields.string("why") ?? ""
        guard why.utf8.count <= 500 else { throw APIError.invalid("'why' has 500 bytes at most", param: "why") }
        return why
    }
}

extension APIError {
    /// How an error of energy looks to a client.
    init(energy error: EnergyError) {
        switch error.code {
        case .notReady: self.init(.conflict, type: "invalid_request_error", code: error.code.name, error.message)
        case .conflict: self.init(.conflict, type: "invalid_request_error", code: error.code.name, error.message)
        case .noRequest: self.init(.notFound, type: "invalid_request_error", code: error.code.name, error.message)
        default: self = .invalid(error.message, code: error.code.name)
        }
    }
}
