public import LaresThings

extension Rule {
    /// What can't work in it at the moment, in the order of its text; 100 warnings at most.
    ///
    /// - Parameters:
    ///   - property: What a property is; nil when there is none.
    ///   - isThing: Whether there is a thing.
    public func warnings(property: @escaping (PropertyAddress) -> Property?, isThing: @escaping (ThingID) -> Bool) -> [RuleWarning] {
        var checker = RuleChecker(property: property, isThing: isThing)
        checker.check(variables, "variables")
        for (number, trigger) in triggers.enumerated() { checker.check(trigger, "when[\(number)]") }
        checker.check(conditions, "only")
        checker.check(actions, "then")
        return checker.warnings
    }
}

/// Holds a rule against what there is: walks through its triggers, conditions, actions and templates, and notes what can't work.
private struct RuleChecker {
    let property: (PropertyAddress) -> Property?
    let isThing: (ThingID) -> Bool
    private(set) var warnings: [RuleWarning] = []

    /// The most warnings that a rule gets.
    private static let most = 100

    init(property: @escaping (PropertyAddress) -> Property?, isThing: @escaping (ThingID) -> Bool) {
        (self.property, self.isThing) = (property, isThing)
    }

    private mutating func warn(_ place: String, _ key: String, _ arguments: [String: RuleSentence.Argument] = [:]) {
        if warnings.count < Self.most { warnings.append(RuleWarning(place, key, arguments)) }
    }

    /// The property at an address, if there is one.
    private mutating func find(_ address: PropertyAddress, _ place: String) -> Property? {
        if let property = property(address) { return property }
        if isThing(address.thing) {
            warn(place, "warn.property", ["thing": "\(address.thing)", "name": "\(address.property)"])
        } else if let thing = ThingID(address.description), isThing(thing) {
            warn(place, "warn.only_thing", ["thing": "\(thing)"])
        } else {
            warn(place, "warn.thing", ["thing": "\(address.thing)"])
        }
        return nil
    }

    private mutating func find(_ thing: ThingID, _ place: String) {
        if !isThing(thing) { warn(place, "warn.thing", ["thing": "\(thing)"]) }
    }

    private mutating func check(_ value: PropertyValue, of property: Property, at address: PropertyAddress, _ place: String) {
        guard property.kind.objection(to: value) != nil else { return }
        let name: RuleSentence.Argument = "\(address)"
        switch (property.kind, value) {
        case (.number(let range), .number):
            let bounds = range.words
            warn(place, bounds.key, bounds.arguments.merging(["property": name]) { $1 })
        case (.choice(let words), .text): warn(place, "warn.choice", ["property": name, "words": "\(words.joined(separator: ", "))"])
        default: warn(place, property.kind.warning, ["property": name])
        }
    }

    private mutating func check(_ values: [PropertyValue], of property: Property?, at address: PropertyAddress, _ place: String) {
        guard let property else { return }
        for value in values { check(value, of: property, at: address, place) }
    }
}

/// Triggers and conditions.
extension RuleChecker {
    fileprivate mutating func check(_ trigger: RuleTrigger, _ place: String) {
        switch trigger.kind {
        case .becomes(let becoming):
            let property = find(becoming.address, place + ".becomes")
            check(becoming.to, of: property, at: becoming.address, place + ".to")
            check(becoming.from, of: property, at: becoming.address, place + ".from")
        case .happens(let address, let values): check(values, of: find(address, place + ".happens"), at: address, place + ".is")
        case .crosses(let crossing): check(crossing.address, above: crossing.above, below: crossing.below, place, "crosses")
        case .availability(let thing, _, _): find(thing, place + ".availability")
        case .time, .event, .mqtt, .webhook, .model: break
        }
    }

    private mutating func check(_ address: PropertyAddress, above: Double?, below: Double?, _ place: String, _ verb: String) {
        guard let property = find(address, "\(place).\(verb)") else { return }
        guard case .number = property.kind else { return warn("\(place).\(verb)", "warn.no_number", ["property": "\(address)"]) }
        if let above { check(.number(above), of: property, at: address, place + ".above") }
        if let below { check(.number(below), of: property, at: address, place + ".below") }
    }

    fileprivate mutating func check(_ conditions: [RuleCondition], _ place: String) {
        for (number, condition) in conditions.enumerated() { check(condition, "\(place)[\(number)]") }
    }

    private mutating func check(_ condition: RuleCondition, _ place: String) {
        switch condition {
        case .all(let inner): check(inner, place + ".all")
        case .any(let inner): check(inner, place + ".any")
        case .not(let inner): check(inner, place + ".not")
        case .state(let being): check(being.values, of: find(being.address, place + ".state"), at: being.address, place + ".is")
        case .number(let address, let above, let below): check(address, above: above, below: below, place, "number")
        case .known(let address): _ = find(address, place + ".known")
        case .template(let template): check(template, place + ".template")
        case .online(let thing): find(thing, place + ".online")
        case .between, .days, .holidays, .dates, .triggeredBy: break
        }
    }
}

/// Actions.
extension RuleChecker {
    fileprivate mutating func check(_ actions: [RuleAction], _ place: String) {
        for (number, action) in actions.enumerated() { check(action, "\(place)[\(number)]") }
    }

    private mutating func check(_ action: RuleAction, _ place: String) {
        switch action {
        case .set(let setting): for target in setting.values { check(target, "\(place).set.\(target.address)") }
        case .after(_, let actions): check(actions, place + ".then")
        case .waitFor(let triggers, _, _): for (number, trigger) in triggers.enumerated() { check(trigger, "\(place).wait_for[\(number)]") }
        case .choose(let choices, let otherwise):
            for (number, choice) in choices.enumerated() {
                check(choice.only, "\(place).choose[\(number)].only")
                check(choice.then, "\(place).choose[\(number)].then")
            }
            check(otherwise, place + ".else")
        case .repeat(let actions, let loop):
            check(actions, place + ".repeat")
            check(loop, place)
        case .parallel(let blocks): for (number, block) in blocks.enumerated() { check(block, "\(place).parallel[\(number)]") }
        case .only(let conditions): check(conditions, place + ".only")
        case .let(let members): check(members, place + ".let")
        case .notify, .callModel, .callWebhook, .publish, .fire: checkTexts(action, place)
        case .scene, .wait, .stop: break
        }
    }

    private mutating func check(_ loop: RuleAction.Loop, _ place: String) {
        switch loop {
        case .times: break
        case .while(let conditions, _): check(conditions, place + ".while")
        case .until(let conditions, _): check(conditions, place + ".until")
        }
    }

    /// What actions say to people, models and networks.
    private mutating func checkTexts(_ action: RuleAction, _ place: String) {
        switch action {
        case .notify(let note):
            check(note.text, place + ".notify")
            if let title = note.title { check(title, place + ".title") }
        case .callModel(let call): check(call.input, place + ".input")
        case .callWebhook(_, let body?): check(body, place + ".body")
        case .publish(_, let payload, _): check(payload, place + ".payload")
        case .fire(_, let data?): check(data, place + ".data")
        default: break
        }
    }

    private mutating func check(_ target: RuleAction.Setting.Target, _ place: String) {
        check(target.value, place)
        guard let property = find(target.address, place) else { return }
        guard property.isWritable else { return warn(place, "warn.read_only", ["property": "\(target.address)"]) }
        guard target.value.templates.isEmpty, let value = PropertyValue(target.value.json) else { return }
        check(value, of: property, at: target.address, place)
    }

    fileprivate mutating func check(_ members: [RuleMember], _ place: String) {
        for member in members { check(member.value, "\(place).\(member.name)") }
    }

    private mutating func check(_ value: RuleValue, _ place: String) { for template in value.templates { check(template, place) } }

    /// The states that a template asks for: other texts in it may look like addresses and be none, such as 'km/h'.
    private mutating func check(_ template: RuleTemplate, _ place: String) {
        for address in template.addresses where ["'", "\""].contains(where: { template.source.contains("states[\($0)\(address)\($0)]") }) {
            _ = find(address, place)
        }
    }
}

extension PropertyKind {
    /// The key of what is said of a value of another type.
    fileprivate var warning: String {
        switch self {
        case .boolean: "warn.boolean"
        case .number: "warn.number"
        case .choice, .text: "warn.text"
        case .color: "warn.color"
        case .action: "warn.action"
        }
    }
}

extension PropertyKind.NumberRange {
    /// What is said of a number outside.
    fileprivate var words: (key: String, arguments: [String: RuleSentence.Argument]) {
        func text(_ number: Double) -> RuleSentence.Argument { "\(Int(exactly: number).map(String.init) ?? String(number))" }
        return switch (least, greatest) {
        case (let least?, let greatest?): ("warn.range", ["least": text(least), "greatest": text(greatest)])
        case (let least?, nil): ("warn.least", ["least": text(least)])
        case (nil, let greatest?): ("warn.greatest", ["greatest": text(greatest)])
        case (nil, nil): ("warn.number", [:])
        }
    }
}
