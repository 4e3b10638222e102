import Foundation
import LaresThings

/// The page of one thing.
struct ThingDetail {
    let view: ThingView
    let wording: Wording
    let areas: [Area]
    let said: ThingWords
    /// Whether the reader may name it and say what it is, and whether they may set it.
    let mayAct: Bool
    let maySet: Bool
    let now: Date

    private var words: Words { said.words }
    private var thing: Thing { view.thing }

    var title: String { said.name(thing) }

    var sentence: String {
        let heard = view.states.values.compactMap(\.reportedAt).max()
        let when = heard.map { said.amount.ago($0, now: now) } ?? words("things.never")
        return words("thing.sentence.\(view.availability.rawValue)", ["when": when])
    }

    /// The fields of the template `thing`.
    var fields: [String: Any] {
        [
            "name": title, "sentence": sentence, "thing": thing.id.description, "href": thing.page, "back": thing.page, "mayAct": mayAct,
            "maySet": maySet,
            "feed": "/things-events/\(thing.id)", "properties": properties, "ownName": wording.name ?? "", "zh": wording.names["zh"] ?? "",
            "aliases": wording.aliases.joined(separator: ", "), "area": areaName(thing.area), "rooms": areas.map(\.name), "facts": facts,
            "hazards": hazards, "anyHazards": !hazards.isEmpty,
        ]
    }

    /// What may be said of dangers, a choice for each property that can be set.
    private var hazards: [[String: Any]] {
        thing.properties.filter { $0.isWritable && $0.role == .primary && $0.kind != .color }.map { property in
            let chosen = wording.hazards[property.name].map { $0?.rawValue ?? "none" } ?? ""
            let known = words(chosen.isEmpty ? "hazard.\(property.hazard?.rawValue ?? "none")" : "hazard.unsaid")
            let choices =
                [("", words("hazard.known", ["what": known]))] + ["none", "opens", "disarms", "heats"].map { ($0, words("hazard.\($0)")) }
            return [
                "property": property.name, "label": said.label(property),
                "options": choices.map { ["value": $0, "label": $1, "chosen": $0 == chosen] as [String: Any] },
            ]
        }
    }

    private func areaName(_ id: AreaID?) -> String { id.map { id in areas.first { $0.id == id }?.name ?? id.description } ?? "" }

    /// The rows of the template `thing-properties`.
    var properties: [[String: Any]] {
        thing.properties.filter { $0.isReported || $0.kind == .action }.map { row($0, view.states[$0.name] ?? PropertyState()) }
    }

    private func row(_ property: Property, _ state: PropertyState) -> [String: Any] {
        let changed = state.changedAt.map { ["iso": $0.formatted(.iso8601), "ago": said.amount.ago($0, now: now)] as [String: Any] }
        return [
            "name": property.name, "label": property.kind == .action ? said.plainAct(property) : said.label(property),
            "value": property.kind == .action ? "" : said.value(state.reported, of: property),
            "asked": state.desired.map { words("tile.waiting", ["value": said.value($0, of: property)]) } ?? false,
            "changed": changed ?? false,
            "cause": state.cause.map { said.cause($0) } ?? false,
            "control": property.isWritable && maySet && view.availability != .offline ? control(property, state) : false,
        ]
    }

    private func control(_ property: Property, _ state: PropertyState) -> [String: Any] {
        var fields: [String: Any] = ["switch": false, "button": false, "choice": false, "entry": false]
        fields["code"] = thing.takesCode && Self.guarded.contains(property.base)
        switch property.kind {
        case .boolean:
            let flag = state.reported?.boolean ?? false
            fields["switch"] = ["checked": flag ? "true" : "false", "next": flag ? "false" : "true"]
        case .action: fields["button"] = said.act(property)
        case .choice(let choices):
            fields["choice"] = ["choices": said.options(choices, of: property, chosen: state.reported)]
        case .number(let range): fields["entry"] = entry("number", state.reported?.number.map { "\($0)" }, range.least, range.greatest)
        case .text: fields["entry"] = entry("text", state.reported?.text)
        case .color: fields["entry"] = entry("color", state.reported?.color.map(\.hexadecimal))
        }
        return fields
    }

    /// What a code may come with.
    private static let guarded: Set = ["locked", "open", "armed", "trigger"]

    private func entry(_ type: String, _ text: String?, _ least: Double? = nil, _ greatest: Double? = nil) -> [String: Any] {
        ["type": type, "text": text ?? "", "least": least.map { "\($0)" } ?? false, "greatest": greatest.map { "\($0)" } ?? false]
    }

    private var facts: [[String: Any]] {
        let details = thing.details
        let all: [(String, String?)] = [
            ("id", thing.id.description), ("kind", thing.category.description), ("manufacturer", details.manufacturer),
            ("model", details.model),
            ("modelID", details.modelID), ("hardware", details.hardware), ("software", details.software), ("serial", details.serial),
            ("via", details.via), ("configuration", details.configurationURL),
        ]
        return all.compactMap { key, value in
            value.map {
                ["label": words("fact.\(key)"), "value": $0.printable, "link": key == "configuration" ? $0 : false] as [String: Any]
            }
        }
    }
}

extension Thing {
    /// Whether a code may come with what it is told: a lock, an alarm panel.
    var takesCode: Bool { property("code").map { $0.isWritable && !$0.isReported } ?? false }
}

extension Color {
    /// "#ff8800", as a form's colour field has it.
    fileprivate var hexadecimal: String {
        let (red, green, blue) = rgb
        return "#" + [red, green, blue].map { String(format: "%02x", Int(($0 * 255).rounded())) }.joined()
    }
}
