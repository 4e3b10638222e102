internal import Foundation
internal import LaresJSON
internal import LaresTemplates
internal import LaresThings

/// What templates and conditions of a rule can see at a moment.
struct RuleScope<World: RuleWorld> {
    let world: World
    let now: Date
    let occasion: RuleOccasion
    var variables: [String: JSON] = [:]
    /// The place in the innermost repetition, from 1.
    var round: Int?

    /// The text of a template.
    func text(_ template: RuleTemplate) throws(RuleError) -> String {
        var values = variables.mapValues { TemplateValue($0) }
        var states = TemplateObject()
        for address in template.addresses {
            states[address.description] = (world.state(of: address)?.reported?.json).map { TemplateValue($0) } ?? .null
        }
        values["states"] = .object(states)
        values["trigger"] = TemplateValue(occasion.json(in: world))
        values["now"] = TemplateValue(world.site.clock(at: now))
        values["repeat"] = round.map { ["index": .int($0)] }
        return try template.text(values, at: now)
    }

    /// What a value comes to.
    func value(_ value: RuleValue) throws(RuleError) -> JSON { try self.value(value.form) }

    private func value(_ form: RuleValue.Form) throws(RuleError) -> JSON {
        switch form {
        case .literal(let json): return json
        case .template(let template): return JSON(rendered: try text(template))
        case .list(let forms):
            var elements: [JSON] = []
            for form in forms { elements.append(try value(form)) }
            return .array(elements)
        case .object(let forms):
            var members = JSON.Members()
            for (key, form) in forms { members.append(key, try value(form)) }
            return .object(members)
        }
    }

    /// What a value comes to, as a text for people.
    func words(_ value: RuleValue) throws(RuleError) -> String {
        if case .template(let template) = value.form { return try text(template) }
        let json = try self.value(value)
        return json.text ?? json.serialized
    }
}

extension JSON {
    /// What a template's text means: a number, true, false, null, a list or an object where it is one, else a text.
    init(rendered text: String) {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        switch trimmed {
        case "True": self = .bool(true)
        case "False": self = .bool(false)
        case "None": self = .null
        default: self = (try? JSON(parsing: Array(trimmed.utf8), maximumDepth: 16)) ?? .string(trimmed)
        }
    }

    /// Whether it counts as true.
    var isTrue: Bool {
        switch self {
        case .bool(let flag): flag
        case .int(let number): number != 0
        case .double(let number): number != 0
        case .string(let text): ["true", "on", "yes"].contains(text.lowercased())
        case .null, .array, .object: false
        }
    }
}

extension TemplateValue {
    init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .int(number)
        case .double(let number): self = .double(number)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map { TemplateValue($0) })
        case .object(let members): self = .object(TemplateObject(members.map { ($0.key, TemplateValue($0.value)) }))
        }
    }
}

extension Site {
    /// What wall clocks and calendars show.
    func clock(at date: Date) -> JSON {
        let (day, seconds) = zone.wall(at: Instant(flooring: date))
        let today = CalendarDay(ordinal: day)
        return [
            "date": .string(today.description), "time": .string(TimeOfDay(unchecked: seconds).short),
            "weekday": .string(today.weekday.rawValue),
            "hour": .int(seconds / 3600), "minute": .int(seconds / 60 % 60), "month": .int(today.parts.month), "day": .int(today.parts.day),
        ]
    }
}

extension TimeOfDay {
    /// Hours and minutes.
    var short: String { (seconds / 3600).twoDigits + ":" + (seconds / 60 % 60).twoDigits }
}
