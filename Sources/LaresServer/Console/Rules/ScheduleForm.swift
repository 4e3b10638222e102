import Foundation
import LaresJSON
import LaresPlaces
import LaresThings

/// A schedule as a form describes it, and the rule that it becomes.
struct ScheduleForm {
    static let on = "on", off = "off"
    static let checked = ["what", "value", "at", "until", "days", "offset", "name"]

    private var name = ""
    private var what = ""
    private var value = "on"
    private var start = "clock"
    private var at = "07:00"
    private var offset = "0"
    private var until = ""
    private var days = Set(Weekday.allCases)

    /// A form that nobody has changed yet.
    init() {}

    /// What a person filled in.
    init(_ form: Form) {
        (name, what, value, start) = (form["name"], form["what"], form["value"], form["start"])
        (at, offset, until) = (form["at"], form["offset"], form["until"])
        days = Set(Weekday.allCases.filter { form["day-\($0.rawValue)"] == "1" })
    }

    /// The fields of the template `schedules`.
    ///
    /// - Parameter seen: What the reader sees, of which it offers what can be set.
    func fields(_ seen: [ThingView], _ said: ThingWords, hasSun: Bool) -> [String: Any] {
        let words = said.words
        let targets = seen.flatMap { view in
            view.thing.properties.filter { $0.isWritable && $0.role == .primary }.map { property in
                ["value": "\(view.thing.id)/\(property.name)", "label": "\(said.name(view.thing)): \(said.label(property))"]
            }
        }
        let starts = hasSun ? ["clock", "sunrise", "sunset"] : ["clock"]
        return [
            "nameValue": name, "whatValue": what, "valueValue": value, "atValue": at, "offsetValue": offset, "untilValue": until,
            "targets": targets, "anyTargets": !targets.isEmpty,
            "starts": starts.map { ["value": $0, "label": words("week.start.\($0)"), "chosen": $0 == start] as [String: Any] },
            "weekdays": Weekday.allCases.map {
                ["value": $0.rawValue, "label": words("week.\($0.rawValue)"), "checked": days.contains($0)] as [String: Any]
            },
        ]
    }

    /// The rule.
    ///
    /// - Parameter seen: What the reader sees; what they don't is no property that can be set.
    /// - Throws: ``FieldFault`` naming the field that can't be used; ``RuleError``.
    func rule(for seen: [ThingView], _ words: Words) throws -> Rule {
        guard let address = PropertyAddress(what), let property = seen.property(address), property.isWritable else {
            throw FieldFault("what", "week.wrong.what")
        }
        let wanted: PropertyValue
        do { wanted = try property.value(from: .string(value)) } catch {
            throw FieldFault("value", "week.wrong.value", ["reason": error.message])
        }
        guard !days.isEmpty else { throw FieldFault("days", "week.wrong.days") }
        guard property.hazard(of: wanted) == nil else { throw FieldFault("what", "week.wrong.danger") }
        var when: [JSON] = [try trigger(Self.on)]
        var then: [JSON] = [["set": .object([address.description: wanted.json])]]
        if !until.isEmpty {
            guard case .boolean(let flag) = wanted else { throw FieldFault("until", "week.wrong.until") }
            guard TimeOfDay(until) != nil else { throw FieldFault("until", "week.wrong.at") }
            let ends = isNextDay(until) ? days.map { Weekday.allCases[($0.index + 1) % 7] } : Array(days)
            when.append(["time": ["kind": "weekly", "days": Self.list(ends), "from": .string(until)], "id": .string(Self.off)])
            let back: JSON = ["set": .object([address.description: .bool(!flag)])]
            then = [["choose": [["only": [["triggered_by": [.string(Self.on)]]], "then": .array(then)]], "else": [back]]]
        }
        let title = name.isEmpty ? "\(address.thing) \(start == "clock" ? at : words("week.start.\(start)"))" : name
        return try Rule(["name": .string(title), "when": .array(when), "then": .array(then)])
    }

    /// Whether an end at this time is on the day after the begin: what begins in the evening ends in the morning.
    private func isNextDay(_ until: String) -> Bool {
        switch start {
        case "sunset": until < "12:00"
        case "sunrise": until < "03:00"
        default: until <= at
        }
    }

    private func trigger(_ id: String) throws -> JSON {
        guard start != "clock" else {
            guard TimeOfDay(at) != nil else { throw FieldFault("at", "week.wrong.at") }
            return ["time": ["kind": "weekly", "days": Self.list(Array(days)), "from": .string(at)], "id": .string(id)]
        }
        guard ["sunrise", "sunset"].contains(start), let minutes = Int(offset.isEmpty ? "0" : offset), (-720...720).contains(minutes) else {
            throw FieldFault("offset", "week.wrong.offset")
        }
        return [
            "time": ["kind": "sun", "event": .string(start), "offset": .int(minutes * 60), "days": Self.list(Array(days))],
            "id": .string(id),
        ]
    }

    private static func list(_ days: [Weekday]) -> JSON { .array(days.sorted { $0.index < $1.index }.map { .string($0.rawValue) }) }
}
