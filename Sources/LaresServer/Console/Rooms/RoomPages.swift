import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings

/// The page where rooms, floors and groups are named, made and taken away. Groups are things: they are set on their own pages and among the tiles.
struct RoomPages: Sendable {
    let console: Console
    let services: HomeServices

    var home: Home { services.home }

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/rooms", use: list)
        router.post("/rooms", use: setRoom)
        router.post("/rooms/remove", use: removeRoom)
        router.post("/rooms/floors", use: setFloor)
        router.post("/rooms/floors/remove", use: removeFloor)
        router.post("/rooms/groups", use: setGroup)
        router.post("/rooms/groups/remove", use: removeGroup)
    }

    /// `?room=hall` and `?group=groups/x` put what is there into the forms.
    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.administer(request, context) { viewer, _ in
            let query = request.queryFields
            return try show(viewer, room: query.get("room"), group: query.get("group"))
        }
    }

    private func show(_ viewer: Viewer, room: String? = nil, group: String? = nil, trouble: Trouble? = nil) throws -> Response {
        let view = RoomsView(
            areas: home.areas(), floors: try services.store.floors(), groups: home.groups(), things: home.things().map(\.thing),
            said: ThingWords(amount: console.amount(viewer)), room: home.areas().first { $0.id.description == room },
            group: home.groups().first { $0.id.description == group })
        let words = console.words(viewer)
        return try console.html(
            .rooms, title: words("rooms.title"),
            view.fields.merging(Trouble.fields(trouble, title: words("rooms.wrong"))) { $1 }, viewer: viewer,
            status: trouble == nil ? .ok : .badRequest)
    }

    @Sendable private func setRoom(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await change(request, context) { form in
            let known = home.areas().first { $0.id.description == form["id"] }
            var members: JSON.Members = ["name": .string(form["name"])]
            if let known { members["id"] = .string(known.id.description) }
            let names = Self.names(known?.names ?? [:], form)
            if !names.isEmpty { members["names"] = Self.texts(names) }
            let aliases = Self.words(form["aliases"])
            if !aliases.isEmpty { members["aliases"] = .array(aliases.map { .string($0) }) }
            if let level = Int(form["level"]) { members["level"] = .int(level) }
            let area = try Area(.object(members))
            try home.set(area)
            return "area/\(area.id)"
        }
    }

    @Sendable private func removeRoom(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await change(request, context) { form in
            guard let area = home.areas().first(where: { $0.id.description == form["id"] }) else { return "" }
            try home.remove(area: area.id)
            return "area/\(area.id)"
        }
    }

    @Sendable private func setFloor(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await change(request, context) { form in
            let known = try services.store.floors().first { "\($0.level)" == form["level"] }
            var members: JSON.Members = ["name": .string(form["name"])]
            if let level = Int(form["level"]) { members["level"] = .int(level) }
            let names = Self.names(known?.names ?? [:], form)
            if !names.isEmpty { members["names"] = Self.texts(names) }
            if let aliases = known?.aliases, !aliases.isEmpty { members["aliases"] = .array(aliases.map { .string($0) }) }
            let floor = try Floor(.object(members))
            try services.store.save(floor)
            return "floor/\(floor.level)"
        }
    }

    @Sendable private func removeFloor(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await change(request, context) { form in
            guard let level = Int(form["level"]) else { return "" }
            try services.store.remove(floor: level)
            return "floor/\(level)"
        }
    }

    @Sendable private func setGroup(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await change(request, context) { form in
            let known = home.groups().first { $0.id.description == form["id"] }
            let chosen = home.things().map(\.thing.id).filter { form["member-\($0)"] == "1" }
            // Members that aren't there now stay; the page can't show them.
            let absent = (known?.members ?? []).filter { home.thing($0) == nil }
            guard absent.isEmpty else {
                throw ThingsError(.unknown, "'\(absent[0])' of the group isn't there now: wait, or make the group anew")
            }
            let group = try ThingGroup(id: known?.id, name: form["name"], members: chosen)
            guard known != nil || !home.groups().contains(where: { $0.id == group.id }) else {
                throw ThingsError(.badName, "there is a group '\(group.id)' already")
            }
            try home.set(group)
            return group.id.description
        }
    }

    @Sendable private func removeGroup(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await change(request, context) { form in
            guard let group = home.groups().first(where: { $0.id.description == form["id"] }) else { return "" }
            try home.remove(group: group.id)
            return group.id.description
        }
    }

    /// Changes something, and shows the page again; what went wrong stands above it.
    ///
    /// - Parameter body: Gives what was changed, for the audit log; empty: nothing.
    private func change(_ incoming: Request, _ context: LaresContext, _ body: (Form) throws -> String) async throws -> Response {
        var request = incoming
        let form = try await Form(&request, upTo: 1 << 20)
        return try await console.administer(incoming, context) { viewer, _ in
            do {
                let subject = try body(form)
                if !subject.isEmpty { console.audit.note(.homeChanged, subject, by: context.caller, context.logger) }
                return .redirect(to: "/rooms")
            } catch let error as ThingsError {
                return try show(viewer, trouble: Trouble(console.words(viewer)("rooms.refused"), detail: error.message))
            } catch let error as JSONError {
                return try show(viewer, trouble: Trouble(console.words(viewer)("rooms.refused"), detail: error.message))
            }
        }
    }

    private static func names(_ known: [String: String], _ form: Form) -> [String: String] {
        var names = known
        names["zh"] = form["zh"].isEmpty ? nil : form["zh"]
        return names
    }

    private static func texts(_ names: [String: String]) -> JSON {
        .object(names.sorted { $0.key < $1.key }.reduce(into: JSON.Members()) { $0.append($1.key, .string($1.value)) })
    }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: { ",，、".contains($0) }).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }
}
