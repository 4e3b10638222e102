import HTTPTypes
import Hummingbird
import LaresAccess
import LaresPlaces
import LaresThings

/// Scenes on the pages of rooms.
extension HomePages {
    /// Form fields `room` and `act`: `apply` with `scene`, `capture` with `name`, `remove` with `scene`; `confirm` for what is dangerous.
    @Sendable func scene(_ request: Request, _ context: LaresContext) async throws -> Response {
        var request = request
        let form = try await Form(&request)
        return try await console.page(request, context) { viewer in
            try context.requireResident()
            guard let scenes else { return try console.missingPage(request, context) }
            let room = AreaID(form["room"]), back = room.map { "/home/rooms/\($0)" } ?? "/home"
            do {
                try await change(scenes, form, room, context)
                return .redirect(to: back)
            } catch let error as ThingsError {
                return try show(room, viewer, trouble: error.message.printable, status: .badRequest)
            } catch let error as APIError {
                return try show(room, viewer, trouble: sentence(error, viewer), status: .badRequest)
            }
        }
    }

    private func change(_ scenes: Scenes, _ form: Form, _ room: AreaID?, _ context: LaresContext) async throws {
        guard form["act"] != "capture" else {
            let things = home.things().map(\.thing).filter { room == nil || $0.area == room }
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
        try await changes.check(commands, .none)
        for case .failure(let error) in await changes.carryOut(commands).map(\.outcome) { throw error }
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
