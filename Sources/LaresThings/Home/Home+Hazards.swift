internal import Synchronization

/// What a person must want, by what things are and by what their owners say of them.
extension Home {
    /// All that a command would do that a person must want, and by which properties.
    public func dangers(of command: ThingCommand) -> [(property: Property, hazard: Hazard)] {
        state.withLock { $0.dangers(of: command) }
    }
}

extension Home.State {
    /// What a command would do that a person must want, by the things that it comes to in the end.
    func dangers(of command: ThingCommand) -> [(property: Property, hazard: Hazard)] {
        judgedThings(of: command).flatMap { thing in
            command.values.sorted { $0.key < $1.key }.compactMap { name, value in
                guard let property = thing.property(name), let hazard = property.hazard(of: value) else { return nil }
                return (property, hazard)
            }
        }
    }

    /// Whether a command sets what may be dangerous, to whatever value: done twice, it may do harm.
    func setsDangerous(_ command: ThingCommand) -> Bool {
        judgedThings(of: command).contains { thing in command.values.keys.contains { thing.property($0)?.hazard != nil } }
    }

    private func judgedThings(of command: ThingCommand) -> [Thing] {
        guard let group = model.byGroup[command.thing] else { return model.thing(command.thing).map { [judged($0)] } ?? [] }
        let members = group.members.compactMap { model.thing($0).map(judged) }
        guard wordings[group.id]?.hazards.isEmpty == false, var whole = model.thing(group.id) else { return members }
        // What its things are dangerous by, they say themselves.
        for place in whole.properties.indices { whole.properties[place].hazard = nil }
        return members + [judged(whole)]
    }

    /// A thing with what its owner says of dangers.
    func judged(_ thing: Thing) -> Thing {
        guard let said = wordings[thing.id]?.hazards, !said.isEmpty else { return thing }
        var judged = thing
        let names = Set(thing.properties.map(\.name))
        for (place, property) in thing.properties.enumerated() {
            if let hazard = said[property.name] {
                judged.properties[place].hazard = hazard
            } else if !names.contains(property.base), let hazard = said[property.base] {
                // What an import says of "on" is meant of every switch that is called otherwise.
                judged.properties[place].hazard = hazard
            }
        }
        return judged
    }

    /// What an owner says of a thing, its dangers by the names of properties. What was said before of properties that are gone may stay.
    func resolved(_ wording: Wording, of thing: Thing) throws(ThingsError) -> Wording {
        var resolved = wording
        resolved.hazards = [:]
        for (name, hazard) in wording.hazards.sorted(by: { $0.key < $1.key }) {
            let property = thing.property(name)
            guard property != nil || wordings[thing.id]?.hazards[name] != nil else {
                throw ThingsError(
                    .unknown, "'\(thing.id)' has no property '\(name.prefix(60))' that could be dangerous; \(thing.settable)")
            }
            let key = property?.name ?? name
            guard resolved.hazards[key] == nil else {
                throw ThingsError(.badValue, "the hazard of '\(thing.id)/\(key)' is said twice: name it once")
            }
            resolved.hazards.updateValue(hazard, forKey: key)
        }
        return resolved
    }
}
