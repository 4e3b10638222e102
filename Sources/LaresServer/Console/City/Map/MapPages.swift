import Foundation
import HTTPTypes
import Hummingbird
import LaresJSON
import LaresPlaces
import LaresThings
import NIOCore

/// The map of the city, its panel, and what is under its marks.
struct MapPages: Sendable {
    let city: CityPages
    let finder: PlaceFinder
    let ground = MapGround()

    var console: Console { city.console }
    var streets: (any StreetSource)? { city.city.streets }

    /// Junctions that the page of the map lists.
    private static let shown = 12

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/city", use: show)
        router.get("/city-events", use: events)
        router.get("/city/ground", use: showGround)
    }

    @Sendable private func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let choice = MapScene.Choice(request.queryFields.get("at")), words = console.words(viewer)
            let scene = try await scene(viewer)
            var fields = try await panel(choice, scene, viewer)
            fields.merge(tableFields(scene, words)) { $1 }
            (fields["sentence"], fields["street"]) = (scene.sentence, scene.street ?? false)
            (fields["hasMap"], fields["isPlane"]) = (console.assets.hasMap, scene.ground.isPlane)
            (fields["mapScript"], fields["mapStyle"]) = ("", "")
            if console.assets.hasMap, let script = console.assets.address(of: "map.js"),
                let style = console.assets.address(of: "leaflet.css")
            {
                (fields["mapScript"], fields["mapStyle"]) = (script, style)
            }
            fields["closedText"] = scene.closedText
            (fields["feed"], fields["query"]) = ("/city-events", request.uri.query.map { "?" + $0 } ?? "")
            fields["hidesPlaces"] = scene.ground.isPlane && scene.places.contains { !$0.isLocal }
            return try console.html(.city, title: words("city.title"), fields, viewer: viewer)
        }
    }

    /// What the live page needs in a second: sentence, panel, rows, marks, lanes.
    @Sendable private func events(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context), choice = MapScene.Choice(request.queryFields.get("at"))
        return try await console.feed(request, context, every: .seconds(1)) {
            let scene = try await scene(viewer), table = tableFields(scene, console.words(viewer))
            let panel = try console.pages.render(.cityPanel, try await panel(choice, scene, viewer), language: viewer.language)
            let street = try scene.street.map { try console.pages.render(.state, $0, language: viewer.language) } ?? ""
            let lanes = scene.lanes(choice)
            var state: JSON.Members = [
                "sentence": .string(scene.sentence),
                "parts": ["panel": .string(panel), "street": .string(street), "closed": .string(HTMLText.escaped(scene.closedText))],
                "marks": .array(scene.marks.map(\.json)), "queues": lanes.queues, "lights": lanes.lights,
                "closed": .array(scene.closed.map { .string($0) }),
            ]
            if !scene.junctions.isEmpty {
                state.append("rows", .string(try console.pages.render(.junctionRows, table, language: viewer.language)))
            }
            return .object(state)
        }
    }

    /// GeoJSON of the streets and of entities that are lines or areas.
    @Sendable private func showGround(_ request: Request, _ context: LaresContext) async throws -> Response {
        let made = await ground.ground(of: streets), viewer = console.viewer(request, context)
        let areas =
            made.isPlane ? [] : try await places(viewer).compactMap { place in place.shape.map { MapGround.made($0, ["kind": "area"]) } }
        let geoJSON = areas.isEmpty ? made.geoJSON : MapGround.collection(areas + (made.geoJSON["features"]?.elements ?? []))
        let text = geoJSON.serialized
        var hash = ContentHash()
        hash.update(text.utf8)
        let tag = "\"\(hash.digits)\""
        let headers: HTTPFields = [
            .contentType: "application/geo+json", .cacheControl: "no-cache", .eTag: tag, .xContentTypeOptions: "nosniff",
        ]
        if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    /// The entities of a city are for those who may have things do something, as over NGSI-LD.
    private func places(_ viewer: Viewer) async throws -> [PlacedThing] {
        guard viewer.caller.mayMakeRules else { return [] }
        let sight = try await city.sight(viewer.caller), said = await city.said(viewer)
        return await finder.places().filter { $0.thing.map(sight.tells) ?? true }.map { shown($0, said) }
    }

    /// What stands for a thing of the home tells what the thing does.
    private func shown(_ place: PlacedThing, _ said: SeriesWords) -> PlacedThing {
        guard let view = place.thing.flatMap({ city.services.home.thing($0) }) else { return place }
        var place = place
        let known = view.thing.properties.filter { view.states[$0.name]?.reported != nil }
        place.isEnergy = place.isEnergy || known.contains { ["W", "kW", "kWh"].contains($0.unit?.description ?? "") }
        place.facts = known.prefix(12).map { (said.said.label($0), said.said.value(view.states[$0.name]?.reported, of: $0)) }
        return place
    }

    func scene(_ viewer: Viewer) async throws -> MapScene {
        let sight = try await city.sight(viewer.caller), said = await city.said(viewer)
        let alarms = try await city.city.watching?.alarms(limit: 2_000).filter { $0.clearedAt == nil && sight.tells(of: $0.series.thing) }
        let made = await ground.ground(of: streets)
        let status = await streets?.status()
        return MapScene(
            status: status?["state"] == "off" ? nil : status, junctions: await streets?.junctions().compactMap(Junction.init) ?? [],
            closed: await streets?.closedLanes() ?? [], places: try await places(viewer), alarms: alarms ?? [], ground: made,
            site: console.automations?.site.position,
            rows: AlarmRows(said: said, now: .now, mayAct: viewer.caller.mayMakeRules, back: "/city"),
            junctionWords: JunctionWords(amount: said.amount, heads: made.heads))
    }

    private func tableFields(_ scene: MapScene, _ words: Words) -> [String: Any] {
        let rows = scene.sortedJunctions.prefix(Self.shown).map { scene.junctionWords.row($0, page: $0.onMap) }
        let further = scene.junctions.count - rows.count
        return ["rows": Array(rows), "anyRows": !rows.isEmpty, "further": further > 0 ? words("city.further", ["n": "\(further)"]) : false]
    }

    /// The fields of the template `city-panel`.
    private func panel(_ choice: MapScene.Choice, _ scene: MapScene, _ viewer: Viewer) async throws -> [String: Any] {
        var fields: [String: Any] = ["junction": false, "placed": false, "alarmList": false, "gone": false]
        switch choice {
        case .junction(let name):
            if let junction = scene.junctions.first(where: { $0.id == name }) {
                fields["junction"] = SignalFields(words: scene.junctionWords, mayAct: viewer.caller.mayMakeRules)
                    .panel(junction, alarms: scene.alarms(of: junction).map(scene.rows.row))
                return fields
            }
        case .place(let id):
            if let there = scene.places.first(where: { $0.id == id }) {
                let place = there.thing == nil ? await finder.place(id) ?? there : there
                fields["placed"] =
                    [
                        "name": place.name.printable, "kind": place.kind.printable, "anyFacts": !place.facts.isEmpty,
                        "facts": place.facts.map { ["label": $0.name.printable, "value": $0.value.printable] },
                        "position": position(place, scene.rows.said.amount),
                    ] as [String: Any]
                return fields
            }
        case .alarm(let number):
            if let alarm = scene.alarms.first(where: { $0.number == number }) {
                fields["alarmList"] = alarmList(scene.alarms(beside: alarm), scene, title: "city.alarmsAt", isChosen: true)
                return fields
            }
        case .nothing:
            fields["alarmList"] = alarmList(scene.alarms, scene, title: "alarms.title", isChosen: false)
            return fields
        }
        fields["gone"] = true
        return fields
    }

    private func position(_ place: PlacedThing, _ amount: Amount) -> String {
        let places = place.isLocal ? 1 : 5
        return amount.words(
            place.isLocal ? "city.position.local" : "city.position",
            ["north": amount.decimal(place.y, places: places), "east": amount.decimal(place.x, places: places)])
    }

    private func alarmList(_ alarms: [Alarm], _ scene: MapScene, title: String, isChosen: Bool) -> [String: Any] {
        let words = scene.rows.said.words
        let sorted = alarms.filter { $0.state == .raised } + alarms.filter { $0.state != .raised }
        return [
            "title": words(title), "isChosen": isChosen, "rows": sorted.prefix(8).map(scene.rows.row), "any": !alarms.isEmpty,
            "moreAlarms": alarms.count > 8 ? words("city.moreAlarms", ["n": "\(alarms.count - 8)"]) : false,
        ]
    }
}
