import Foundation
import LaresThings

/// All things as rows, with their health.
struct ThingRows {
    let things: [ThingView]
    let room: RoomView
    let said: ThingWords
    let now: Date

    private var words: Words { said.words }

    var sentence: String {
        let gone = things.count { $0.availability == .offline }
        return gone == 0
            ? words("things.sentence", ["n": "\(things.count)"])
            : words("things.sentence.gone", ["n": "\(things.count)", "gone": "\(gone)"])
    }

    var rows: [[String: Any]] {
        things.map { view in
            let heard = view.states.values.compactMap(\.reportedAt).max()
            return [
                "thing": view.thing.id.description, "href": view.thing.page, "name": said.name(view.thing),
                "about": [view.thing.details.manufacturer, view.thing.details.model].compactMap { $0?.printable }.joined(separator: " "),
                "area": view.thing.area.map { room.name(of: $0) } ?? words("unit.none"),
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
