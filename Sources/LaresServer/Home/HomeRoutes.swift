import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings
import Logging

/// `/lares/v1/things`, `/lares/v1/areas` and `/lares/v1/events`: what is in the home, what it does, and having it do something.
struct HomeRoutes {
    let services: HomeServices?
    let guardian: HomeGuard?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        let things = "/lares/v1/things"
        return [
            APIRoute(method: .get, path: things, handler: list),
            APIRoute(method: .get, path: "/lares/v1/gone", handler: gone),
            APIRoute(method: .get, path: "/lares/v1/areas", handler: areas),
            APIRoute(method: .post, path: "/lares/v1/areas", handler: addArea),
            APIRoute(method: .delete, path: "/lares/v1/areas/{area}", handler: removeArea),
            APIRoute(method: .get, path: "/lares/v1/events", handler: events),
        ]
            + [things + "/{thing}", things + "/{area}/{thing}"].flatMap { one in
                [
                    APIRoute(method: .get, path: one, handler: show),
                    APIRoute(method: .post, path: one, handler: set),
                    APIRoute(method: .patch, path: one, handler: word),
                    APIRoute(method: .delete, path: one, handler: remove),
                ]
            }
    }

    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        let query = request.queryFields
        let (area, category) = (query.get("area"), query.get("category"))
        let things = try sight(context).things().filter { view in
            (area == nil || view.thing.area?.description == area) && (category == nil || view.thing.category.description == category)
        }
        return .json(["things": .array(things.map(\.json))])
    }

    /// Things that are here no more, with what their histories say of the end.
    func gone(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        do {
            let gone = try await require().goneThings()
            return .json([
                "gone": .array(
                    gone.map { ["id": .string($0.id), "last_report": $0.lastReport.map { .double($0.timeIntervalSince1970) } ?? .null] })
            ])
        } catch let error as TelemetryError {
            throw APIError(telemetry: error)
        }
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(try found(context).json)
    }

    /// Sets properties: `{"on": true, "brightness": 40}`. Answers when the thing reports that it did.
    func set(_ request: Request, _ context: LaresContext) async throws -> Response {
        let services = try require()
        try context.requireResident()
        let view = try found(context)
        let body = try await request.json(within: limits)
        let order = try ThingOrder(body.json, for: view.thing)
        let changes = ThingChanges(
            home: services.home, guardian: guardian, audit: audit, caller: context.caller, path: .api, logger: context.logger)
        let outcome = try await changes.carryOut(order)
        let after = services.home.thing(view.thing.id) ?? view
        return .json(["outcome": .string(outcome.word), "thing": after.json])
    }

    /// Takes a thing's announcements off the broker; a device that is still there may announce itself again.
    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let home = try require().home
        let view = try found(context)
        do { try await home.remove(view.thing.id) } catch let error as ThingsError { throw APIError(things: error) }
        audit.note(.homeChanged, "removed " + view.thing.id.description, by: context.caller, context.logger)
        return .json(["removed": .string(view.thing.id.description)])
    }

    /// Changes what people call a thing and where it is; members that are left out stay, null takes one away.
    func word(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let home = try require().home
        let view = try found(context)
        let body = try await request.json(within: limits)
        guard case .object(let given) = body.json, case .object(var members) = home.wording(of: view.thing.id).json else {
            throw APIError.invalid("the request body must be an object, not \(body.json.kind)", code: "invalid_type")
        }
        for (key, value) in given { members[key] = value }
        do {
            try home.set(try Wording(.object(members)), of: view.thing.id)
        } catch let error as JSONError {
            throw APIError.invalid(error.message)
        } catch let error as ThingsError {
            throw APIError(things: error)
        }
        return .json(try found(context).json)
    }

    func areas(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(["areas": .array(try require().home.areas().map(\.json))])
    }

    func addArea(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let home = try require().home
        let body = try await request.json(within: limits)
        do {
            let area = try Area(body.json)
            try home.set(area)
            return .json(area.json)
        } catch let error as JSONError {
            throw APIError.invalid(error.message)
        }
    }

    func removeArea(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let home = try require().home
        let name = context.parameter("area") ?? ""
        guard let area = home.areas().first(where: { $0.id.description == name }) else {
            throw APIError(.notFound, type: "invalid_request_error", code: "unknown", "there is no area '\(name.prefix(60))'")
        }
        try home.remove(area: area.id)
        return .json(area.json)
    }

    /// What happens, as server-sent events, until the client leaves; `?thing=hall/lamp` for one thing.
    func events(_ request: Request, _ context: LaresContext) async throws -> Response {
        let home = try require().home
        let only = request.queryFields.get("thing").map { ThingID($0) }
        let presence = await context.channel.clientPresence()
        let happening = home.events(), sight = try sight(context)
        return .events { events in
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Who doesn't keep up is let go, and may begin again.
                let (merged, continuation) = AsyncThrowingStream<HomeEvent, any Error>.makeStream(bufferingPolicy: .bufferingOldest(1_000))
                group.addTask {
                    for await event in happening where only == nil || event.thing == only {
                        // What is about no thing is told to those who see everything.
                        if sight.caller != .local {
                            guard let id = event.thing, ((try? sight.thing(id)) ?? nil) != nil || context.caller.mayAdminister else {
                                continue
                            }
                        }
                        if case .dropped = continuation.yield(event) { break }
                    }
                    continuation.finish()
                }
                group.addTask {
                    await presence.waitUntilGone()
                    continuation.finish(throwing: presence.departure)
                }
                defer { group.cancelAll() }
                for try await event in merged { try await events.send(event.json) }
            }
        }
    }

    private func sight(_ context: LaresContext) throws -> HomeSight {
        HomeSight(home: try require().home, guardian: guardian, caller: context.caller, path: .api)
    }

    private func found(_ context: LaresContext) throws -> ThingView {
        let name = [context.parameter("area"), context.parameter("thing")].compactMap(\.self).joined(separator: "/")
        guard let id = ThingID(name), let view = try sight(context).thing(id) else {
            throw APIError(.notFound, type: "invalid_request_error", code: "unknown", "there is no thing '\(name.prefix(120))'")
        }
        return view
    }

    private func require() throws -> HomeServices {
        guard let services else { throw APIError.noHome }
        return services
    }
}

extension LaresContext {
    /// Who may have things do something.
    ///
    /// - Throws: ``APIError`` (403) for everybody else.
    func requireResident() throws {
        guard caller.mayControl else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "the key '\(caller.name)' may ask, not have things do something: use one made with `lares keys add NAME --role resident`")
        }
    }

    /// Who may make a scene: one that opens, disarms or heats is carried out by trusted rules, so it is an owner's.
    ///
    /// - Throws: ``APIError`` (403) for everybody else.
    func requireMaker(of scene: Scene, in home: Home) throws {
        try requireRuleMaker()
        let isDangerous = scene.states.contains { !home.dangers(of: ThingCommand($0.key, $0.value, by: .device)).isEmpty }
        if isDangerous { try requireAdministrator() }
    }

    /// Who may make and change rules.
    ///
    /// - Throws: ``APIError`` (403) for everybody else.
    func requireRuleMaker() throws {
        guard caller.mayMakeRules else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "the key '\(caller.name)' may not make rules: use one made with `lares keys add NAME --role resident`")
        }
    }
}

extension APIError {
    /// How an error of things looks to a client.
    init(things error: ThingsError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .unknown: .notFound
            case .unavailable: .conflict
            case .noAnswer: .gatewayTimeout
            case .broker: .serviceUnavailable
            case .needsConfirmation: .forbidden
            case .full: .init(code: 507)
            default: .badRequest
            }
        self.init(status, type: status.code < 500 ? "invalid_request_error" : "server_error", code: error.code.name, error.message)
    }
}
