import Foundation
import LaresJSON
import LaresPlaces
import LaresThings

/// A schedule as a form describes it, and the rule that it becomes.
struct ScheduleForm {
    static let on = "on", off = "off"
    static let checked = ["what", "value", "at", "until", "back", "days", "offset", "first", "calendar", "name"]

    private var name = ""
    private var what = ""
    private var value = "on"
    private var start = "clock"
    private var at = "07:00"
    private var offset = "0"
    private var until = ""
    /// What it is to be at the end; empty: what is on is switched off, and the other way round.
    private var back = ""
    /// The first and the last day on which it holds, of every year or once; empty: always.
    private var (first, last) = ("", "")
    private var holidays = "any"
    private var calendar = ""
    private var days = Set(Weekday.allCases)

    /// A form that nobody has changed yet.
    init() {}

    /// What a person filled in.
    init(_ form: Form) {
        (name, what, value, start) = (form["name"], form["what"], form["value"], form["start"])
        (at, offset, until, back) = (form["at"], form["offset"], form["until"], form["back"])
        (first, last, holidays, calendar) = (form["first"], form["last"], form["holidays"], form["calendar"])
        days = Set(Weekday.allCases.filter { form["day-\($0.rawValue)"] == "1" })
    }

    /// The fields of the template `schedules`.
    ///
    /// - Parameters:
    ///   - seen: What the reader sees, of which it offers what can be set.
    ///   - site: Its sun and its calendars of holidays.
    func fields(_ seen: [ThingView], _ said: ThingWords, at site: Site) -> [String: Any] {
        let words = said.words
        let targets = seen.flatMap { view in
            view.thing.properties.filter { $0.isWritable && $0.role == .primary }.map { property in
                ["value": "\(view.thing.id)/\(property.name)", "label": "\(said.name(view.thing)): \(said.label(property))"]
            }
        }
        let starts = site.position != nil ? ["clock", "sunrise", "sunset"] : ["clock"]
        return [
            "nameValue": name, "whatValue": what, "valueValue": value, "atValue": at, "offsetValue": offset, "untilValue": until,
            "backValue": back, "firstValue": first, "lastValue": last, "targets": targets, "anyTargets": !targets.isEmpty,
            "holidayRules": ["any", "no", "only"].map {
                ["value": $0, "label": words("week.holidays.\($0)"), "chosen": $0 == holidays] as [String: Any]
            },
            "calendars": site.holidays.keys.sorted().map { ["value": $0, "chosen": $0 == calendar] as [String: Any] },
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
        let wanted = try wanted(value, of: property, "value")
        guard !days.isEmpty else { throw FieldFault("days", "week.wrong.days") }
        var when: [JSON] = [try trigger(Self.on)]
        var then: [JSON] = [["set": .object([address.description: wanted.json])]]
        if !until.isEmpty {
            guard TimeOfDay(until) != nil else { throw FieldFault("until", "week.wrong.at") }
            let ends = isNextDay(until) ? days.map { Weekday.allCases[($0.index + 1) % 7] } : Array(days)
            when.append(["time": ["kind": "weekly", "days": Self.list(ends), "from": .string(until)], "id": .string(Self.off)])
            let back: JSON = ["set": .object([address.description: try afterwards(wanted, of: property).json])]
            then = [["choose": [["only": [["triggered_by": [.string(Self.on)]]], "then": .array(then)]], "else": [back]]]
        } else if !back.isEmpty {
            throw FieldFault("until", "week.wrong.noEnd")
        }
        let title = name.isEmpty ? "\(address.thing) \(start == "clock" ? at : words("week.start.\(start)"))" : name
        return try Rule([
            "name": .string(title), "when": .array(when), "only": .array(try conditions(on: address, wanted)), "then": .array(then),
        ])
    }

    /// What was written as a value of the property, if it may be set without trust.
    private func wanted(_ text: String, of property: Property, _ field: String) throws -> PropertyValue {
        let value: PropertyValue
        do { value = try property.value(from: .string(text)) } catch {
            throw FieldFault(field, "week.wrong.value", ["reason": error.message])
        }
        guard property.hazard(of: value) == nil else { throw FieldFault(field == "value" ? "what" : field, "week.wrong.danger") }
        return value
    }

    private func afterwards(_ wanted: PropertyValue, of property: Property) throws -> PropertyValue {
        guard back.isEmpty else { return try self.wanted(back, of: property, "back") }
        guard case .boolean(let flag) = wanted else { throw FieldFault("back", "week.wrong.until") }
        guard property.hazard(of: .boolean(!flag)) == nil else { throw FieldFault("until", "week.wrong.danger") }
        return .boolean(!flag)
    }

    /// On which days it holds. What begins in the evening ends in the morning, whatever day that is, if it is still as it was set then.
    private func conditions(on address: PropertyAddress, _ wanted: PropertyValue) throws -> [JSON] {
        guard first.isEmpty == last.isEmpty else { throw FieldFault("first", "week.wrong.dates") }
        var conditions: [JSON] = []
        if !first.isEmpty { conditions.append(["dates": [["from": .string(first), "through": .string(last)]]]) }
        if ["no", "only"].contains(holidays) {
            guard !calendar.isEmpty else { throw FieldFault("calendar", "week.wrong.calendar") }
            let isHoliday: JSON = ["holidays": [.string(calendar)]]
            conditions.append(holidays == "only" ? isHoliday : ["not": isHoliday])
        }
        guard !conditions.isEmpty, !until.isEmpty, isNextDay(until) else { return conditions }
        let ends: JSON = ["all": [["triggered_by": [.string(Self.off)]], ["state": .string(address.description), "is": wanted.json]]]
        let begins: JSON = ["all": .array([["triggered_by": [.string(Self.on)]]] + conditions)]
        return [["any": [ends, begins]]]
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
