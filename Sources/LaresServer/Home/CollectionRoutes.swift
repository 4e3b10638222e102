import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// `/lares/v1/groups`, `/lares/v1/scenes` and setting all of an area: many things at once.
struct CollectionRoutes {
    let services: HomeServices?
    let automations: Automations?
    let guardian: HomeGuard?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/groups", handler: groups),
            APIRoute(method: .post, path: "/lares/v1/groups", handler: addGroup),
            APIRoute(method: .delete, path: "/lares/v1/groups/{group}", handler: removeGroup),
            APIRoute(method: .get, path: "/lares/v1/scenes", handler: scenes),
            APIRoute(method: .post, path: "/lares/v1/scenes", handler: addScene),
            APIRoute(method: .delete, path: "/lares/v1/scenes/{scene}", handler: removeScene),
            APIRoute(method: .post, path: "/lares/v1/scenes/{scene}/apply", handler: apply),
            APIRoute(method: .post, path: "/lares/v1/areas/{area}/things", handler: setArea),
        ]
    }

    /// Those whose things the caller sees, all of them.
    func groups(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (home, sees) = (try require().home, try sees(context))
        return .json(["groups": .array(home.groups().filter { sees([$0.id] + $0.members) }.map(\.json))])
    }

    /// `{"name": "Downstairs", "members": ["hall/lamp", …]}`: a thing of its own, `groups/downstairs`.
    func addGroup(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let home = try require().home
        let body = try await request.json(within: limits).json
        return try telling {
            let group = try ThingGroup(body)
            try home.set(group)
            note(.homeChanged, group.id.description, context)
            return .json(group.json, status: .created)
        }
    }

    func removeGroup(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let home = try require().home
        let name = context.parameter("group") ?? ""
        guard let group = home.groups().first(where: { [name, "groups/" + name].contains($0.id.description) }) else {
            throw missing("group", name)
        }
        try home.remove(group: group.id)
        note(.homeChanged, group.id.description, context)
        return .json(["removed": .string(group.id.description)])
    }

    /// Those whose things the caller sees, all of them.
    func scenes(_ request: Request, _ context: LaresContext) async throws -> Response {
        let sees = try sees(context)
        return .json(["scenes": .array(try requireScenes().all().filter { sees(Array($0.states.keys)) }.map(\.json))])
    }

    /// A scene as it is to be, or `{"name": …, "capture": {"area": "living"}}` or `{"things": […]}`: as things are now.
    func addScene(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireRuleMaker()
        let (sight, scenes) = (try sight(context), try requireScenes())
        let body = try await request.json(within: limits).json
        return try telling {
            let present = try body["capture"].map { try captured(body, $0, scenes, sight) }
            let scene = try present ?? Scene(body) { try value($0, $1, $2, sight) }
            try context.requireMaker(of: scene, in: sight.home)
            if let before = try scenes.find(scene.id) { try context.requireMaker(of: before, in: sight.home) }
            try scenes.set(scene)
            note(.homeChanged, "scene/" + scene.id, context)
            return .json(scene.json, status: .created)
        }
    }

    /// How the things are that the caller sees.
    private func captured(_ body: JSON, _ what: JSON, _ scenes: Scenes, _ sight: HomeSight) throws -> Scene {
        var fields = try JSONFields(body)
        guard let name = try fields.string("name") else { throw fields.error("name", "is missing: what people call it") }
        let id = try fields.string("id"), transition = try fields.double("transition", in: 0...3_600)
        _ = fields.value("capture")
        try fields.end()
        var source = try JSONFields(what, at: "capture")
        let area = try source.string("area"), names = try source.strings("things") ?? []
        try source.end()
        let things = try sight.things().map(\.thing).filter {
            $0.area?.description == area && area != nil || names.contains($0.id.description)
        }
        return try scenes.captured(name, id: id, from: things.map(\.id), transition: transition)
    }

    private func value(_ thing: ThingID, _ name: String, _ json: JSON, _ sight: HomeSight) throws -> (String, PropertyValue) {
        guard let property = try sight.thing(thing)?.thing.property(name) else {
            throw ThingsError(.unknown, "there is no property '\(thing)/\(name.prefix(64))'")
        }
        guard property.isWritable else { throw ThingsError(.notWritable, "'\(thing)/\(name)' can't be set") }
        return (property.name, try property.value(from: json))
    }

    func removeScene(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireRuleMaker()
        let scene = try found(context)
        try context.requireMaker(of: scene, in: try require().home)
        try requireScenes().remove(scene.id)
        note(.homeChanged, "scene/" + scene.id, context)
        return .json(["removed": .string(scene.id)])
    }

    /// Has all things be as a scene says; `{"transition": 3, "confirm": true}` may come along.
    func apply(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireResident()
        let scene = try found(context)
        let body: JSON = request.announcesBody ? try await request.json(within: limits).json : [:]
        let fields = try Fields(body)
        try fields.allow(only: ["transition"] + Assurance.members)
        let transition = fields.value("transition")?.number
        guard transition.map((0...3_600).contains) ?? (fields.value("transition") == nil) else {
            throw APIError.invalid("'transition' must be 0 to 3600 seconds", param: "transition")
        }
        let commands = try requireScenes().commands(scene, transition: transition, by: cause(context))
        return .json(try await carryOut(commands, try Assurance(body), context))
    }

    /// `{"category": "light", "set": {"on": false}}`: every thing of the area that has such properties, or of all areas for `all`.
    func setArea(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireResident()
        let home = try require().home
        let name = context.parameter("area") ?? ""
        guard name == "all" || home.areas().contains(where: { $0.id.description == name }) else { throw missing("area", name) }
        let body = try await request.json(within: limits).json
        let fields = try Fields(body)
        try fields.allow(only: ["category", "set"] + Assurance.members)
        let category = try fields.string("category")
        guard case .object(let wanted)? = fields.value("set"), wanted.count > 0 else {
            throw APIError.invalid("'set' must be an object of properties and what they are to be", param: "set")
        }
        let things = home.things().map(\.thing).filter { thing in
            (name == "all" || thing.area?.description == name) && !ThingGroup.isGroup(thing.id)
                && (category == nil || thing.category.description == category)
                && wanted.allSatisfy { thing.property($0.0)?.isWritable == true }
        }
        guard !things.isEmpty else {
            throw APIError(.notFound, type: "invalid_request_error", code: "unknown", "nothing there can be set so")
        }
        let commands = try telling {
            try things.map { thing in
                var values: [String: PropertyValue] = [:]
                for (key, json) in wanted {
                    if let property = thing.property(key) { values[property.name] = try property.value(from: json) }
                }
                return ThingCommand(thing.id, values, by: cause(context))
            }
        }
        return .json(try await carryOut(commands, try Assurance(body), context))
    }

    /// Carries out commands side by side. What needs a confirmation is refused before anything is done.
    private func carryOut(_ commands: [ThingCommand], _ assurance: Assurance, _ context: LaresContext) async throws -> JSON {
        let services = try require()
        let changes = ThingChanges(
            home: services.home, guardian: guardian, audit: audit, caller: context.caller, path: .api, logger: context.logger)
        try await changes.check(commands, assurance)
        let results = await changes.carryOut(commands)
        return [
            "results": .array(
                results.map { result in
                    var members: JSON.Members = ["thing": .string(result.thing.description)]
                    switch result.outcome {
                    case .success(let outcome): members.append("outcome", .string(outcome.word))
                    case .failure(let error):
                        members.append("outcome", "failed")
                        members.append("error", ["code": .string(error.code.name), "message": .string(error.message)])
                    }
                    return .object(members)
                })
        ]
    }

    private func sees(_ context: LaresContext) throws -> ([ThingID]) -> Bool { try sight(context).seesAll() }

    private func sight(_ context: LaresContext) throws -> HomeSight {
        HomeSight(home: try require().home, guardian: guardian, caller: context.caller, path: .api)
    }

    private func cause(_ context: LaresContext) -> Cause { Cause(.principal, name: context.caller.name) }

    private func found(_ context: LaresContext) throws -> Scene {
        let name = context.parameter("scene") ?? ""
        guard let scene = try requireScenes().find(name) else { throw missing("scene", name) }
        return scene
    }

    private func missing(_ kind: String, _ name: String) -> APIError {
        APIError(.notFound, type: "invalid_request_error", code: "unknown", "there is no \(kind) '\(name.prefix(120))'")
    }

    private func require() throws -> HomeServices {
        guard let services else { throw APIError.noHome }
        return services
    }

    private func requireScenes() throws -> Scenes {
        guard let scenes = automations?.scenes else { throw APIError.noHome }
        return scenes
    }

    private func telling<T>(_ body: () throws -> T) throws -> T {
        do { return try body() } catch let error as ThingsError { throw APIError(things: error) } catch let error as JSONError {
            throw APIError.invalid(error.message)
        }
    }

    private func note(_ act: AuditAct, _ subject: String, _ context: LaresContext) {
        audit.note(act, subject, by: context.caller, context.logger)
    }
}
