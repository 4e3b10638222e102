internal import LaresThings

/// What a replay of a rule needs of the record, and what no record has.
struct RuleSurvey {
    /// The properties that it looks at, and where they stand first in its text; nil: only in a template, where a text may look like one.
    private(set) var addresses: [(address: PropertyAddress, place: String?)] = []
    /// The things of which it matters whether they can be reached, and where they stand first.
    private(set) var things: [(thing: ThingID, place: String)] = []
    /// What can't be replayed, whatever was recorded.
    private(set) var gaps: [RuleWarning] = []

    init(_ rule: Rule) {
        for member in rule.variables { take(member.value) }
        for (number, trigger) in rule.triggers.enumerated() { take(trigger, "when[\(number)]") }
        take(rule.conditions, "only")
        take(rule.actions, "then")
    }

    private mutating func take(_ address: PropertyAddress, _ place: String?) {
        if let known = addresses.firstIndex(where: { $0.address == address }) {
            addresses[known].place = addresses[known].place ?? place
        } else {
            addresses.append((address, place))
        }
    }

    private mutating func take(_ thing: ThingID, _ place: String) {
        if !things.contains(where: { $0.thing == thing }) { things.append((thing, place)) }
    }

    private mutating func take(_ value: RuleValue?) {
        for template in value?.templates ?? [] { for address in template.addresses { take(address, nil) } }
    }
}

/// Triggers and conditions.
extension RuleSurvey {
    private mutating func take(_ trigger: RuleTrigger, _ place: String) {
        switch trigger.kind {
        case .becomes(let becoming): take(becoming.address, place + ".becomes")
        case .happens(let address, _): take(address, place + ".happens")
        case .crosses(let crossing): take(crossing.address, place + ".crosses")
        case .availability(let thing, _, _): take(thing, place + ".availability")
        case .time: break
        case .event(let name, _): miss(place + ".event", "replay.event", name)
        case .mqtt(let topic, _): miss(place + ".mqtt", "replay.mqtt", topic)
        case .webhook(let name): miss(place + ".webhook", "replay.webhook", name)
        case .model(let name, _): miss(place + ".model", "replay.answers", name)
        }
    }

    private mutating func miss(_ place: String, _ key: String, _ name: String) {
        gaps.append(RuleWarning(place, key, ["name": .text(name)]))
    }

    private mutating func take(_ conditions: [RuleCondition], _ place: String) {
        for (number, condition) in conditions.enumerated() { take(condition, "\(place)[\(number)]") }
    }

    private mutating func take(_ condition: RuleCondition, _ place: String) {
        switch condition {
        case .all(let inner): take(inner, place + ".all")
        case .any(let inner): take(inner, place + ".any")
        case .not(let inner): take(inner, place + ".not")
        case .state(let being): take(being.address, place + ".state")
        case .number(let address, _, _): take(address, place + ".number")
        case .known(let address): take(address, place + ".known")
        case .template(let template): for address in template.addresses { take(address, nil) }
        case .online(let thing): take(thing, place + ".online")
        case .between, .days, .holidays, .dates, .triggeredBy: break
        }
    }
}

/// Actions.
extension RuleSurvey {
    private mutating func take(_ actions: [RuleAction], _ place: String) {
        for (number, action) in actions.enumerated() { take(action, "\(place)[\(number)]") }
    }

    private mutating func take(_ action: RuleAction, _ place: String) {
        switch action {
        case .set(let setting): for target in setting.values { take(target.value) }
        case .after(_, let actions): take(actions, place + ".then")
        case .waitFor(let triggers, _, _):
            for (number, trigger) in triggers.enumerated() { take(trigger, "\(place).wait_for[\(number)]") }
        case .choose(let choices, let otherwise):
            for (number, choice) in choices.enumerated() {
                take(choice.only, "\(place).choose[\(number)].only")
                take(choice.then, "\(place).choose[\(number)].then")
            }
            take(otherwise, place + ".else")
        case .repeat(let actions, let loop):
            take(actions, place + ".repeat")
            switch loop {
            case .times: break
            case .while(let conditions, _): take(conditions, place + ".while")
            case .until(let conditions, _): take(conditions, place + ".until")
            }
        case .parallel(let blocks): for (number, block) in blocks.enumerated() { take(block, "\(place).parallel[\(number)]") }
        case .only(let conditions): take(conditions, place + ".only")
        case .let(let members): for member in members { take(member.value) }
        case .callModel(let call):
            miss(place + ".call_model", "replay.model", call.model)
            take(call.input)
        case .notify, .callWebhook, .publish, .fire: takeTexts(of: action)
        case .scene, .wait, .stop: break
        }
    }

    private mutating func takeTexts(of action: RuleAction) {
        switch action {
        case .notify(let note):
            take(note.text)
            take(note.title)
        case .callWebhook(_, let body): take(body)
        case .publish(_, let payload, _): take(payload)
        case .fire(_, let data): take(data)
        default: break
        }
    }
}
