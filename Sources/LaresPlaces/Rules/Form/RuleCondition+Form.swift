public import LaresJSON
internal import LaresThings

extension RuleCondition {
    private enum Verb: String, CaseIterable {
        case all, any, not, state, number, known, between, days, holidays, dates, template, online, triggered_by
    }
    private static let range = -1e15...1e15

    init(_ fields: JSONFields, depth: Int = Rule.depth) throws(JSONError) {
        var fields = fields
        guard depth > 0 else { throw JSONError(message: "'\(fields.place)' is nested more than \(Rule.depth) levels deep") }
        switch try fields.verb(Verb.self) {
        case .all: self = .all(try fields.conditions("all", depth: depth - 1))
        case .any: self = .any(try fields.conditions("any", depth: depth - 1))
        case .not:
            guard let inner = try fields.fields("not") else { throw fields.error("not", "is missing") }
            self = .not(try RuleCondition(inner, depth: depth - 1))
        case .state: self = .state(try Being(&fields))
        case .number: self = try Self.number(&fields)
        case .known: self = .known(try fields.address("known"))
        case .between: self = try Self.between(&fields)
        case .days: self = .days(try fields.weekdays("days"))
        case .holidays: self = .holidays(try Self.calendars(&fields))
        case .dates: self = .dates(try Self.dates(&fields))
        case .template: self = .template(try Self.template(&fields))
        case .online: self = .online(try fields.thing("online"))
        case .triggered_by: self = .triggeredBy(try fields.strings("triggered_by") ?? [])
        }
        try fields.end()
    }

    private static func number(_ fields: inout JSONFields) throws(JSONError) -> RuleCondition {
        let (above, below) = (try fields.double("above", in: range), try fields.double("below", in: range))
        guard above != nil || below != nil else { throw fields.error("above", "is missing, and 'below' too: one must be there") }
        return .number(try fields.address("number"), above: above, below: below)
    }

    private static func between(_ fields: inout JSONFields) throws(JSONError) -> RuleCondition {
        let moments = (try fields.strings("between") ?? []).compactMap { DayMoment($0) }
        guard moments.count == 2 else {
            throw fields.error("between", "must be two moments of the day such as [\"22:00\", \"sunrise\"]")
        }
        return .between(moments[0], moments[1])
    }

    private static func calendars(_ fields: inout JSONFields) throws(JSONError) -> [String] {
        let calendars = try fields.strings("holidays") ?? []
        guard (1...16).contains(calendars.count) else { throw fields.error("holidays", "must name 1 to 16 calendars") }
        return calendars
    }

    private static func dates(_ fields: inout JSONFields) throws(JSONError) -> [DateRange] {
        var ranges: [DateRange] = []
        for object in try fields.list("dates") { ranges.append(try DateRange(object)) }
        guard !ranges.isEmpty else { throw fields.error("dates", "must be ranges such as {\"from\": \"12-20\", \"through\": \"01-06\"}") }
        return ranges
    }

    private static func template(_ fields: inout JSONFields) throws(JSONError) -> RuleTemplate {
        do throws(RuleError) {
            return try RuleTemplate(try fields.text("template"))
        } catch {
            throw fields.error("template", error.message)
        }
    }

    /// As plain data.
    public var json: JSON {
        switch self {
        case .all(let inner): ["all": .array(inner.map(\.json))]
        case .any(let inner): ["any": .array(inner.map(\.json))]
        case .not(let inner): ["not": inner.json]
        case .state(let being): being.json
        case .number(let address, let above, let below): Self.number(address, above, below)
        case .known(let address): ["known": .string(address.description)]
        case .between(let from, let to): ["between": [.string(from.description), .string(to.description)]]
        case .days(let days): ["days": .array(Weekday.allCases.filter(days.contains).map { .string($0.rawValue) })]
        case .holidays(let calendars): ["holidays": .array(calendars.map { .string($0) })]
        case .dates(let ranges): ["dates": .array(ranges.map(\.json))]
        case .template(let template): ["template": .string(template.source)]
        case .online(let thing): ["online": .string(thing.description)]
        case .triggeredBy(let ids): ["triggered_by": .array(ids.map { .string($0) })]
        }
    }

    private static func number(_ address: PropertyAddress, _ above: Double?, _ below: Double?) -> JSON {
        var members: JSON.Members = ["number": .string(address.description)]
        members["above"] = above.map { .number($0) }
        members["below"] = below.map { .number($0) }
        return .object(members)
    }
}

extension JSONFields {
    mutating func conditions(_ key: String, depth: Int = Rule.depth) throws(JSONError) -> [RuleCondition] {
        var conditions: [RuleCondition] = []
        for object in try list(key) { conditions.append(try RuleCondition(object, depth: depth)) }
        return conditions
    }

    fileprivate mutating func text(_ key: String) throws(RuleError) -> String {
        guard let text = value(key)?.text else { throw RuleError(.badTemplate, "must be a text") }
        return text
    }
}

extension RuleCondition.Being {
    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        self.init(
            try fields.address("state"), try fields.values("is"), lasting: try fields.span("for") ?? .zero,
            within: try fields.span("within"),
            by: try fields.causes("by"))
        guard !values.isEmpty else { throw fields.error("is", "is missing: what it must be") }
    }

    fileprivate var json: JSON {
        var members: JSON.Members = ["state": .string(address.description)]
        members["is"] = JSON.values(values)
        members["for"] = JSON.span(lasting)
        members["within"] = within.map { .string($0.description) }
        members["by"] = JSON.texts(by.map(\.rawValue))
        return .object(members)
    }
}
