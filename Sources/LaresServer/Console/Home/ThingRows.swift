import Foundation
import LaresThings

/// All things as rows, with their health.
struct ThingRows {
    let things: [ThingView]
    let room: RoomView
    let said: ThingWords
    let now: Date
    /// What is looked for in names and rooms; nothing: all.
    var search = ""
    /// The id of a room; empty: things of which nobody said where they are; nil: anywhere.
    var area: String?
    /// Which part of them, from 1.
    var page = 1
    /// How many rows a page has.
    static let most = 100

    private var words: Words { said.words }

    var sentence: String {
        let gone = things.count { $0.availability == .offline }
        return gone == 0
            ? words("things.sentence", ["n": "\(things.count)"])
            : words("things.sentence.gone", ["n": "\(things.count)", "gone": "\(gone)"])
    }

    private struct Found {
        let view: ThingView, name: String
        let room: String?

        /// Room by room, by name; things that are in none come last.
        static func isBefore(_ left: Found, _ right: Found) -> Bool {
            let (first, second) = (left.room ?? "\u{10FFFF}", right.room ?? "\u{10FFFF}")
            if first != second { return first < second }
            if left.name != right.name { return left.name < right.name }
            return left.view.thing.id.description < right.view.thing.id.description
        }

        /// Whether a text, in small letters, is in one of its names.
        func has(_ sought: String) -> Bool {
            let names: [String] = [name, view.thing.name, room ?? "", view.thing.id.description] + view.thing.aliases
            return sought.isEmpty || names.contains { $0.lowercased().contains(sought) }
        }
    }

    /// Those that are looked for, room by room, by name.
    private var found: [ThingView] {
        let sought = search.lowercased()
        let here = things.filter { area == nil || ($0.thing.area?.description ?? "") == area }
        let named = here.map { view -> Found in
            let place: AreaID? = view.thing.area
            return Found(view: view, name: said.name(view.thing), room: place.map { room.name(of: $0) })
        }
        return named.filter { $0.has(sought) }.sorted(by: Found.isBefore).map(\.view)
    }

    /// The query of this page with another part of it.
    private func query(_ page: Int) -> String {
        let parts = [
            search.isEmpty ? nil : "q=\(search.pathEscaped)", area.map { "room=\($0.pathEscaped)" }, page > 1 ? "page=\(page)" : nil,
        ].compactMap(\.self)
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    /// The fields of the page besides its rows: where its feed is, and the pages before and behind.
    var fields: [String: Any] {
        let found = found, pages = max(1, (found.count + Self.most - 1) / Self.most), page = min(max(1, page), pages)
        return [
            "sentence": sentence, "things": rows(found, page), "any": !things.isEmpty, "feed": "/things-events" + query(page),
            "search": search, "mayFind": things.count > 12 || !search.isEmpty,
            "noneFound": found.isEmpty && !things.isEmpty,
            "earlier": page > 1 ? "/things" + query(page - 1) : false as Any,
            "later": page < pages ? "/things" + query(page + 1) : false as Any, "paged": pages > 1,
            "pageOf": words("things.page", ["n": "\(page)", "of": "\(pages)"]),
        ]
    }

    var rows: [[String: Any]] { rows(found, page) }

    private func rows(_ found: [ThingView], _ page: Int) -> [[String: Any]] {
        found.dropFirst((max(1, page) - 1) * Self.most).prefix(Self.most).map { view in
            let heard = view.states.values.compactMap(\.reportedAt).max()
            return [
                "thing": view.thing.id.description, "href": view.thing.page, "name": said.name(view.thing),
                "about": [view.thing.details.manufacturer, view.thing.details.model].compactMap { $0?.printable }.joined(separator: " "),
                "area": view.thing.area.map { room.name(of: $0) } ?? words("unit.none"), "isPlaced": view.thing.area != nil,
                "heard": heard.map { said.amount.ago($0, now: now) } ?? words("things.never"),
            ].merging(pill(view)) { $1 }
        }
    }

    private func pill(_ view: ThingView) -> [String: Any] {
        switch view.availability {
        case .online: ["state": words("things.online"), "tone": "ok", "stateIcon": "check"]
        case .offline: ["state": words("things.offline"), "tone": "warn", "stateIcon": "off"]
        case .unknown: ["state": words("things.unknown"), "tone": "", "stateIcon": "clock"]
        }
    }
}
