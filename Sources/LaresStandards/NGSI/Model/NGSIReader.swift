public import LaresJSON

/// Reads entities and fragments of them, in the normalised, the concise or the simplified form (clause 4.5).
public struct NGSIReader: Sendable {
    /// What a document is for, which decides what it may leave out.
    public enum Purpose: Sendable {
        /// Something whole: nothing is left out, nothing taken away.
        case whole
        /// A change: `urn:ngsi-ld:null` takes away, and what an attribute doesn't say stays.
        case change
        /// A temporal representation: several instances of the same `datasetId`.
        case temporal
    }

    let context: LDContext
    let purpose: Purpose
    /// Whether values stand for attributes (options=keyValues).
    let isSimplified: Bool

    /// How many attributes an entity may have, and how many instances one of them.
    static let mostAttributes = 2_000
    static let mostInstances = 10_000
    static let mostDepth = 12
    /// How many types, and how many scopes.
    static let mostTypes = 100

    /// - Parameters:
    ///   - context: What names stand for.
    ///   - purpose: What the document is for.
    ///   - isSimplified: Whether it is in the simplified form.
    public init(_ context: LDContext, _ purpose: Purpose, isSimplified: Bool = false) {
        (self.context, self.purpose, self.isSimplified) = (context, purpose, isSimplified)
    }

    /// Members of an entity that aren't attributes.
    static let reserved: Set<String> = [
        "id", "type", "scope", "@context", "createdAt", "modifiedAt", "deletedAt", "expiresAt", "@id", "@type",
    ]

    /// Members of attributes that can't be attributes of entities.
    private static let notAttributes = ["datasetId", "instanceId", "observedAt", "unitCode", "value", "object", "languageMap"]

    /// An entity that says who it is.
    ///
    /// - Throws: ``NGSIError`` with `badRequestData`.
    public func entity(_ json: JSON) throws -> NGSIEntity {
        guard let members = json.members else { throw NGSIError.bad("an entity must be an object, not \(json.kind)") }
        guard let id = (members["id"] ?? members["@id"])?.text else {
            throw NGSIError.bad("the entity has no 'id', or one that isn't a string")
        }
        guard id.isURI else { throw NGSIError.bad("the entity's id '\(id.prefix(200))' is no URI") }
        let entity = try fragment(json, id: id)
        guard purpose == .change || !entity.types.isEmpty else { throw NGSIError.bad("the entity '\(id)' has no 'type'") }
        return entity
    }

    /// A part of an entity: types and scopes may be left out; what is left out of a change stays.
    ///
    /// - Throws: ``NGSIError`` with `badRequestData`.
    public func fragment(_ json: JSON, id: String) throws -> NGSIEntity {
        guard let members = json.members else { throw NGSIError.bad("a part of an entity must be an object, not \(json.kind)") }
        guard members.count <= Self.mostAttributes else { throw NGSIError.bad("'\(id)' has more than \(Self.mostAttributes) members") }
        var entity = NGSIEntity(id: id, types: try types(members["type"] ?? members["@type"]))
        entity.scopes = try members["scope"].map(scopes)
        if let expiry = members["expiresAt"] {
            guard let text = expiry.text, NGSITime.micros(text) != nil else { throw NGSIError.bad("'expiresAt' must be a moment in UTC") }
            entity.expiresAt = text
        }
        for name in Self.notAttributes where members[name] != nil { throw NGSIError.bad("'\(name)' belongs to attributes, it is none") }
        for (name, value) in members where !Self.reserved.contains(name) {
            let iri = try expanded(name)
            guard entity.attributes[iri] == nil else { throw NGSIError.bad("'\(name)' stands there twice") }
            entity.attributes[iri] = try instances(name, value)
        }
        return entity
    }

    /// The expanded name of an attribute.
    package func expanded(_ name: String) throws -> String {
        guard name.isNGSIName else { throw NGSIError.bad("'\(name.prefix(100))' can't be the name of an attribute") }
        let iri = context.expand(name)
        guard !iri.hasPrefix("@") else { throw NGSIError.bad("'\(name)' is a keyword of JSON-LD: it can't be the name of an attribute") }
        return iri
    }

    private func types(_ json: JSON?) throws -> [String] {
        guard let json else { return [] }
        guard let names = json.texts, !names.isEmpty, names.allSatisfy(\.isNGSIName) else {
            throw NGSIError.bad("'type' must be a name, or an array of names")
        }
        guard names.count <= Self.mostTypes else {
            throw NGSIError.bad("an entity has at most \(Self.mostTypes) types, not \(names.count)")
        }
        var types: [String] = []
        for name in names {
            guard let first = name.first, !first.isNumber else { throw NGSIError.bad("the type '\(name.prefix(100))' begins with a digit") }
            let iri = context.expand(name)
            guard iri.isURI else { throw NGSIError.bad("the type '\(name.prefix(100))' is a keyword of JSON-LD") }
            if !types.contains(iri) { types.append(iri) }
        }
        return types
    }

    private func scopes(_ json: JSON) throws -> [String] {
        if purpose == .change, json.isNGSINull { return [] }
        // Temporal representations of scopes are properties.
        let values = json.members?["value"] ?? json
        guard let texts = values.texts, texts.allSatisfy({ NGSIScope.isValid($0) }) else {
            throw NGSIError.bad("'scope' must be a path such as /City/District, or an array of them")
        }
        guard texts.count <= Self.mostTypes else {
            throw NGSIError.bad("an entity has at most \(Self.mostTypes) scopes, not \(texts.count)")
        }
        return texts.map { $0.hasPrefix("/") ? $0 : "/" + $0 }
    }
}
