import LaresThings

/// What can be made to happen on a tile, and chosen.
extension Tile {
    /// What a thing does at a press, as far as no other control on its tile does it.
    var actions: [Property] {
        guard power == nil, level == nil, property("locked") == nil else { return [] }
        let all = thing.properties.filter { $0.kind == .action && $0.isWritable && $0.role == .primary && Self.everyday.contains($0.base) }
        return Array(all.prefix(Self.most))
    }

    /// An alarm that is set off and software that is replaced are for the thing's page.
    private static let everyday: Set = [
        "open", "stop", "close", "start", "pause", "return_home", "locate", "clean_spot", "press", "apply",
    ]
    private static let most = 6

    /// The buttons of the template `tile`.
    var acts: [[String: Any]] {
        actions.map { action in
            let act = said.act(action)
            return [
                "property": action.name, "word": act, "label": words("tile.act", ["name": said.name(thing), "act": act]),
            ]
        }
    }

    /// What is chosen on the tile: whether a guard is set, or the one thing there is to choose.
    var choice: Property? {
        guard power == nil, level == nil, target == nil, property("locked") == nil else { return nil }
        return thing.properties.first { property in
            guard case .choice = property.kind, property.isWritable, property.role == .primary else { return false }
            return property.base == "armed" || actions.isEmpty
        }
    }

    /// The form of the template `tile` for it.
    var chooser: [String: Any]? {
        guard let choice, case .choice(let choices) = choice.kind else { return nil }
        return [
            "property": choice.name, "label": words("tile.of", ["name": said.name(thing), "property": said.label(choice)]),
            "choices": said.options(choices, of: choice, chosen: state(choice)?.reported),
            "code": thing.takesCode && choice.base == "armed",
        ]
    }
}

extension ThingWords {
    /// Choices as options of a select.
    func options(_ choices: [String], of property: Property, chosen: PropertyValue?) -> [[String: Any]] {
        choices.map { ["value": $0, "word": value(.text($0), of: property), "chosen": chosen == .text($0)] as [String: Any] }
    }
}
