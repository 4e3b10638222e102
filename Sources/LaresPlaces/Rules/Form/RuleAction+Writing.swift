public import LaresJSON
internal import LaresThings

extension RuleAction {
    /// As plain data.
    public var json: JSON { .object(members) }

    private var members: JSON.Members {
        switch self {
        case .set(let setting): setting.members
        case .scene(let name): ["scene": .string(name)]
        case .wait(let span): ["wait": .string(span.description)]
        case .after(let span, let actions): ["after": .string(span.description), "then": Self.list(actions)]
        case .waitFor(let triggers, let timeout, let goesOn): Self.waitFor(triggers, timeout, goesOn)
        case .choose(let choices, let otherwise): Self.choose(choices, otherwise)
        case .repeat(let actions, let loop): loop.members(Self.list(actions))
        case .parallel(let blocks): ["parallel": .array(blocks.map(Self.list))]
        case .notify(let note): note.members
        case .callModel(let call): call.members
        case .callWebhook(let url, let body): Self.with(["call_webhook": .string(url)], "body", body)
        case .publish(let topic, let payload, let isRetained): Self.publish(topic, payload, isRetained)
        case .fire(let name, let data): Self.with(["fire": .string(name)], "data", data)
        case .let(let members): ["let": JSON.members(members)]
        case .only(let conditions): ["only": .array(conditions.map(\.json))]
        case .stop(let reason): ["stop": .string(reason)]
        }
    }

    fileprivate static func list(_ actions: [RuleAction]) -> JSON { .array(actions.map(\.json)) }

    private static func with(_ members: JSON.Members, _ key: String, _ value: RuleValue?) -> JSON.Members {
        var members = members
        members[key] = value?.json
        return members
    }

    private static func waitFor(_ triggers: [RuleTrigger], _ timeout: TimeSpan, _ goesOn: Bool) -> JSON.Members {
        var members: JSON.Members = ["wait_for": .array(triggers.map(\.json)), "timeout": .string(timeout.description)]
        if goesOn { members["on_timeout"] = .string(Late.goOn.rawValue) }
        return members
    }

    private static func choose(_ choices: [Choice], _ otherwise: [RuleAction]) -> JSON.Members {
        var members: JSON.Members = [
            "choose": .array(choices.map { ["only": .array($0.only.map(\.json)), "then": list($0.then)] })
        ]
        if !otherwise.isEmpty { members["else"] = list(otherwise) }
        return members
    }

    private static func publish(_ topic: String, _ payload: RuleValue, _ isRetained: Bool) -> JSON.Members {
        var members: JSON.Members = ["publish": .string(topic), "payload": payload.json]
        if isRetained { members["retain"] = true }
        return members
    }
}

extension RuleAction.Setting {
    fileprivate var members: JSON.Members {
        var object = JSON.Members()
        for target in values { object.append(target.address.description, target.value.json) }
        var members: JSON.Members = ["set": .object(object)]
        members["confirm"] = confirmation.map { .string($0.description) }
        return members
    }
}

extension RuleAction.Loop {
    fileprivate func members(_ actions: JSON) -> JSON.Members {
        switch self {
        case .times(let times): return ["repeat": actions, "times": .int(times)]
        case .while(let conditions, let most):
            return ["repeat": actions, "while": .array(conditions.map(\.json)), "most": .int(most)]
        case .until(let conditions, let most):
            return ["repeat": actions, "until": .array(conditions.map(\.json)), "most": .int(most)]
        }
    }
}

extension RuleAction.Note {
    fileprivate var members: JSON.Members {
        var members: JSON.Members = ["notify": text.json]
        members["title"] = title?.json
        members["to"] = to.map { .string($0) }
        if isUrgent { members["urgent"] = true }
        return members
    }
}

extension RuleAction.ModelCall {
    fileprivate var members: JSON.Members {
        var members: JSON.Members = [
            "call_model": .string(model), "input": input.json, "into": .string(into), "timeout": .string(timeout.description),
        ]
        if goesOn { members["on_timeout"] = .string(RuleAction.Late.goOn.rawValue) }
        return members
    }
}
