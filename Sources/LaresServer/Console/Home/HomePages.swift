import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings
import NIOCore

/// The pages of the home: rooms with tiles, all things, one thing.
struct HomePages: Sendable {
    let console: Console
    let services: HomeServices
    /// The scenes; nil: none can be kept.
    var scenes: Scenes?

    var home: Home { services.home }

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/home", use: rooms)
        router.get("/home/rooms/:room", use: rooms)
        router.get("/home-events", use: roomEvents)
        router.post("/home/set", use: set)
        router.get("/home/scene", use: confirmScene)
        router.post("/home/scene", use: scene)
        router.get("/home/confirm", use: confirm)
        router.get("/things", use: list)
        router.get("/things-events", use: listEvents)
        for one in ["/things/:thing", "/things/:area/:thing"] {
            router.get(RouterPath(one), use: thing)
            router.post(RouterPath(one), use: word)
        }
        for one in ["/remove-thing/:thing", "/remove-thing/:area/:thing"] {
            router.get(RouterPath(one), use: askToRemove)
            router.post(RouterPath(one), use: remove)
        }
        for one in ["/keep-thing/:thing", "/keep-thing/:area/:thing"] { router.post(RouterPath(one), use: keep) }
        for one in ["/things-events/:thing", "/things-events/:area/:thing"] { router.get(RouterPath(one), use: thingEvents) }
    }

    func sight(_ caller: Caller) -> HomeSight { HomeSight(home: home, guardian: console.guardian, caller: caller, path: .console) }

    func said(_ viewer: Viewer) -> ThingWords { ThingWords(amount: console.amount(viewer)) }

    @Sendable private func rooms(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let room = context.parameter("room").map { AreaID($0) }
            guard room != .some(nil) else { return try console.missingPage(request, context) }
            return try show(room.flatMap(\.self), viewer)
        }
    }

    func show(_ room: AreaID?, _ viewer: Viewer, trouble: String? = nil, status: HTTPResponse.Status = .ok) throws -> Response {
        let view = roomView(room, viewer)
        return try console.html(
            .home, title: view.title,
            view.fields.merging(sceneFields(room, viewer)) { $1 }.merging([
                "trouble": trouble ?? false, "asking": try asking(viewer), "mayOrder": viewer.caller.mayAdminister,
            ]) {
                $1
            },
            viewer: viewer, status: status)
    }

    /// The questions that wait for the reader.
    private var asked: ConfirmationPages? {
        console.guardian.map { ConfirmationPages(console: console, home: home, guardian: $0) }
    }

    private func asking(_ viewer: Viewer) throws -> String { try asked?.banner(viewer) ?? "" }

    func roomView(_ room: AreaID?, _ viewer: Viewer) -> RoomView {
        RoomView(
            things: (try? sight(viewer.caller).things()) ?? [], areas: home.areas(), room: room, said: said(viewer),
            mayAct: Self.maySet(viewer))
    }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let rows = rows(viewer, request), sight = try SeriesSight(ofHome: sight(viewer.caller))
            let seen = await console.faults().filter { sight.tells(of: $0.address.thing) }
            let faults = FaultRows(faults: seen, home: home, said: said(viewer)).rows
            let gone = viewer.caller.mayAdminister ? try await goneRows(viewer) : []
            return try console.html(
                .things, title: console.words(viewer)("things.title"),
                rows.fields.merging([
                    "broker": brokerSentence(viewer), "mayBroker": viewer.caller.mayAdminister,
                    "faults": faults, "anyFaults": !faults.isEmpty, "gone": gone, "anyGone": !gone.isEmpty,
                ]) { $1 }, viewer: viewer)
        }
    }

    /// Things that are here no more, each with its history.
    private func goneRows(_ viewer: Viewer) async throws -> [[String: Any]] {
        let amount = console.amount(viewer)
        return try await services.goneThings().prefix(200).map { thing in
            let words = thing.lastReport.map { amount.words("things.goneSince", ["time": amount.ago($0, now: .now)]) }
            return ["thing": thing.id.printable, "since": words ?? "", "history": "/lares/v1/history.csv?thing=\(thing.id)"]
        }
    }

    /// The things of the list that the address names: `?q=lamp&room=hall&page=2`.
    private func rows(_ viewer: Viewer, _ request: Request) -> ThingRows {
        let view = roomView(nil, viewer), query = request.queryFields
        var rows = ThingRows(things: view.things, room: view, said: view.said, now: .now)
        rows.search = String((query.get("q") ?? "").prefix(100)).trimmingCharacters(in: .whitespaces)
        rows.area = query.get("room")
        rows.page = min(max(query.get("page").flatMap { Int($0) } ?? 1, 1), 10_000)
        return rows
    }

    private func brokerSentence(_ viewer: Viewer) -> String { BrokerPages.sentence(services, console.words(viewer)) }

    @Sendable private func thing(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            guard let view = found(context) else { return try console.missingPage(request, context) }
            let query = request.queryFields
            return try await show(view, viewer, HistorySpan(query.get("span"), until: query.get("to")), of: query.get("of"))
        }
    }

    func show(
        _ view: ThingView, _ viewer: Viewer, _ span: HistorySpan = HistorySpan(nil, until: nil), of chosen: String? = nil,
        trouble: String? = nil, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let detail = detail(view, viewer)
        let faults = FaultRows(faults: await console.faults(of: view.thing.id), home: home, said: said(viewer)).rows
        let own: [String: Any] = [
            "trouble": trouble ?? false, "faults": faults, "anyFaults": !faults.isEmpty,
        ]
        let told = try await histories(view, span, of: chosen, viewer)
        let fields = detail.fields.merging(own) { $1 }.merging(told) { $1 }.merging(try keeping(of: view.thing.id, viewer)) { $1 }
        return try console.html(.thing, title: detail.title, fields, viewer: viewer, status: status)
    }

    private func detail(_ view: ThingView, _ viewer: Viewer) -> ThingDetail {
        ThingDetail(
            view: view, wording: home.wording(of: view.thing.id), areas: home.areas(), said: said(viewer),
            mayAct: viewer.caller.mayAdminister, maySet: Self.maySet(viewer),
            now: .now)
    }

    private static func maySet(_ viewer: Viewer) -> Bool { viewer.caller.principal.roles.allSatisfy(\.mayControl) }

    func found(_ context: LaresContext) -> ThingView? {
        let name = [context.parameter("area"), context.parameter("thing")].compactMap(\.self).joined(separator: "/")
        return ThingID(name).flatMap { (try? sight(context.caller).thing($0)) ?? nil }
    }
}

/// The streams that keep the pages live.
extension HomePages {
    @Sendable private func roomEvents(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context)
        let room = request.queryFields.get("room").flatMap { AreaID($0) }
        let watched: @Sendable () -> String = { (try? asking(viewer)) ?? "" }
        return try await HomeFeed(console: console, home: home, watched: watched).answer(request, context) {
            let view = roomView(room, viewer)
            var parts = [("asking", try asking(viewer))]
            for shown in view.shown {
                let tile = view.tile(shown)
                parts.append((tile.cell, try console.pages.render(.tile, tile.fields, language: viewer.language)))
            }
            return (view.sentence, parts)
        }
    }

    @Sendable private func thingEvents(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context)
        guard let id = found(context)?.thing.id else { throw HTTPError(.notFound) }
        return try await HomeFeed(console: console, home: home).answer(request, context) {
            guard let view = home.thing(id) else { return (console.words(viewer)("thing.removed"), []) }
            let detail = detail(view, viewer)
            return (detail.sentence, [("list", try console.pages.render(.thingProperties, detail.fields, language: viewer.language))])
        }
    }

    @Sendable private func listEvents(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context)
        return try await console.feed(request, context) {
            let rows = rows(viewer, request)
            let table = try console.pages.render(.thingRows, ["things": rows.rows], language: viewer.language)
            return ["sentence": .string(rows.sentence), "rows": .string(table)]
        }
    }
}
