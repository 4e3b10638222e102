import Foundation
import LaresPlaces
import LaresThings

/// The home, or one room of it, as tiles.
struct RoomView {
    let things: [ThingView]
    let areas: [Area]
    /// The room; nil: the whole home.
    let room: AreaID?
    let said: ThingWords
    let mayAct: Bool

    private var words: Words { said.words }

    /// The most tiles of the whole home, and of one room: what is beyond them stands behind a link, so that a page of a thousand things stays light.
    private static let most = (home: 80, room: 240)

    /// What belongs here, things that do something before those that only tell.
    private var belonging: [ThingView] {
        things.filter { view in room == nil || view.thing.area == room }.filter { $0.thing.properties.contains { $0.role == .primary } }
            .map { (view: $0, order: $0.thing.category.order, name: said.name($0.thing)) }
            .sorted { ($0.order, $0.name) < ($1.order, $1.name) }.map(\.view)
    }

    /// What has a tile on this page.
    var shown: [ThingView] { sections(belonging).flatMap(\.views) }

    func name(of area: AreaID) -> String {
        guard let known = areas.first(where: { $0.id == area }) else { return area.description.replacing("_", with: " ").capitalized }
        return words.language.pick(known.names, or: known.name).printable
    }

    var title: String { room.map { name(of: $0) } ?? words("home.title") }

    /// The rooms that have things, floor by floor from the lowest, by name; last those of which nobody said where they are.
    var rooms: [AreaID] {
        let ids = Set(things.compactMap(\.thing.area)).union(areas.map(\.id))
        let levels = Dictionary(areas.map { ($0.id, $0.level ?? .max) }, uniquingKeysWith: { $1 })
        return ids.sorted { (levels[$0] ?? .max, name(of: $0)) < (levels[$1] ?? .max, name(of: $1)) }
    }

    /// One sentence that says how things are.
    var sentence: String { sentence(belonging) }

    private func sentence(_ shown: [ThingView]) -> String {
        guard !shown.isEmpty else { return words("home.sentence.none") }
        var parts: [String] = []
        if let warmth = warmth(shown, outdoors: false) { parts.append(words("home.sentence.warmth", ["value": warmth])) }
        if let warmth = warmth(shown, outdoors: true) { parts.append(words("home.sentence.outside", ["value": warmth])) }
        let lights = shown.filter { $0.thing.category.description == "light" && $0.availability != .offline }.compactMap(\.isOn)
        let lit = lights.count { $0 }
        if !lights.isEmpty {
            parts.append(
                lit == 0
                    ? words("home.sentence.dark") : lit == 1 ? words("home.sentence.light") : words("home.sentence.lights", ["n": "\(lit)"])
            )
        }
        let locks = shown.compactMap(\.isLocked)
        if !locks.isEmpty {
            let open = locks.count { !$0 }
            parts.append(open == 0 ? words("home.sentence.locked") : words("home.sentence.unlocked", ["n": "\(open)"]))
        }
        let gone = shown.count { $0.availability == .offline }
        if gone > 0 { parts.append(words("home.sentence.gone", ["n": "\(gone)"])) }
        if parts.isEmpty { parts.append(words("home.sentence.count", ["n": "\(shown.count)"])) }
        return parts.joined(separator: words.language == .chinese ? "" : " ")
    }

    /// The mean of the air as sensing takes it, of rooms or outdoors: no fridge, no flow, and nothing that sensing itself worked out.
    private func warmth(_ shown: [ThingView], outdoors: Bool) -> String? {
        var (sum, count, unit) = (0.0, 0, LaresThings.Unit?.none)
        for view in shown where view.availability != .offline && !view.thing.origin.hasPrefix(SenseEngine.origin) {
            let thing = view.thing, isOutside = thing.area.map(SenseLimits.usualOutdoors.contains) ?? false
            for property in thing.properties where property.quantity == "temperature" && !property.isWritable {
                guard property.isOfAir(of: thing), (isOutside || property.isOutdoors(of: thing)) == outdoors,
                    let number = view.states[property.name]?.reported?.number
                else { continue }
                sum += property.unit?.convert(number, to: .celsius) ?? number
                (count, unit) = (count + 1, unit ?? property.unit)
            }
        }
        guard count > 0 else { return nil }
        let mean = LaresThings.Unit.celsius.convert(sum / Double(count), to: unit ?? .celsius) ?? sum / Double(count)
        return "\(said.plain((mean * 10).rounded() / 10))\u{a0}\((unit ?? .celsius).description.printable)"
    }

    /// The address of this page.
    var address: String { room.map { "/home/rooms/\($0)" } ?? "/home" }

    /// The fields of the template `home`.
    var fields: [String: Any] {
        let chips: [(String, String, AreaID?)] =
            [(words("home.whole"), "/home", nil)] + rooms.map { (name(of: $0), "/home/rooms/\($0)", $0) }
        let belonging = belonging
        return [
            "sentence": sentence(belonging), "any": !belonging.isEmpty, "feed": "/home-events" + (room.map { "?room=\($0)" } ?? ""),
            "hasRooms": rooms.count > 0,
            "rooms": chips.map { ["name": $0.0, "href": $0.1, "current": $0.2 == room] as [String: Any] },
            "groups": sections(belonging).map(group),
        ]
    }

    /// A group of tiles below its heading.
    private struct Section {
        let id: String
        let heading: String
        var isHidden = false
        /// Those that have a tile.
        let views: [ThingView]
        /// How many have none, and where they are.
        let rest: (count: Int, href: String)
    }

    /// Whole home: a section for each room; one room: one section.
    private func sections(_ belonging: [ThingView]) -> [Section] {
        guard room == nil, !rooms.isEmpty else {
            let rest = room.map { "/things?room=\($0)" } ?? "/things"
            return [cut("things", words("things.title"), belonging, Self.most.room, rest, isHidden: true)]
        }
        let byRoom = Dictionary(grouping: belonging, by: \.thing.area)
        let share = belonging.count <= Self.most.home ? Int.max : max(2, Self.most.home / max(1, byRoom.count))
        var sections = rooms.compactMap { area in
            byRoom[area].map { cut("room-\(area)", name(of: area), $0, share, "/home/rooms/\(area)") }
        }
        if let homeless = byRoom[AreaID?.none] {
            sections.append(cut("elsewhere", words("home.elsewhere"), homeless, share, "/things?room="))
        }
        return sections
    }

    private func cut(_ id: String, _ heading: String, _ views: [ThingView], _ most: Int, _ rest: String, isHidden: Bool = false) -> Section
    {
        Section(
            id: id, heading: heading, isHidden: isHidden, views: Array(views.prefix(most)), rest: (max(0, views.count - most), rest))
    }

    private func group(_ section: Section) -> [String: Any] {
        let more: [String: Any] = [
            "href": section.rest.href,
            "label": words("home.more", ["n": said.amount.whole(section.rest.count), "room": section.heading]),
        ]
        return [
            "id": section.id, "heading": section.heading, "hidden": section.isHidden, "tiles": section.views.map { tile($0).fields },
            "more": section.rest.count > 0 ? more : false as Any,
        ]
    }

    func tile(_ view: ThingView) -> Tile { Tile(view: view, said: said, back: address, mayAct: mayAct) }
}

extension ThingView {
    /// Nil: it didn't say.
    fileprivate var isOn: Bool? { thing.property("on").flatMap { states[$0.name]?.reported?.boolean } }
    fileprivate var isLocked: Bool? { thing.properties.first { $0.base == "locked" }.flatMap { states[$0.name]?.reported?.boolean } }
}

extension ThingCategory {
    /// Where things of this kind stand among the tiles.
    fileprivate var order: Int {
        ["light", "cover", "climate", "fan", "humidifier", "water_heater", "lock", "alarm_control_panel", "switch", "vacuum", "valve"]
            .firstIndex(of: description) ?? (description == "binary_sensor" ? 21 : description == "sensor" ? 20 : 19)
    }
}
