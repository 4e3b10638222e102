internal import LaresJSON
internal import LaresThings

/// Doing what rules want.
extension Automations {
    func perform(_ effect: RuleEffect) async {
        let outcome: RuleEffect.Outcome
        do { outcome = try await done(effect) } catch { outcome = .failed("\(error)") }
        take(.completed(effect.id, outcome))
    }

    private func done(_ effect: RuleEffect) async throws -> RuleEffect.Outcome {
        switch effect.kind {
        case .set(let command): try await carryOut(command, effect)
        case .notify(let text, let title, let recipient, let isUrgent):
            let notice = Notice(date: clock.now, text: text, title: title, recipient: recipient, rule: effect.rule.description)
            if let outbox { try outbox.post(notice, isUrgent: isUrgent) } else { try store.add(notice) }
        case .callModel(let model, let input):
            guard let ask else { throw RuleError(.badRule, "no model can be asked here") }
            return .answered(try await ask(model, input))
        case .publish(let topic, let payload, let isRetained):
            guard isTrusted(effect) else {
                throw ThingsError(
                    .needsConfirmation,
                    "this rule may not publish on '\(topic)', where a lock may listen; save it again with \"trusted\": true")
            }
            try await home.publish(MQTTMessage(topic, payload, quality: .atLeastOnce, isRetained: isRetained))
        case .fire(let name, let data): take(.fired(name, data: data, by: effect.cause, isDoubted: effect.isDoubted))
        case .scene(let name): try await apply(name, effect)
        case .callWebhook(let address, let body):
            guard let outbox else { throw RuleError(.badRule, "'\(address)' isn't called: this Lares calls no addresses") }
            try outbox.call(address, body: body, for: effect.rule, isTrusted: isTrusted(effect))
        }
        return .done
    }

    /// Has all things of a scene be as it says; the first that can't is told when the others are done.
    private func apply(_ name: String, _ effect: RuleEffect) async throws {
        guard let scenes, let scene = try scenes.find(name) else { throw RuleError(.badRule, "there is no scene '\(name)'") }
        let commands = scenes.commands(scene, by: Cause(.rule, name: effect.rule.description))
        let trouble = await withTaskGroup(of: (any Error)?.self) { group in
            for command in commands { group.addTask { await self.trouble(with: command, effect) } }
            var first: (any Error)?
            for await trouble in group { first = first ?? trouble }
            return first
        }
        if let trouble { throw trouble }
    }

    private func trouble(with command: ThingCommand, _ effect: RuleEffect) async -> (any Error)? {
        do { try await carryOut(command, effect) } catch { return error }
        return nil
    }

    /// A rule is trusted with what it does by itself, or for somebody who could start it.
    private func isTrusted(_ effect: RuleEffect) -> Bool { trusted.contains(effect.rule) && !effect.isDoubted }

    /// What is dangerous is done only by a rule of which a person said that it may.
    private func carryOut(_ command: ThingCommand, _ effect: RuleEffect) async throws {
        let isTrusted = isTrusted(effect)
        if let permit {
            try permit(effect.rule, command, isTrusted)
        } else if let hazard = home.dangers(of: command).first?.hazard, !isTrusted {
            throw ThingsError(
                .needsConfirmation, "'\(command.thing)': this rule may not do what \(hazard.rawValue); save it again with \"trusted\": true"
            )
        }
        let outcome = try await home.carryOut(command)
        if outcome == .superseded { throw ThingsError(.noAnswer, "'\(command.thing)' was asked for something else meanwhile") }
    }
}
