import LaresJSON

/// A resource path: `Things(1)/Datastreams(2)/Observations` (OGC 18-088, §9.3.1).
struct STAPath: Hashable, Sendable {
    struct Step: Hashable, Sendable {
        let name: String
        /// What stands in brackets; nil: nothing does.
        let id: String?
    }

    /// What is asked of what the steps lead to.
    enum Ending: String, Hashable, Sendable {
        case plain = ""
        /// The links of entities.
        case reference = "$ref"
        /// A property without anything around it.
        case value = "$value"
        /// How many there are.
        case count = "$count"
    }

    var steps: [Step] = []
    var ending = Ending.plain

    /// - Throws: ``SensorThingsError`` (404) for what can't be an address here.
    init(_ text: String) throws {
        guard text.utf8.count <= 8_192 else { throw SensorThingsError.missing("the address is too long") }
        let parts = text.split(separator: "/")
        guard parts.count <= 64 else { throw SensorThingsError.missing("the address has more than 64 parts") }
        for (i, part) in parts.enumerated() {
            if part.hasPrefix("$"), i == parts.count - 1, let ending = Ending(rawValue: String(part)) {
                self.ending = ending
            } else {
                steps.append(Self.step(part))
            }
        }
    }

    private static func step(_ part: Substring) -> Step {
        guard part.hasSuffix(")"), let open = part.firstIndex(of: "(") else { return Step(name: String(part), id: nil) }
        return Step(name: String(part[..<open]), id: String(part[part.index(after: open)...].dropLast()))
    }
}

/// What an address leads to.
enum STATarget {
    case root
    case set(STAKind, STAScope, address: String)
    case entity(STAEntity)
    case property(STAEntity, [String])
}

extension STAReader {
    /// Follows a path.
    ///
    /// - Throws: ``SensorThingsError`` (404) where it leads nowhere.
    func follow(_ path: STAPath) throws -> STATarget {
        guard let first = path.steps.first else { return .root }
        guard let kind = STAKind(set: first.name) else {
            throw SensorThingsError.missing(
                "there is no set '\(first.name.prefix(60))'; there are \(STAKind.allCases.map(\.set).joined(separator: ", "))")
        }
        var target = STATarget.set(kind, .all, address: root + "/" + kind.set)
        if let id = first.id { target = .entity(try found(kind, .all, id)) }
        for (i, step) in path.steps.enumerated().dropFirst() {
            guard case .entity(let entity) = target else {
                throw SensorThingsError.missing(
                    "'\(step.name.prefix(60))' can't stand behind a set: name one entity, such as \(kind.set)(1)")
            }
            if let relation = entity.kind.relation(step.name) {
                target = try follow(relation, of: entity, step)
            } else if entity.kind.property(step.name) != nil, step.id == nil {
                return .property(entity, path.steps[i...].map(\.name))
            } else {
                throw SensorThingsError.missing("\(entity.kind.set) have no '\(step.name.prefix(60))'; there are \(entity.kind.names)")
            }
        }
        return target
    }

    private func follow(_ relation: STARelation, of entity: STAEntity, _ step: STAPath.Step) throws -> STATarget {
        guard relation.isMany else {
            guard step.id == nil, let id = entity.link(relation), let other = try self.entity(relation.target, id) else {
                throw SensorThingsError.missing("\(entity.kind.set)(\(entity.id)) has no \(relation.name)")
            }
            return .entity(other)
        }
        let scope = STAScope.linked(entity.kind, entity.id, relation)
        if let id = step.id { return .entity(try found(relation.target, scope, id)) }
        return .set(relation.target, scope, address: selfLink(entity.kind, entity.id) + "/" + relation.name)
    }

    private func found(_ kind: STAKind, _ scope: STAScope, _ text: String) throws -> STAEntity {
        let missing = SensorThingsError.missing("there is no \(kind.set)(\(text.prefix(60)))")
        guard let id = Int64(text) else { throw missing }
        var options = STAOptions()
        guard case .linked = scope else {
            guard let entity = try entity(kind, id) else { throw missing }
            return entity
        }
        options.filter = .binary(.eq, .path(["id"], at: 0), .literal(.integer(id)), at: 0)
        // An observation of the home is found by its own id, and then asked where it belongs.
        if kind == .observation, id >> STAHomeReadings.timeBits > 0 {
            guard let entity = try entity(kind, id), case .linked(_, let owner, let relation) = scope,
                case .many(let column) = relation.form,
                let back = kind.relation(column), entity.link(back) == owner
            else { throw missing }
            return entity
        }
        guard let entity = try page(kind, scope, options).entities.first else { throw missing }
        return entity
    }
}
