public import LaresJSON
internal import LaresThings

extension RuleTrigger {
    private enum Verb: String, CaseIterable { case becomes, happens, crosses, time, event, mqtt, availability, webhook, model }
    private enum Reach: String, CaseIterable { case online, offline }

    init(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        let id = try fields.optionalLabel("id")
        let kind: Kind =
            switch try fields.verb(Verb.self) {
            case .becomes: .becomes(try Becoming(&fields))
            case .happens: .happens(try fields.address("happens"), values: try fields.values("is"))
            case .crosses: .crosses(try Crossing(&fields))
            case .time: .time(try Self.time(&fields))
            case .event: .event(try fields.label("event"), data: fields.value("data"))
            case .mqtt: .mqtt(try Self.topic(&fields), payload: try fields.string("payload"))
            case .availability: try Self.availability(&fields)
            case .webhook: .webhook(try fields.label("webhook"))
            case .model: .model(try fields.label("model"), answer: fields.value("answer"))
            }
        try fields.end()
        self.init(kind, id: id)
    }

    private static func time(_ fields: inout JSONFields) throws(JSONError) -> Trigger.Kind {
        let json = try fields.required("time")
        if let text = json.text {
            guard let moment = DayMoment(text) else {
                throw fields.error("time", "must be a time such as \"07:30\" or \"sunset-30m\", or a trigger as schedules have it")
            }
            return moment.trigger
        }
        let trigger = try Trigger(JSONFields(json, at: fields.name("time")))
        guard trigger.value == nil else { throw fields.error("time.value", "is for schedules: a rule says in 'then' what it does") }
        return trigger.kind
    }

    private static func topic(_ fields: inout JSONFields) throws(JSONError) -> String {
        let topic = try fields.string("mqtt") ?? ""
        guard TopicPattern(topic) != nil else {
            throw fields.error("mqtt", "must be a topic such as \"zigbee2mqtt/+/action\": \"+\" alone for a level, \"#\" alone at the end")
        }
        return topic
    }

    private static func availability(_ fields: inout JSONFields) throws(JSONError) -> Kind {
        let thing = try fields.thing("availability")
        guard let reach: Reach = try fields.choice("to") else { throw fields.error("to", "is missing: online or offline") }
        return .availability(thing, isOnline: reach == .online, lasting: try fields.span("for") ?? .zero)
    }

    /// As plain data.
    public var json: JSON {
        var members = members
        members["id"] = id.map { .string($0) }
        return .object(members)
    }

    private var members: JSON.Members {
        switch kind {
        case .becomes(let becoming): return becoming.members
        case .crosses(let crossing): return crossing.members
        case .time(let kind): return ["time": Self.text(of: kind).map { .string($0) } ?? Trigger(kind).json]
        case .webhook(let name): return ["webhook": .string(name)]
        case .happens(let address, let values):
            var members: JSON.Members = ["happens": .string(address.description)]
            members["is"] = JSON.values(values)
            return members
        case .event(let name, let data):
            var members: JSON.Members = ["event": .string(name)]
            members["data"] = data
            return members
        case .mqtt(let topic, let payload):
            var members: JSON.Members = ["mqtt": .string(topic)]
            members["payload"] = payload.map { .string($0) }
            return members
        case .availability(let thing, let isOnline, let lasting):
            var members: JSON.Members = ["availability": .string(thing.description), "to": isOnline ? "online" : "offline"]
            members["for"] = JSON.span(lasting)
            return members
        case .model(let name, let answer):
            var members: JSON.Members = ["model": .string(name)]
            members["answer"] = answer
            return members
        }
    }

    /// The short form of what every day has; nil for anything else.
    private static func text(of kind: Trigger.Kind) -> String? {
        let moment: DayMoment? =
            switch kind {
            case .weekly(let block): .clock(block.from)
            case .sun(let trigger): .sun(trigger.event, offset: trigger.offset)
            default: nil
            }
        return moment.flatMap { $0.trigger == kind ? $0.description : nil }
    }
}

extension RuleTrigger.Becoming {
    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        self.init(
            try fields.address("becomes"), to: try fields.values("to"), from: try fields.values("from"),
            lasting: try fields.span("for") ?? .zero,
            by: try fields.causes("by"))
        guard lasting == .zero || !to.isEmpty else { throw fields.error("for", "needs 'to': what must stay so") }
    }

    fileprivate var members: JSON.Members {
        var members: JSON.Members = ["becomes": .string(address.description)]
        members["to"] = JSON.values(to)
        members["from"] = JSON.values(from)
        members["for"] = JSON.span(lasting)
        members["by"] = JSON.texts(by.map(\.rawValue))
        return members
    }
}

extension RuleTrigger.Crossing {
    private static let range = -1e15...1e15

    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        self.init(
            try fields.address("crosses"), above: try fields.double("above", in: Self.range),
            below: try fields.double("below", in: Self.range),
            margin: try fields.double("margin", in: 0...1e15) ?? 0, lasting: try fields.span("for") ?? .zero)
        guard above != nil || below != nil else { throw fields.error("above", "is missing, and 'below' too: one must be there") }
        if let above, let below, above >= below { throw fields.error("above", "must be less than 'below': the number is to lie between") }
    }

    fileprivate var members: JSON.Members {
        var members: JSON.Members = ["crosses": .string(address.description)]
        members["above"] = above.map { .number($0) }
        members["below"] = below.map { .number($0) }
        if margin > 0 { members["margin"] = .number(margin) }
        members["for"] = JSON.span(lasting)
        return members
    }
}
