import Foundation
import GRDB
public import LaresJSON

/// Registrations of context sources (clause 5.9): kept and answered; who asks them is the API's (``NGSISource``).
extension NGSIBroker {
    /// Keeps a registration.
    ///
    /// - Returns: Its id.
    public func register(_ json: JSON, _ context: LDContext, tenant: String) throws -> String {
        guard var members = json.members, members.count > 0 else {
            throw NGSIError.bad("a registration must be an object that isn't empty")
        }
        if members["id"] == nil { members["id"] = .string("urn:ngsi-ld:ContextSourceRegistration:" + UUID().uuidString.lowercased()) }
        let registration = try NGSIRegistration(.object(members), context, now: clock())
        if members["mode"] == nil { members["mode"] = "inclusive" }
        members["createdAt"] = .string(NGSITime.text(clock()))
        members["modifiedAt"] = members["createdAt"]
        let document = JSON.object(members)
        try write(tenant, makesTenant: true) { transaction in
            let known = try Int.fetchOne(
                transaction.database, sql: "SELECT 1 FROM registrations WHERE tenant = ? AND id = ?", arguments: [tenant, registration.id])
            guard known == nil else { throw NGSIError(.alreadyExists, "the registration '\(registration.id)' is there already") }
            try transaction.database.execute(
                sql: "INSERT INTO registrations (tenant, id, document) VALUES (?, ?, ?)",
                arguments: [tenant, registration.id, document.serialized])
            try tellSources(document, before: nil, transaction)
        }
        return registration.id
    }

    /// Changes members of a registration; null takes one away.
    public func update(registration id: String, _ fragment: JSON, _ context: LDContext, tenant: String) throws {
        guard let changes = fragment.members, changes.contains(where: { $0.key != "@context" }) else {
            throw NGSIError.bad("a change of a registration must be an object that isn't empty")
        }
        let now = clock()
        try write(tenant) { transaction in
            guard let old = try Self.registration(id, tenant, transaction.database), let kept = old.members else {
                throw Self.unknown(registration: id)
            }
            var members = JSON.Members()
            for (name, value) in kept {
                guard let change = changes[name] else {
                    members.append(name, value)
                    continue
                }
                if change != .null, !change.isNGSINull { members.append(name, change) }
            }
            for (name, value) in changes where kept[name] == nil && value != .null && !value.isNGSINull { members.append(name, value) }
            members["modifiedAt"] = .string(NGSITime.text(now))
            _ = try NGSIRegistration(.object(members), context, now: changes["expiresAt"] == nil ? nil : now)
            try transaction.database.execute(
                sql: "UPDATE registrations SET document = ? WHERE tenant = ? AND id = ?",
                arguments: [JSON.object(members).serialized, tenant, id])
            try tellSources(.object(members), before: old, transaction)
        }
    }

    /// One registration.
    public func registration(_ id: String, tenant: String) throws -> JSON {
        guard let found = try store.pool.read({ try Self.registration(id, tenant, $0) }) else { throw Self.unknown(registration: id) }
        return found
    }

    /// Takes a registration away.
    public func unregister(_ id: String, tenant: String) throws {
        try write(tenant) { transaction in
            guard let old = try Self.registration(id, tenant, transaction.database) else { throw Self.unknown(registration: id) }
            try transaction.database.execute(sql: "DELETE FROM registrations WHERE tenant = ? AND id = ?", arguments: [tenant, id])
            try tellSources(nil, before: old, transaction)
        }
    }

    /// Registrations that may have what is meant, in the order they were made.
    public func registrations(
        _ selection: NGSIEntitySelection, during time: NGSITemporalQuery, csf: NGSIQuery?, tenant: String
    ) throws -> [JSON] {
        let documents = try store.pool.read {
            try String.fetchAll($0, sql: "SELECT document FROM registrations WHERE tenant = ? ORDER BY number", arguments: [tenant])
        }.compactMap { try? JSON(parsing: Array($0.utf8)) }
        return documents.filter { document in
            guard let own = try? contexts.known(document["@context"], tenant: tenant),
                let registration = try? NGSIRegistration(document, own, now: nil)
            else { return false }
            let properties = Self.properties(document, own)
            return registration.isAwake(clock()) && registration.mayHave(selection, time) && csf?.matches(properties) != false
                && selection.query?.matches(properties) != false && selection.scope?.matches(properties.scopes ?? []) != false
        }
    }

    /// What a registration says of its source, for conditions on it.
    private static func properties(_ document: JSON, _ context: LDContext) -> NGSIEntity {
        var entity = NGSIEntity(id: document["id"]?.text ?? "", types: [])
        entity.scopes = document["scope"]?.texts
        for (name, value) in document.members ?? JSON.Members() where name != "@context" && name != "information" {
            entity.attributes[context.expand(name)] = [NGSIAttribute(.property, value["value"] ?? value["object"] ?? value)]
        }
        return entity
    }

    static func registration(_ id: String, _ tenant: String, _ database: Database) throws -> JSON? {
        try String.fetchOne(database, sql: "SELECT document FROM registrations WHERE tenant = ? AND id = ?", arguments: [tenant, id])
            .flatMap { try? JSON(parsing: Array($0.utf8)) }
    }

    private static func unknown(registration id: String) -> NGSIError { NGSIError.missing("there is no registration '\(id.prefix(300))'") }
}

/// A registration, read: which entities a context source may have (clause 5.2.9).
struct NGSIRegistration {
    struct Information {
        var selectors: [NGSIEntitySelection.Selector] = []
        var attributes: Set<String> = []
    }

    let id: String
    private(set) var information: [Information] = []
    private var expiresAt: Int?
    private var observed: (start: Int, end: Int)?
    private var managed: (start: Int, end: Int)?
    private var places: [String: NGSIGeometry] = [:]

    /// - Throws: ``NGSIError`` with `badRequestData`.
    init(_ json: JSON, _ context: LDContext, now: Int?) throws {
        guard let id = json["id"]?.text, id.isURI else { throw NGSIError.bad("the registration's id must be a URI") }
        guard json["type"]?.text == "ContextSourceRegistration" else {
            throw NGSIError.bad("the registration's type must be \"ContextSourceRegistration\"")
        }
        self.id = id
        guard let endpoint = json["endpoint"]?.text, endpoint.isURI else {
            throw NGSIError.bad("the registration's endpoint must be a URI")
        }
        guard let elements = json["information"]?.elements, !elements.isEmpty else {
            throw NGSIError.bad("'information' must be an array that isn't empty")
        }
        information = try elements.map { try Information($0, context) }
        if let expiry = json["expiresAt"] {
            guard let moment = expiry.text.flatMap({ NGSITime.micros($0) }) else {
                throw NGSIError.bad("'expiresAt' must be a moment in UTC")
            }
            if let now, moment <= now { throw NGSIError.bad("'expiresAt' lies in the past") }
            expiresAt = moment
        }
        if let mode = json["mode"], !["inclusive", "exclusive", "redirect", "auxiliary"].contains(mode.text) {
            throw NGSIError.bad("'mode' may be inclusive, exclusive, redirect or auxiliary")
        }
        try checkMode(json)
        if let management = json["management"] { try Self.check(management) }
        observed = try Self.interval(json, "observationInterval")
        managed = try Self.interval(json, "managementInterval")
        for name in ["location", "observationSpace", "operationSpace"] {
            if let place = json[name] { places[context.expand(name)] = try NGSIGeometry(geoJSON: place["value"] ?? place, name: name) }
        }
        for name in ["registrationName", "description"] { _ = try NGSIWatcher.text(json, name) }
    }

    private func checkMode(_ json: JSON) throws {
        if json["mode"]?.text == "exclusive" {
            // An exclusive source has attributes of single entities (clause 4.3.6.3).
            guard information.allSatisfy({ !$0.attributes.isEmpty && !$0.selectors.isEmpty && $0.selectors.allSatisfy { $0.ids != nil } })
            else {
                throw NGSIError.bad("an exclusive registration names the ids of entities, and attributes of them")
            }
        }
        if let pairs = json["contextSourceInfo"] {
            guard let elements = pairs.elements, elements.allSatisfy({ $0["key"]?.text != nil && $0["value"]?.text != nil }) else {
                throw NGSIError.bad("'contextSourceInfo' must be pairs of a key and a value, both strings")
            }
        }
    }

    private static func check(_ management: JSON) throws {
        guard management.members != nil else { throw NGSIError.bad("'management' must be an object") }
        if let duration = management["cacheDuration"], duration.text.flatMap({ NGSITime.duration($0) }) == nil {
            throw NGSIError.bad("the cacheDuration of 'management' must be a duration such as PT5M")
        }
        for name in ["cooldown", "timeout"] {
            if let number = management[name], (number.number ?? 0) <= 0 {
                throw NGSIError.bad("'management.\(name)' must be a number above 0")
            }
        }
        if let local = management["localOnly"], local.flag == nil { throw NGSIError.bad("'management.localOnly' must be true or false") }
    }

    private static func interval(_ json: JSON, _ name: String) throws -> (start: Int, end: Int)? {
        guard let value = json[name] else { return nil }
        guard let start = value["startAt"]?.text.flatMap({ NGSITime.micros($0) }) else {
            throw NGSIError.bad("'\(name)' must have a startAt")
        }
        guard let end = value["endAt"] else { return (start, .max) }
        guard let last = end.text.flatMap({ NGSITime.micros($0) }) else {
            throw NGSIError.bad("the endAt of '\(name)' must be a moment in UTC")
        }
        return (start, last)
    }

    func isAwake(_ now: Int) -> Bool { expiresAt.map { $0 > now } != false }

    /// Whether the source may have some of what is meant.
    func mayHave(_ selection: NGSIEntitySelection, _ time: NGSITemporalQuery?) -> Bool {
        guard information.contains(where: { part in Self.overlaps(part, selection) }) else { return false }
        if let place = selection.place {
            guard let own = places[place.property], place.matches(own) else { return false }
        }
        guard let time, let relation = time.relation, let at = time.timeAt else { return true }
        guard let interval = time.property == .observedAt ? observed : managed else { return false }
        switch relation {
        case .before: return interval.start < at
        case .after: return interval.end > at
        case .between: return interval.start < time.endTimeAt ?? .max && interval.end > at
        }
    }

    static func overlaps(_ part: Information, _ selection: NGSIEntitySelection) -> Bool {
        let fits =
            selection.selectors.isEmpty || part.selectors.isEmpty
            || selection.selectors.contains { asked in part.selectors.contains { overlap(asked, $0) } }
        let wanted = selection.attributes
        return fits && (wanted.isEmpty || part.attributes.isEmpty || !wanted.isDisjoint(with: part.attributes))
    }

    private static func overlap(_ asked: NGSIEntitySelection.Selector, _ own: NGSIEntitySelection.Selector) -> Bool {
        if let types = own.types, let wanted = asked.types, !wanted.matches(types.names) { return false }
        if let ids = asked.ids {
            if let mine = own.ids { return ids.contains { mine.contains($0) } }
            if let pattern = own.pattern { return ids.contains { pattern.isFound(in: $0) } }
        }
        if let pattern = asked.pattern {
            if let mine = own.ids { return mine.contains { pattern.isFound(in: $0) } }
            if let other = own.pattern { return other.text == pattern.text }
        }
        return true
    }
}

extension NGSIRegistration.Information {
    /// Reads one element of `information` (clause 5.2.10).
    init(_ json: JSON, _ context: LDContext) throws {
        guard json.members?.count ?? 0 > 0 else { throw NGSIError.bad("an element of 'information' must be an object that isn't empty") }
        if let entities = json["entities"] {
            guard let elements = entities.elements, !elements.isEmpty else {
                throw NGSIError.bad("'information.entities' must be an array that isn't empty")
            }
            selectors = try elements.map { try NGSIEntitySelection.Selector($0, context) }
        }
        for name in ["propertyNames", "relationshipNames", "attributeNames"] {
            guard let names = json[name] else { continue }
            guard let texts = names.elements?.compactMap(\.text), texts.count == names.elements?.count, !texts.isEmpty else {
                throw NGSIError.bad("'information.\(name)' must be an array of names that isn't empty")
            }
            attributes.formUnion(texts.map(context.expand))
        }
    }
}
