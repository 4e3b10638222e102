import LaresJSON

extension NGSIQuery {
    /// Whether an entity meets the conditions.
    ///
    /// - Parameter linked: Finds entities that relationships lead to.
    public func matches(_ entity: NGSIEntity, linked: (String) -> NGSIEntity? = { _ in nil }) -> Bool { Self.matches(root, entity, linked) }

    private static func matches(_ node: Node, _ entity: NGSIEntity, _ linked: (String) -> NGSIEntity?) -> Bool {
        switch node {
        case .and(let nodes): nodes.allSatisfy { matches($0, entity, linked) }
        case .or(let nodes): nodes.contains { matches($0, entity, linked) }
        case .exists(let path): !values(path, entity, linked).isEmpty
        case .absent(let path): values(path, entity, linked).isEmpty
        case .compare(let path, let sign, let target):
            values(path, entity, linked).contains { compare($0, sign, target) }
        }
    }

    /// The values a path leads to: of every instance, and for compound values what the keys lead to.
    private static func values(_ path: Path, _ entity: NGSIEntity, _ linked: (String) -> NGSIEntity?) -> [JSON] {
        if path.names.count == 1, let own = own(path.names[0], entity) { return [own] }
        let instances = entity.attributes[path.names[0]] ?? []
        if !path.linked.isEmpty {
            var rest = path
            rest.names.removeFirst()
            rest.linked.removeFirst()
            guard !rest.names.isEmpty else { return instances.compactMap(\.value) }
            return instances.flatMap { $0.value?.texts ?? [] }.compactMap { linked($0) }
                .filter { $0.types.contains(path.linked[0]) || path.linked[0].isEmpty }
                .flatMap { values(rest, $0, linked) }
        }
        return instances.flatMap { values(path.names.dropFirst(), path.keys, $0) }
    }

    private static func own(_ name: String, _ entity: NGSIEntity) -> JSON? {
        switch name {
        case "id": .string(entity.id)
        case "type": .array(entity.types.map { .string($0) })
        case "createdAt": .string(NGSITime.text(entity.createdAt))
        case "modifiedAt": .string(NGSITime.text(entity.modifiedAt))
        default: nil
        }
    }

    private static func values(_ names: ArraySlice<String>, _ keys: [String], _ instance: NGSIAttribute) -> [JSON] {
        guard let name = names.first else {
            guard let value = instance.value else { return [] }
            if instance.kind == .language, keys.isEmpty || keys == ["*"] { return value.members.map { $0.map { $0.value } } ?? [] }
            return reach(keys[...], value)
        }
        if let inner = instance.attributes[name] { return inner.flatMap { values(names.dropFirst(), keys, $0) } }
        let own: JSON? =
            switch name {
            case "observedAt": instance.observedAt.map { .string($0) }
            case "unitCode": instance.unitCode.map { .string($0) }
            case "datasetId": instance.datasetId.map { .string($0) }
            case "createdAt": .string(NGSITime.text(instance.createdAt))
            case "modifiedAt": .string(NGSITime.text(instance.modifiedAt))
            case "type": instance.kind.map { .string($0.rawValue) }
            case "value", "object", "languageMap", "json", "vocab": instance.value
            default: nil
            }
        if let own { return names.count == 1 ? reach(keys[...], own) : [] }
        // A point may lead into a compound value, too.
        return instance.value.map { reach((names.map(Self.shortName) + keys)[...], $0) } ?? []
    }

    private static func shortName(_ iri: String) -> String {
        iri.hasPrefix(CoreTerms.vocabulary)
            ? String(iri.dropFirst(CoreTerms.vocabulary.count)) : String(iri.split { "/#".contains($0) }.last ?? "")
    }

    private static func reach(_ keys: ArraySlice<String>, _ value: JSON) -> [JSON] {
        guard let key = keys.first else { return [value] }
        switch value {
        case .object(let members): return members[key].map { reach(keys.dropFirst(), $0) } ?? []
        case .array(let elements): return elements.flatMap { reach(keys, $0) }
        default: return []
        }
    }

    private static func compare(_ value: JSON, _ sign: Operator, _ target: Target) -> Bool {
        // A value that is an array stands for each of its elements.
        if case .array(let elements) = value {
            switch sign {
            case .notEqual, .notMatches: return !elements.isEmpty && elements.allSatisfy { compare($0, sign, target) }
            default: return elements.contains { compare($0, sign, target) }
            }
        }
        switch (sign, target) {
        case (.equal, _): return equals(value, target)
        case (.notEqual, _): return !equals(value, target)
        case (.matches, .pattern(let pattern)): return value.text.map { pattern.isFound(in: $0) } ?? false
        case (.notMatches, .pattern(let pattern)): return value.text.map { !pattern.isFound(in: $0) } ?? false
        case (_, .value(let other)):
            guard let order = order(value, other) else { return false }
            switch sign {
            case .more: return order > 0
            case .atLeast: return order >= 0
            case .less: return order < 0
            default: return order <= 0
            }
        default: return false
        }
    }

    private static func equals(_ value: JSON, _ target: Target) -> Bool {
        switch target {
        case .value(let other): order(value, other) == 0
        case .list(let others): others.contains { order(value, $0) == 0 }
        case .range(let low, let high): (order(value, low) ?? -1) >= 0 && (order(value, high) ?? 1) <= 0
        case .pattern: false
        }
    }

    /// Below, at or above 0; nil: they can't be held against each other.
    static func order(_ one: JSON, _ other: JSON) -> Int? {
        if let one = one.number, let other = other.number { return one < other ? -1 : one > other ? 1 : 0 }
        if let one = one.flag, let other = other.flag { return one == other ? 0 : 1 }
        let text = one.text ?? one["@value"]?.text
        guard let text, let otherText = other.text else { return nil }
        if let a = NGSITime.micros(text), let b = NGSITime.micros(otherText) { return a < b ? -1 : a > b ? 1 : 0 }
        return text < otherText ? -1 : text > otherText ? 1 : 0
    }
}
