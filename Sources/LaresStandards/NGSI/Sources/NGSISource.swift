import GRDB
package import LaresJSON

/// A context source that requests about some entities are forwarded to (clauses 4.3.3 and 4.3.6).
public struct NGSISource: Sendable {
    /// How it shares what it has with this broker.
    public enum Mode: String, Sendable, CaseIterable, Comparable {
        /// What it is registered for is with it alone: attributes of single entities.
        case exclusive
        /// What it is registered for is with sources alone, of which there may be several.
        case redirect
        /// What it has and what is here belong together; the later counts.
        case inclusive
        /// What it has counts only where nobody else has anything.
        case auxiliary

        /// Those that have the say come first.
        public static func < (a: Mode, b: Mode) -> Bool {
            (allCases.firstIndex(of: a) ?? 0) < (allCases.firstIndex(of: b) ?? 0)
        }

        /// Whether nothing of what it is registered for is kept here.
        public var isSole: Bool { self == .exclusive || self == .redirect }
    }

    /// Its registration's id.
    public let id: String
    /// Where it is: what `/ngsi-ld/v1` stands behind.
    public let endpoint: String
    /// How it shares what it has.
    public let mode: Mode
    /// Its tenant; empty: the one without a name.
    public let tenant: String
    /// What goes with each request.
    public let headers: [(name: String, value: String)]
    /// How long an answer is waited for, in milliseconds.
    public let timeout: Double
    /// Whether it is asked for what it keeps itself alone.
    public let isLocalOnly: Bool
    /// Ids of entities that it is registered for, where there are such; nil: it says no ids.
    public let ids: [String]?
    /// Types that it is registered for, expanded.
    public let types: [String]
    /// Attributes that it is registered for, expanded; empty: all.
    public let attributes: Set<String>
    private let operations: Set<String>

    /// What operations go by one name (clause 4.20).
    private static let groups: [String: Set<String>] = [
        "federationOps": ["retrieveEntity", "queryEntity", "queryBatch"], "retrieveOps": ["retrieveEntity", "queryEntity"],
        "updateOps": ["updateEntity", "updateAttrs", "replaceEntity", "replaceAttrs"],
        "redirectionOps": [
            "createEntity", "updateEntity", "appendAttrs", "updateAttrs", "deleteAttrs", "deleteEntity", "mergeEntity", "replaceEntity",
            "replaceAttrs", "retrieveEntity", "queryEntity",
        ],
    ]

    /// Nil for what can't be a source.
    init?(_ document: JSON, _ registration: NGSIRegistration, tenant own: String) {
        guard let endpoint = document["endpoint"]?.text, endpoint.hasPrefix("http://") || endpoint.hasPrefix("https://"),
            !endpoint.contains(where: { $0 == "?" || $0 == "#" })
        else { return nil }
        id = registration.id
        self.endpoint = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        mode = document["mode"]?.text.flatMap(Mode.init) ?? .inclusive
        tenant = document["tenant"]?.text ?? own
        headers = (document["contextSourceInfo"]?.elements ?? []).compactMap { pair in
            guard let name = pair["key"]?.text, let value = pair["value"]?.text, Self.mayBeSent(name, value) else { return nil }
            return (name, value)
        }
        timeout = min(30_000, max(100, document["management"]?["timeout"]?.number ?? 5_000))
        isLocalOnly = document["management"]?["localOnly"]?.flag ?? false
        let selectors = registration.information.flatMap(\.selectors)
        ids = selectors.isEmpty || selectors.contains { $0.ids == nil } ? nil : selectors.flatMap { $0.ids ?? [] }
        types = selectors.flatMap { $0.types?.names ?? [] }
        attributes = registration.information.contains { $0.attributes.isEmpty } ? [] : Set(registration.information.flatMap(\.attributes))
        let said = (document["operations"]?.elements ?? ["federationOps"]).compactMap(\.text)
        operations = Set(said.flatMap { Self.groups[$0] ?? [$0] })
    }

    /// Headers that aren't the sender's own, and whose values can't end one.
    private static func mayBeSent(_ name: String, _ value: String) -> Bool {
        let own = [
            "host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "jsonldcontext", "accept",
            "content-type", "via",
        ]
        return !name.isEmpty && !own.contains(name.lowercased()) && !(name + value).utf8.contains { $0 < 0x20 || $0 == 0x7F }
            && !name.utf8.contains { $0 == 0x20 || $0 == 0x3A }
    }

    /// Whether an operation is forwarded to it.
    public func takes(_ operation: String) -> Bool { operations.contains(operation) }

    /// Of an entity, what the source is registered for.
    public func share(of entity: NGSIEntity) -> NGSIEntity {
        guard !attributes.isEmpty else { return entity }
        var entity = entity
        entity.attributes.groups.removeAll { !attributes.contains($0.name) }
        return entity
    }
}

extension NGSIBroker {
    /// Sources that may have what is meant and take one of some operations; those that have the say come first.
    public func sources(_ selection: NGSIEntitySelection, for operations: [String], tenant: String) throws -> [NGSISource] {
        let now = clock()
        let documents = try store.pool.read {
            try String.fetchAll($0, sql: "SELECT document FROM registrations WHERE tenant = ? ORDER BY number", arguments: [tenant])
        }
        return documents.compactMap { text -> NGSISource? in
            guard let document = try? JSON(parsing: Array(text.utf8)),
                let context = try? contexts.known(document["@context"], tenant: tenant),
                let registration = try? NGSIRegistration(document, context, now: nil), registration.isAwake(now),
                registration.mayHave(selection, nil), let source = NGSISource(document, registration, tenant: tenant)
            else { return nil }
            return operations.contains { source.takes($0) } ? source : nil
        }.sorted { $0.mode < $1.mode }
    }
}

extension NGSIEntity {
    /// Takes over when attributes were changed, from an answer with system attributes in terms of the core context.
    package mutating func takeTimes(of json: JSON) {
        for group in attributes.groups.indices {
            guard let value = json[LDContext.core.compact(attributes.groups[group].name)] else { continue }
            let said = value.elements ?? [value]
            guard said.count == attributes.groups[group].instances.count else { continue }
            for (place, one) in said.enumerated() {
                guard let moment = one["modifiedAt"]?.text.flatMap({ NGSITime.micros($0) }) else { continue }
                attributes.groups[group].instances[place].modifiedAt = moment
            }
        }
    }

    /// An entity as this broker and sources have it together.
    ///
    /// - Parameters:
    ///   - local: What is kept here; nil: nothing.
    ///   - answers: What sources answered, those that have the say first.
    public static func merged(_ local: NGSIEntity?, _ answers: [(source: NGSISource, entity: NGSIEntity)]) -> NGSIEntity? {
        var (whole, taken) = (local, Set<String>())
        // What sources alone have isn't taken from here, whether they answer with it or not.
        for (source, _) in answers where source.mode.isSole {
            whole?.attributes.groups.removeAll { source.attributes.isEmpty || source.attributes.contains($0.name) }
        }
        for (source, entity) in answers {
            let share = source.share(of: entity)
            guard var known = whole else {
                whole = share
                if source.mode.isSole { taken.formUnion(share.attributes.names) }
                continue
            }
            known.types += share.types.filter { !known.types.contains($0) }
            if known.scopes == nil { known.scopes = share.scopes }
            for group in share.attributes.groups {
                switch source.mode {
                case .exclusive, .redirect:
                    if taken.contains(group.name) {
                        known.attributes[group.name] = later(known.attributes[group.name] ?? [], group.instances)
                    } else {
                        known.attributes[group.name] = group.instances
                    }
                case .inclusive:
                    if !taken.contains(group.name) {
                        known.attributes[group.name] = later(known.attributes[group.name] ?? [], group.instances)
                    }
                case .auxiliary: if known.attributes[group.name] == nil { known.attributes[group.name] = group.instances }
                }
            }
            if source.mode.isSole { taken.formUnion(share.attributes.names) }
            whole = known
        }
        return whole
    }

    /// Of instances with the same dataset, the later; of equals, the one that is there.
    private static func later(_ known: [NGSIAttribute], _ others: [NGSIAttribute]) -> [NGSIAttribute] {
        var all = known
        for other in others {
            if let place = all.firstIndex(where: { $0.datasetId == other.datasetId }) {
                if other.moment > all[place].moment { all[place] = other }
            } else {
                all.append(other)
            }
        }
        return all
    }
}
