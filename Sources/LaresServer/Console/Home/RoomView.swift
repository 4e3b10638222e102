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

    /// What belongs here, things that do something before those that only tell.
    var shown: [ThingView] {
        things.filter { view in room == nil || view.thing.area == room }.filter { $0.thing.properties.contains { $0.role == .primary } }
            .sorted { ($0.thing.category.order, said.name($0.thing)) < ($1.thing.category.order, said.name($1.thing)) }
    }

    func name(of area: AreaID) -> String {
        guard let known = areas.first(where: { $0.id == area }) else { return area.description.replacing("_", with: " ").capitalized }
        return (known.names[words.language.tag] ?? known.name).printable
    }

    var title: String { room.map { name(of: $0) } ?? words("home.title") }

    /// The rooms that have things, by name.
    var rooms: [AreaID] {
        let ids = Set(things.compactMap(\.thing.area)).union(areas.map(\.id))
        return ids.sorted { name(of: $0) < name(of: $1) }
    }

    /// One sentence that says how things are.
    var sentence: String {
        let shown = shown
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
        return [
            "sentence": sentence, "any": !shown.isEmpty, "feed": "/home-events" + (room.map { "?room=\($0)" } ?? ""),
            "hasRooms": rooms.count > 0,
            "rooms": chips.map { ["name": $0.0, "href": $0.1, "current": $0.2 == room] as [String: Any] }, "groups": groups,
        ]
    }

    /// Whole home: a group for each room; one room: one group.
    private var groups: [[String: Any]] {
        let shown = shown
        guard room == nil, !rooms.isEmpty else { return [group("things", words("things.title"), shown, hidden: true)] }
        var groups = rooms.compactMap { area -> [String: Any]? in
            let own = shown.filter { $0.thing.area == area }
            return own.isEmpty ? nil : group("room-\(area)", name(of: area), own, hidden: false)
        }
        let homeless = shown.filter { $0.thing.area == nil }
        if !homeless.isEmpty { groups.append(group("elsewhere", words("home.elsewhere"), homeless, hidden: false)) }
        return groups
    }

    private func group(_ id: String, _ heading: String, _ views: [ThingView], hidden: Bool) -> [String: Any] {
        ["id": id, "heading": heading, "hidden": hidden, "tiles": views.map { tile($0).fields }]
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
