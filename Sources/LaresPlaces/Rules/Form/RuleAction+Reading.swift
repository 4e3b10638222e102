internal import LaresJSON
internal import LaresThings

extension RuleAction {
    private enum Verb: String, CaseIterable {
        case set, scene, wait, after, wait_for, choose, `repeat`, parallel, notify, call_model, call_webhook, publish, fire, `let`, only,
            stop
    }

    init(_ fields: JSONFields, depth: Int = Rule.depth) throws(JSONError) {
        var fields = fields
        guard depth > 0 else { throw JSONError(message: "'\(fields.place)' is nested more than \(Rule.depth) levels deep") }
        switch try fields.verb(Verb.self) {
        case .set: self = .set(try Setting(&fields))
        case .scene: self = .scene(try fields.label("scene"))
        case .wait: self = .wait(try fields.span("wait") ?? .zero)
        case .after: self = .after(try fields.span("after") ?? .zero, try fields.actions("then", depth: depth - 1))
        case .wait_for: self = try Self.waitFor(&fields)
        case .choose: self = try Self.choose(&fields, depth: depth - 1)
        case .repeat: self = .repeat(try fields.actions("repeat", depth: depth - 1), try Loop(&fields))
        case .parallel: self = try Self.parallel(&fields, depth: depth - 1)
        case .notify:
            let (text, title, to) = (try fields.asked("notify"), try fields.ruleValue("title"), try fields.optionalLabel("to"))
            self = .notify(Note(text, title: title, to: to, isUrgent: try fields.bool("urgent") ?? false))
        case .call_model: self = .callModel(try ModelCall(&fields))
        case .call_webhook: self = .callWebhook(try Self.url(&fields), body: try fields.ruleValue("body"))
        case .publish: self = try Self.publish(&fields)
        case .fire: self = .fire(try fields.label("fire"), data: try fields.ruleValue("data"))
        case .let: self = .let(try fields.members("let"))
        case .only: self = .only(try fields.conditions("only"))
        case .stop: self = .stop(try fields.label("stop"))
        }
        try fields.end()
    }

    private static func waitFor(_ fields: inout JSONFields) throws(JSONError) -> RuleAction {
        var triggers: [RuleTrigger] = []
        for object in try fields.list("wait_for", most: 16) { triggers.append(try RuleTrigger(object)) }
        guard !triggers.isEmpty else { throw fields.error("wait_for", "must have a trigger") }
        guard let timeout = try fields.span("timeout") else {
            throw fields.error("timeout", "is missing: how long to wait, such as \"10m\"")
        }
        return .waitFor(triggers, timeout: timeout, goesOn: try fields.goesOn())
    }

    private static func choose(_ fields: inout JSONFields, depth: Int) throws(JSONError) -> RuleAction {
        var choices: [Choice] = []
        for object in try fields.list("choose", most: 32) {
            var inner = object
            choices.append(Choice(only: try inner.conditions("only"), then: try inner.actions("then", depth: depth)))
            try inner.end()
        }
        return .choose(choices, otherwise: try fields.actions("else", depth: depth, isNeeded: false))
    }

    private static func parallel(_ fields: inout JSONFields, depth: Int) throws(JSONError) -> RuleAction {
        let elements = try fields.array("parallel") ?? []
        guard (1...16).contains(elements.count) else { throw fields.error("parallel", "must have 1 to 16 lists of actions") }
        var blocks: [[RuleAction]] = []
        for (place, element) in elements.enumerated() {
            let name = fields.name("parallel[\(place)]")
            var block: [RuleAction] = []
            for (number, object) in (element.elements ?? [element]).enumerated() {
                block.append(try RuleAction(JSONFields(object, at: element.elements == nil ? name : "\(name)[\(number)]"), depth: depth))
            }
            blocks.append(block)
        }
        return .parallel(blocks)
    }

    private static func url(_ fields: inout JSONFields) throws(JSONError) -> String {
        let url = try fields.string("call_webhook") ?? ""
        guard url.hasPrefix("https://") || url.hasPrefix("http://"), url.utf8.count <= 2000, !url.contains(where: \.isWhitespace) else {
            throw fields.error("call_webhook", "must be an address that begins with https:// or http://")
        }
        return url
    }

    private static func publish(_ fields: inout JSONFields) throws(JSONError) -> RuleAction {
        let topic = try fields.string("publish") ?? ""
        guard TopicPattern(topic)?.isPlain == true, !topic.hasPrefix("$") else {
            throw fields.error("publish", "must be a topic without wildcards that doesn't begin with \"$\"")
        }
        return .publish(topic, payload: try fields.asked("payload"), isRetained: try fields.bool("retain") ?? false)
    }
}

extension JSONFields {
    mutating func actions(_ key: String, depth: Int = Rule.depth, isNeeded: Bool = true) throws(JSONError) -> [RuleAction] {
        guard depth > 0 || value(key) == nil else { throw error(key, "is nested more than \(Rule.depth) levels deep") }
        var actions: [RuleAction] = []
        for object in try list(key) { actions.append(try RuleAction(object, depth: depth)) }
        guard !actions.isEmpty || !isNeeded else { throw error(key, "must have an action") }
        return actions
    }

    fileprivate mutating func asked(_ key: String) throws(JSONError) -> RuleValue {
        guard let value = try ruleValue(key) else { throw error(key, "is missing") }
        return value
    }

    fileprivate mutating func goesOn() throws(JSONError) -> Bool {
        let late: RuleAction.Late? = try choice("on_timeout")
        return late == .goOn
    }
}

extension RuleAction {
    enum Late: String, CaseIterable {
        case stop
        case goOn = "go_on"
    }
}

extension RuleAction.Setting {
    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        guard case .object(let members) = try fields.required("set"), (1...64).contains(members.count) else {
            throw fields.error("set", "must be an object of 1 to 64 properties and their values, such as {\"hall/lamp/on\": true}")
        }
        var values: [Target] = []
        for (key, value) in members {
            let place = "set.\(key.prefix(200))"
            guard let address = PropertyAddress(key), !values.contains(where: { $0.address == address }) else {
                throw fields.error(place, "must be the address of a property, such as \"hall/lamp/on\", once")
            }
            let ruleValue = try fields.ruleValue(value, place)
            guard !ruleValue.templates.isEmpty || PropertyValue(ruleValue.json) != nil else {
                throw fields.error(place, "must be a value such as true, 21.5 or \"heat\", or a template")
            }
            values.append(Target(address, ruleValue))
        }
        self.init(values, confirmation: try fields.span("confirm"))
    }
}

extension RuleAction.Loop {
    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        let times = try fields.int("times", in: Self.allowed)
        let (hold, end) = (try fields.conditions("while"), try fields.conditions("until"))
        let most = try fields.int("most", in: Self.allowed)
        switch (times, hold.isEmpty, end.isEmpty) {
        case (let times?, true, true):
            guard most == nil else { throw fields.error("most", "is for 'while' and 'until'") }
            self = .times(times)
        case (nil, false, true): self = .while(hold, most: most ?? Self.usual)
        case (nil, true, false): self = .until(end, most: most ?? Self.usual)
        default: throw fields.error("times", "or 'while' or 'until' must be there, one of them")
        }
    }
}

extension RuleAction.ModelCall {
    fileprivate init(_ fields: inout JSONFields) throws(JSONError) {
        let into = try fields.string("into") ?? "answer"
        guard Slug.isProperty(into) else { throw fields.error("into", "must be a variable's name such as \"answer\"") }
        self.init(
            try fields.label("call_model"), input: try fields.asked("input"), into: into,
            timeout: try fields.span("timeout") ?? .seconds(30),
            goesOn: try fields.goesOn())
    }
}
