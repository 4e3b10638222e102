import Foundation
import LaresJSON
import LaresPlaces
import LaresThings

extension RuleWarning {
    /// What can't work and where, in a reader's words.
    func json(_ language: Language) -> JSON {
        ["place": .string(place), "message": .string(sentence.text(language == .chinese ? .chinese : .english))]
    }
}

extension RuleTrace {
    /// Why a rule acted or didn't, in a reader's words.
    func json(_ language: Language) -> JSON {
        let catalogue: RuleCatalogue = language == .chinese ? .chinese : .english
        return [
            "time": .double(date.timeIntervalSince1970), "outcome": .string(outcome.rawValue),
            "sentence": .string(sentence.text(catalogue)),
            "because": .string(occasion.sentence.text(catalogue)), "count": .int(count),
            "ended": endedAt.map { .double($0.timeIntervalSince1970) } ?? .null,
            "seen": .array(seen.map { ["property": .string($0.address.description), "value": $0.value?.json ?? .null] }),
            "steps": .array(steps.map { ["time": .double($0.date.timeIntervalSince1970), "what": .string($0.what.text(catalogue))] }),
        ]
    }
}

extension RuleEffect.Kind {
    /// What a rule does.
    var json: JSON {
        switch self {
        case .set(let command):
            var values = JSON.Members()
            for (name, value) in command.values.sorted(by: { $0.key < $1.key }) { values.append("\(command.thing)/\(name)", value.json) }
            return ["set": .object(values)]
        case .scene(let name): return ["scene": .string(name)]
        case .notify(let text, let title, let recipient, _):
            return ["notify": .string(text), "title": title.map { .string($0) } ?? .null, "to": recipient.map { .string($0) } ?? .null]
        case .callModel(let model, let input): return ["model": .string(model), "input": input]
        case .callWebhook(let address, let body): return ["webhook": .string(address), "body": body ?? .null]
        case .publish(let topic, let payload, let isRetained):
            return ["publish": .string(topic), "payload": .string(payload), "retain": .bool(isRetained)]
        case .fire(let name, let data): return ["fire": .string(name), "data": data ?? .null]
        }
    }
}

extension Blueprint {
    /// What it is called and what it asks for, in a reader's words.
    func json(_ language: Language) -> JSON {
        func word(_ texts: [String: String]) -> JSON { .string(texts[language == .chinese ? "zh" : "en"] ?? texts["en"] ?? "") }
        return [
            "id": .string(id), "name": word(names),
            "inputs": .array(
                inputs.map { input in
                    [
                        "name": .string(input.name), "label": word(input.labels), "kind": .string(input.kind.word),
                        "list": .bool(input.isList),
                        "optional": .bool(input.isOptional), "default": input.usual ?? .null,
                    ]
                }),
        ]
    }
}

extension Blueprint.Kind {
    fileprivate var word: String {
        switch self {
        case .property: "property"
        case .thing: "thing"
        case .number: "number"
        case .span: "duration"
        case .moment: "moment"
        case .text: "text"
        case .value: "value"
        }
    }
}
