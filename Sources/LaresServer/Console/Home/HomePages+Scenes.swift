import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// Scenes on the pages of rooms.
extension HomePages {
    /// Form fields `room` and `act`: `apply` with `scene`, `capture` with `name`, `remove` with `scene`; `confirm`, `pin` and `person` for what is dangerous.
    @Sendable func scene(_ request: Request, _ context: LaresContext) async throws -> Response {
        var request = request
        let form = try await Form(&request)
        return try await console.page(request, context) { viewer in
            try context.requireResident()
            guard let scenes else { return try console.missingPage(request, context) }
            let room = AreaID(form["room"])
            do {
                try await change(scenes, form, room, context)
                return .redirect(to: Self.page(of: room))
            } catch let error as APIError where error.asksPerson {
                return .redirect(to: "/home/scene?scene=\(form["scene"].pathEscaped)&room=\(form["room"].pathEscaped)" + error.question)
            } catch let error as ThingsError {
                return try show(room, viewer, trouble: error.message.printable, status: .badRequest)
            } catch let error as APIError {
                return try show(room, viewer, trouble: sentence(error, viewer), status: .badRequest)
            }
        }
    }

    private func change(_ scenes: Scenes, _ form: Form, _ room: AreaID?, _ context: LaresContext) async throws {
        guard form["act"] != "capture" else {
            let things = try sight(context.caller).things().map(\.thing).filter { room == nil || $0.area == room }
            let scene = try scenes.captured(form["name"], from: things.map(\.id))
            try context.requireMaker(of: scene, in: home)
            try scenes.set(scene)
            return console.audit.note(.homeChanged, "scene/" + scene.id, by: context.caller, context.logger)
        }
        guard let scene = try scenes.find(form["scene"]) else {
            throw ThingsError(.unknown, "there is no scene '\(form["scene"].prefix(60))'")
        }
        guard form["act"] == "apply" else {
            try context.requireMaker(of: scene, in: home)
            try scenes.remove(scene.id)
            return console.audit.note(.homeChanged, "scene/" + scene.id, by: context.caller, context.logger)
        }
        let changes = changes(context)
        let commands = scenes.commands(scene, by: Cause(.principal, name: context.caller.name))
        try await changes.check(commands, try Assurance(.object(Self.assurance(form))))
        for case .failure(let error) in await changes.carryOut(commands).map(\.outcome) { throw error }
    }

    private static func page(of room: AreaID?) -> String { room.map { "/home/rooms/\($0)" } ?? "/home" }

    /// Asks whether a scene is meant that does what is dangerous, and says what that is.
    @Sendable func confirmScene(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let query = request.queryFields, words = console.words(viewer)
            let sees = try sight(viewer.caller).seesAll()
            guard let scenes, let scene = try scenes.find(query.get("scene") ?? ""), sees(Array(scene.states.keys)) else {
                return try console.missingPage(request, context)
            }
            let room = AreaID(query.get("room") ?? ""), name = scene.name.printable
            let what = scenes.commands(scene, by: .device).flatMap { dangers(of: $0, viewer) }
            return try console.html(
                .confirmThing, title: name,
                [
                    "question": words("scene.confirm", ["name": name, "what": what.joined(separator: words("list.comma"))]),
                    "takesCode": false, "act": words("thing.do"), "keep": words("home.keep"),
                ].merging(
                    try form(
                        asking: query.get("ask") ?? "", viewer, to: "/home/scene", back: Self.page(of: room),
                        ["act": "apply", "scene": scene.id, "room": room?.description ?? ""])
                ) { $1 }, viewer: viewer)
        }
    }

    /// "Front door: Unlocked", for each thing that a command does and a person must want.
    private func dangers(of command: ThingCommand, _ viewer: Viewer) -> [String] {
        guard let thing = home.thing(command.thing)?.thing else { return [] }
        let said = said(viewer)
        return home.dangers(of: command).map { property, _ in
            let value = said.value(command.values[property.name] ?? command.values[property.base], of: property)
            let set = property.base == "locked" ? value : "\(said.label(property)) \(value)"
            return "\(said.name(thing)): \(property.kind == .action ? said.plainAct(property) : set)"
        }
    }

    /// The scenes of a room, those all of whose things are in it; of the whole home, all. A scene is shown to those who see all its things.
    func sceneFields(_ room: AreaID?, _ viewer: Viewer) -> [String: Any] {
        let sees = (try? sight(viewer.caller).seesAll()) ?? { _ in false }
        let all = ((try? scenes?.all()) ?? []).filter { sees(Array($0.states.keys)) }
        let places = Dictionary(home.things().map { ($0.thing.id, $0.thing.area) }, uniquingKeysWith: { $1 })
        let shown = all.filter { scene in room == nil || scene.states.keys.allSatisfy { places[$0] == .some(room) } }
        return [
            "scenes": shown.map { ["id": $0.id, "label": $0.name.printable] }, "anyScenes": !shown.isEmpty,
            "room": room?.description ?? "", "mayAct": viewer.caller.mayAdminister,
        ]
    }
}
