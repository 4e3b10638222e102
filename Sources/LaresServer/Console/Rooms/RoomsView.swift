import Foundation
import LaresThings

/// Rooms, floors and groups as a page shows them, with what is to be changed in its forms.
struct RoomsView {
    let areas: [Area]
    let floors: [Floor]
    let groups: [ThingGroup]
    let things: [Thing]
    let said: ThingWords
    /// What is being changed; nil: something new is made.
    let room: Area?
    let group: ThingGroup?

    private var words: Words { said.words }

    /// The fields of the template `rooms`.
    var fields: [String: Any] {
        [
            "rooms": areas.map(row), "anyRooms": !areas.isEmpty, "floors": floors.map(row), "anyFloors": !floors.isEmpty,
            "groups": groups.map(row), "anyGroups": !groups.isEmpty,
            "roomID": room?.id.description ?? "", "roomName": room?.name ?? "", "roomZh": room?.names["zh"] ?? "",
            "roomAliases": room?.aliases.joined(separator: ", ") ?? "", "changesRoom": room != nil, "levels": levels,
            "roomHeading": words(room == nil ? "rooms.add" : "rooms.change"),
            "groupID": group?.id.description ?? "", "groupName": group?.name ?? "", "changesGroup": group != nil,
            "groupHeading": words(group == nil ? "rooms.addGroup" : "rooms.changeGroup"), "members": members,
            "anyMembers": !members.isEmpty,
        ]
    }

    /// "Upstairs"; the number where nobody named the floor.
    private func name(of level: Int) -> String {
        guard let floor = floors.first(where: { $0.level == level }) else { return words("rooms.level", ["n": "\(level)"]) }
        return words.language.pick(floor.names, or: floor.name).printable
    }

    private func row(_ area: Area) -> [String: Any] {
        let name = words.language.pick(area.names, or: area.name).printable
        let count = things.count { $0.area == area.id }
        return [
            "id": area.id.description, "room": name, "floor": area.level.map(name(of:)) ?? "–", "count": "\(count)",
            "href": "/rooms?room=\(area.id)#room-form", "page": "/home/rooms/\(area.id)",
            "changeName": words("rooms.changeNamed", ["name": name]),
        ]
    }

    private func row(_ floor: Floor) -> [String: Any] {
        [
            "level": "\(floor.level)", "floor": name(of: floor.level),
            "also": floor.names.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ").printable,
            "removeName": words("rooms.removeNamed", ["name": name(of: floor.level)]),
        ]
    }

    private func row(_ group: ThingGroup) -> [String: Any] {
        let known = Dictionary(things.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        let members = group.members.map { id in known[id].map { said.name($0) } ?? id.description }
        return [
            "group": group.name.printable, "members": members.joined(separator: words("list.comma")), "page": "/things/\(group.id)",
            "href": "/rooms?group=\(group.id.description.pathEscaped)#group-form",
            "changeName": words("rooms.changeNamed", ["name": group.name.printable]),
        ]
    }

    /// The floors a room can be on: those with names, those that rooms are on, and some around the ground.
    private var levels: [[String: Any]] {
        let known = Set(floors.map(\.level)).union(areas.compactMap(\.level)).union(-1...3).sorted()
        let none: [String: Any] = ["value": "", "word": words("rooms.noFloor"), "chosen": room?.level == nil]
        return [none] + known.map { ["value": "\($0)", "word": name(of: $0), "chosen": room?.level == $0] as [String: Any] }
    }

    /// What a group can have in it: what can be set, or is in it already.
    private var members: [[String: Any]] {
        let chosen = Set(group?.members ?? [])
        return things.filter { !ThingGroup.isGroup($0.id) && (chosen.contains($0.id) || $0.properties.contains(where: \.isWritable)) }.map {
            ["member": $0.id.description, "label": said.name($0), "chosen": chosen.contains($0.id)] as [String: Any]
        }
    }
}
