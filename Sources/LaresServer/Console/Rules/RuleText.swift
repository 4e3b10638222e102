import LaresJSON
import LaresPlaces
import LaresThings

/// A rule as one sentence: "When motion of Hall motion becomes Motion: On of Lamp to On."
struct RuleText {
    let home: Home
    let said: ThingWords

    private var words: Words { said.words }

    func sentence(_ rule: Rule) -> String {
        let triggers = rule.triggers.map(trigger).joined(separator: words("rule.or"))
        let actions = rule.actions.prefix(3).map(action).joined(separator: words("list.comma"))
        let more = rule.actions.count > 3 ? words("rule.more") : ""
        let key =
            switch rule.conditions.count {
            case 0: "rule.sentence"
            case 1: "rule.sentence.if.one"
            default: "rule.sentence.if"
            }
        return words(key, ["when": triggers, "then": actions + more, "n": "\(rule.conditions.count)"])
    }

    private func name(_ address: PropertyAddress) -> String {
        guard let view = home.thing(address.thing), let property = view.thing.property(address.property) else { return address.description }
        return words("rule.of", ["property": said.label(property), "thing": said.name(view.thing)])
    }

    private func value(_ value: PropertyValue, of address: PropertyAddress) -> String {
        home.property(address).map { said.value(value, of: $0) } ?? value.json.serialized
    }

    private func trigger(_ trigger: RuleTrigger) -> String {
        switch trigger.kind {
        case .becomes(let becoming) where !becoming.to.isEmpty:
            words(
                "rule.becomes",
                [
                    "what": name(becoming.address),
                    "value": becoming.to.map { value($0, of: becoming.address) }.joined(separator: words("rule.or")),
                ])
        case .becomes(let becoming): words("rule.changes", ["what": name(becoming.address)])
        case .happens(let address, _): words("rule.happens", ["what": name(address)])
        case .crosses(let crossing):
            if let above = crossing.above {
                words("rule.above", ["what": name(crossing.address), "value": value(.number(above), of: crossing.address)])
            } else {
                words("rule.below", ["what": name(crossing.address), "value": value(.number(crossing.below ?? 0), of: crossing.address)])
            }
        case .time: words("rule.time")
        case .event(let name, _): words("rule.event", ["name": name.printable])
        case .mqtt(let topic, _): words("rule.message", ["name": topic.printable])
        case .availability(let thing, let isOnline, _):
            words(isOnline ? "rule.online" : "rule.offline", ["what": home.thing(thing).map { said.name($0.thing) } ?? thing.description])
        case .webhook(let name): words("rule.hook", ["name": name.printable])
        case .model(let name, _): words("rule.answers", ["name": name.printable])
        }
    }

    private func action(_ action: RuleAction) -> String {
        switch action {
        case .set: words("rule.set", ["what": settings(action)])
        case .scene(let name): words("rule.scene", ["name": name.printable])
        case .wait(let span): words("rule.wait", ["time": span.description])
        case .after(let span, let actions):
            words(
                "rule.after", ["time": span.description, "then": actions.prefix(2).map(self.action).joined(separator: words("list.comma"))])
        case .notify: words("rule.notify")
        case .callModel: words("rule.model")
        default: words("rule.other")
        }
    }

    /// What it would have done, as a replay tells it.
    func deed(_ kind: RuleEffect.Kind) -> String {
        switch kind {
        case .set(let command):
            command.values.sorted { $0.key < $1.key }.map { name, value in
                let address = PropertyAddress(command.thing, name)
                return words("rule.to", ["what": self.name(address), "value": self.value(value, of: address)])
            }.joined(separator: words("list.comma"))
        case .scene(let name): words("rule.scene", ["name": name.printable])
        case .notify(let text, _, _, _): words("rule.tells", ["text": text.printable])
        case .callModel(let name, _): words("rule.asks", ["name": name.printable])
        case .callWebhook(let address, _): words("rule.calls", ["name": address.printable])
        case .publish(let topic, let payload, _): words("rule.publishes", ["name": topic.printable, "text": payload.printable])
        case .fire(let name, _): words("rule.fires", ["name": name.printable])
        }
    }

    /// "hall/lamp/on: true" as the rule's form has it, in words where the values are plain.
    private func settings(_ action: RuleAction) -> String {
        guard case .object(let members)? = action.json["set"] else { return "" }
        return members.prefix(3).map { key, json in
            let address = PropertyAddress(key)
            let value = address.flatMap { address in PropertyValue(json).map { self.value($0, of: address) } } ?? json.serialized
            return words("rule.to", ["what": address.map(name) ?? key, "value": value.printable])
        }.joined(separator: words("list.comma"))
    }
}
