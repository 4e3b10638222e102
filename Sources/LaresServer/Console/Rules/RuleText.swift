import LaresJSON
import LaresPlaces
import LaresThings

/// A rule as one sentence: "When Motion sensor (Hall) becomes Motion: Hall light on, wait until …"
struct RuleText {
    let home: Home
    let said: ThingWords
    /// Names that several things have.
    private let shared: Set<String>

    init(home: Home, said: ThingWords) {
        var seen: Set<String> = []
        (self.home, self.said) = (home, said)
        shared = Set(home.things().map(\.thing.name).filter { !seen.insert($0).inserted })
    }

    var words: Words { said.words }

    func sentence(_ rule: Rule) -> String {
        let triggers = any(rule.triggers)
        let actions = rule.actions.prefix(3).map(action).filter { !$0.isEmpty }.joined(separator: words("list.comma"))
        let more = rule.actions.count > 3 ? words("rule.more") : ""
        return words(
            rule.conditions.isEmpty ? "rule.sentence" : "rule.sentence.if",
            ["when": triggers, "then": actions + more, "if": conditions(rule.conditions)])
    }

    /// What a thing is called; with its room where another is called so too.
    func name(_ thing: Thing) -> String {
        let name = said.name(thing)
        guard let area = thing.area, shared.contains(thing.name) else { return name }
        let room = home.areas().first { $0.id == area }.map { words.language.pick($0.names, or: $0.name) } ?? area.description
        return words("rule.in", ["thing": name, "room": room.printable])
    }

    func name(_ id: ThingID) -> String { home.thing(id).map { name($0.thing) } ?? id.description }

    /// "Air conditioner, Temperature"; the thing alone where its property says no more: a door is open, a lamp on.
    func name(_ address: PropertyAddress) -> String {
        guard let view = home.thing(address.thing), let property = view.thing.property(address.property) else { return address.description }
        if property.kind == .boolean, property.role == .primary, property.quantity != nil || property.name == "on" {
            return name(view.thing)
        }
        return words("rule.of", ["property": said.label(property), "thing": name(view.thing)])
    }

    func value(_ value: PropertyValue, of address: PropertyAddress) -> String {
        home.property(address).map { said.value(value, of: $0) } ?? value.json.serialized
    }

    func any(_ triggers: [RuleTrigger]) -> String { triggers.map(trigger).joined(separator: words("rule.or")) }

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
        case .time(let kind): time(kind)
        case .event(let name, _): words("rule.event", ["name": name.printable])
        case .mqtt(let topic, _): words("rule.message", ["name": topic.printable])
        case .availability(let thing, let isOnline, _):
            words(isOnline ? "rule.online" : "rule.offline", ["what": name(thing)])
        case .webhook(let name): words("rule.hook", ["name": name.printable])
        case .model(let name, _): words("rule.answers", ["name": name.printable])
        }
    }

    private func first(_ actions: [RuleAction], _ count: Int = 2) -> String {
        actions.prefix(count).map(action).filter { !$0.isEmpty }.joined(separator: words("list.comma"))
            + (actions.count > count ? words("rule.more") : "")
    }

    private func action(_ action: RuleAction) -> String {
        switch action {
        case .set: settings(action)
        case .scene(let name): words("rule.scene", ["name": name.printable])
        case .wait(let span): words("rule.wait", ["time": span.description])
        case .after(let span, let actions): words("rule.after", ["time": span.description, "then": first(actions)])
        case .waitFor(let triggers, _, _): words("rule.waitFor", ["when": any(triggers)])
        case .choose(let choices, let otherwise):
            (choices.map(\.then) + [otherwise]).filter { !$0.isEmpty }.map { first($0) }.joined(separator: words("rule.or"))
        case .repeat(let actions, _): words("rule.repeat", ["then": first(actions)])
        case .parallel(let branches): branches.map { first($0, 1) }.joined(separator: words("list.comma"))
        case .notify: words("rule.notify")
        case .callModel(let call): words("rule.asks", ["name": call.model.printable])
        case .callWebhook(let address, _): words("rule.calls", ["name": address.printable])
        case .publish(let topic, _, _): words("rule.publishesOn", ["name": topic.printable])
        case .fire(let name, _): words("rule.fires", ["name": name.printable])
        case .only(let conditions): words("rule.goesOn", ["if": self.conditions(conditions)])
        case .stop: words("rule.stops")
        case .let: ""
        }
    }

    /// What it would have done, as a replay tells it.
    func deed(_ kind: RuleEffect.Kind) -> String {
        switch kind {
        case .set(let command):
            command.values.sorted { $0.key < $1.key }.map { name, value in
                let address = PropertyAddress(command.thing, name)
                return setting(address, value)
            }.joined(separator: words("list.comma"))
        case .scene(let name): words("rule.scene", ["name": name.printable])
        case .notify(let text, _, _, _): words("rule.tells", ["text": text.printable])
        case .callModel(let name, _): words("rule.asks", ["name": name.printable])
        case .callWebhook(let address, _): words("rule.calls", ["name": address.printable])
        case .publish(let topic, let payload, _): words("rule.publishes", ["name": topic.printable, "text": payload.printable])
        case .fire(let name, _): words("rule.fires", ["name": name.printable])
        }
    }

    /// "Lamp on", "Lamp, Brightness to 40%".
    private func setting(_ address: PropertyAddress, _ value: PropertyValue) -> String {
        if case .boolean(let flag) = value, let view = home.thing(address.thing), view.thing.property(address.property)?.name == "on" {
            return words(flag ? "rule.switches.on" : "rule.switches.off", ["what": name(view.thing)])
        }
        return words("rule.to", ["what": name(address), "value": self.value(value, of: address).printable])
    }

    /// What a rule sets, in words where the values are plain.
    private func settings(_ action: RuleAction) -> String {
        guard case .object(let members)? = action.json["set"] else { return "" }
        return members.prefix(3).map { key, json in
            guard let address = PropertyAddress(key) else { return key.printable }
            if let value = PropertyValue(json) { return setting(address, value) }
            return words("rule.to", ["what": name(address), "value": json.serialized.printable])
        }.joined(separator: words("list.comma"))
    }
}

extension RuleText: RuleReading {
    func property(_ address: String) -> String { PropertyAddress(address).map(name) ?? address }

    func thing(_ id: String) -> String { ThingID(id).map(name) ?? id }

    func value(_ text: String, of address: String) -> String {
        guard let address = PropertyAddress(address) else { return text }
        let value = (try? JSON(parsing: Array(text.utf8))).flatMap { PropertyValue($0) } ?? .text(text)
        return self.value(value, of: address)
    }
}
