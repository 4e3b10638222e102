import Foundation
package import LaresJSON

/// Reads subscriptions.
extension NGSIWatcher {
    private static let members: Set<String> = [
        "id", "type", "@context", "subscriptionName", "description", "entities", "watchedAttributes", "notificationTrigger", "timeInterval",
        "q",
        "geoQ", "csf", "isActive", "notification", "expiresAt", "throttling", "temporalQ", "scopeQ", "lang", "datasetId", "jsonldContext",
        "status", "createdAt", "modifiedAt", "localOnly", "splitEntities", "expandValues", "ordering",
    ]

    /// - Parameters:
    ///   - json: The subscription.
    ///   - context: What its names stand for.
    ///   - notified: What names are called in notifications.
    ///   - now: Microseconds since 1970; nil: it was checked before.
    /// - Throws: ``NGSIError`` with `badRequestData`.
    init(_ json: JSON, _ context: LDContext, notified: LDContext, now: Int?) throws {
        guard let members = json.members, members.count > 0 else {
            throw NGSIError.bad("a subscription must be an object that isn't empty")
        }
        for (name, _) in members where !Self.members.contains(name) {
            throw NGSIError.bad("a subscription has no member '\(name.prefix(100))'")
        }
        guard let id = json["id"]?.text, id.isURI else { throw NGSIError.bad("the subscription's id must be a URI") }
        guard json["type"]?.text == "Subscription" else { throw NGSIError.bad("the subscription's type must be \"Subscription\"") }
        guard let notification = json["notification"] else { throw NGSIError.bad("the subscription has no 'notification'") }
        (self.id, self.context, notifiedContext) = (id, context, notified)
        self.notification = try NGSINotificationForm(notification, context)
        try readSelection(json)
        try readTimes(json, now)
        if let triggers = json["notificationTrigger"] {
            guard let words = triggers.texts, !words.isEmpty else {
                throw NGSIError.bad("notificationTrigger must be an array of words that isn't empty")
            }
            self.triggers = Set(
                try words.map { word in
                    guard let trigger = Trigger(rawValue: word) else {
                        throw NGSIError.bad("'\(word.prefix(60))' is no notificationTrigger")
                    }
                    return trigger
                })
        }
        if let languages = try Self.text(json, "lang") { self.notification.languages = try NGSILanguages(languages) }
        for name in ["subscriptionName", "description"] { _ = try Self.text(json, name) }
        _ = try Self.text(json, "csf").map { try NGSIQuery($0, context) }
        if let time = json["temporalQ"] {
            self.time = try NGSITemporalQuery(
                relation: time["timerel"]?.text, timeAt: time["timeAt"]?.text, endTimeAt: time["endTimeAt"]?.text,
                property: time["timeproperty"]?.text, lastN: nil, methods: nil, period: nil)
        }
        if let split = json["splitEntities"] {
            guard let flag = split.flag else { throw NGSIError.bad("splitEntities must be true or false") }
            splitsEntities = flag
        }
    }

    private mutating func readSelection(_ json: JSON) throws {
        if let entities = json["entities"] {
            guard let elements = entities.elements, !elements.isEmpty else {
                throw NGSIError.bad("'entities' must be an array that isn't empty")
            }
            selection.selectors = try elements.map { try NGSIEntitySelection.Selector($0, context) }
        }
        if let watched = json["watchedAttributes"] {
            guard let names = watched.elements?.compactMap(\.text), names.count == watched.elements?.count, !names.isEmpty,
                names.allSatisfy(\.isNGSIName)
            else {
                throw NGSIError.bad("'watchedAttributes' must be an array of names that isn't empty")
            }
            self.watched = Set(names.map(context.expand))
        }
        guard !selection.selectors.isEmpty || !watched.isEmpty else {
            throw NGSIError.bad("a subscription says 'entities', 'watchedAttributes' or both")
        }
        let words = Set((try Self.text(json, "expandValues"))?.split(separator: ",").map { context.expand(String($0)) } ?? [])
        if let q = try Self.text(json, "q") {  // Some write it as it stands in an address.
            selection.query = try NGSIQuery(q.removingPercentEncoding ?? q, context, expanding: words)
        }
        if let scope = try Self.text(json, "scopeQ") { selection.scope = try NGSIScope(scope) }
        if let place = json["geoQ"] { selection.place = try NGSIGeoQuery(place, context) }
        if let datasets = json["datasetId"] {
            guard let ids = datasets.texts, ids.allSatisfy({ $0 == "@none" || $0.isURI }) else {
                throw NGSIError.bad("'datasetId' must be an array of URIs")
            }
            selection.datasets = Set(ids)
        }
    }

    private mutating func readTimes(_ json: JSON, _ now: Int?) throws {
        throttling = try Self.seconds(json, "throttling")
        timeInterval = try Self.seconds(json, "timeInterval")
        if throttling != nil, timeInterval != nil { throw NGSIError.bad("'throttling' and 'timeInterval' don't go together") }
        if timeInterval != nil, !watched.isEmpty { throw NGSIError.bad("'timeInterval' and 'watchedAttributes' don't go together") }
        if let active = json["isActive"] {
            guard let flag = active.flag else { throw NGSIError.bad("'isActive' must be true or false") }
            isActive = flag
        }
        if let expiry = try Self.text(json, "expiresAt") {
            guard let moment = NGSITime.micros(expiry) else { throw NGSIError.bad("'expiresAt' must be a moment in UTC") }
            if let now, moment <= now { throw NGSIError.bad("'expiresAt' lies in the past") }
            expiresAt = moment
        }
    }

    private static func seconds(_ json: JSON, _ name: String) throws -> Double? {
        guard let value = json[name] else { return nil }
        guard let number = value.number, number > 0, number <= 1e9 else {
            throw NGSIError.bad("'\(name)' must be a number of seconds above 0")
        }
        return number
    }

    static func text(_ json: JSON, _ name: String) throws -> String? {
        guard let value = json[name] else { return nil }
        guard let text = value.text else { throw NGSIError.bad("'\(name)' must be a string, not \(value.kind)") }
        return text
    }
}

extension NGSIEntitySelection.Selector {
    /// Reads `{"id": …, "idPattern": …, "type": …}` (clause 5.2.33).
    package init(_ json: JSON, _ context: LDContext) throws {
        guard json.members != nil else { throw NGSIError.bad("an element of 'entities' must be an object") }
        guard let type = json["type"] else { throw NGSIError.bad("an element of 'entities' has no 'type'") }
        guard let names = type.texts, !names.isEmpty else { throw NGSIError.bad("the type of an element of 'entities' must be a name") }
        types = try NGSITypeSelection(names.joined(separator: ","), context)
        if let id = json["id"] {
            guard let ids = id.texts, ids.allSatisfy(\.isURI) else {
                throw NGSIError.bad("the id of an element of 'entities' must be a URI")
            }
            self.ids = ids
        }
        if let pattern = try NGSIWatcher.text(json, "idPattern") { self.pattern = try NGSIPattern(pattern) }
    }
}

extension NGSIGeoQuery {
    /// Reads a GeoQuery (clause 5.2.13).
    package init(_ json: JSON, _ context: LDContext) throws {
        guard let georel = json["georel"]?.text, let geometry = json["geometry"]?.text, var coordinates = json["coordinates"] else {
            throw NGSIError.bad("geoQ must have georel, geometry and coordinates")
        }
        if let text = coordinates.text {
            guard let json = try? JSON(parsing: Array(text.utf8), maximumDepth: 8) else {
                throw NGSIError.bad("geoQ's coordinates must be an array")
            }
            coordinates = json
        }
        try self.init(georel: georel, geometry: geometry, coordinates: coordinates, property: json["geoproperty"]?.text, context)
    }
}

extension NGSINotificationForm {
    init(_ json: JSON, _ context: LDContext) throws {
        guard json.members != nil else { throw NGSIError.bad("'notification' must be an object") }
        endpoint = try NGSIEndpoint(json["endpoint"])
        switch try NGSIWatcher.text(json, "format") ?? "normalized" {
        case "normalized": form = .normalised
        case "concise": form = .concise
        case "keyValues", "simplified": form = .simplified
        default: throw NGSIError.bad("the format of notifications may be normalized, concise, simplified or keyValues")
        }
        isGeoJSON = endpoint.accept == "application/geo+json"
        attributes = try Self.names(json, "attributes").map { Set($0.map(context.expand)) }
        pick = try Self.names(json, "pick").map { try NGSIProjection($0.joined(separator: ","), context) }
        omit = try Self.names(json, "omit").map { try NGSIProjection($0.joined(separator: ","), context) }
        if attributes != nil, pick != nil || omit != nil { throw NGSIError.bad("'attributes' doesn't go with 'pick' or 'omit'") }
        if let pick, let omit, pick.members.keys.contains(where: { omit.members[$0]?.isEmpty == true }) {
            throw NGSIError.bad("the same member is in 'pick' and 'omit'")
        }
        hasSystemAttributes = try Self.flag(json, "sysAttrs")
        showsChanges = try Self.flag(json, "showChanges")
        if showsChanges, form == .simplified { throw NGSIError.bad("showChanges doesn't go with the simplified format") }
        join = try NGSIWatcher.text(json, "join")
        if let join, !["flat", "inline", "@none"].contains(join) { throw NGSIError.bad("'join' may be flat, inline or @none") }
        if let level = json["joinLevel"] {
            guard let number = level.whole, (1...10).contains(number) else { throw NGSIError.bad("'joinLevel' must lie between 1 and 10") }
            joinLevel = number
        }
    }

    private static func names(_ json: JSON, _ name: String) throws -> [String]? {
        guard let value = json[name] else { return nil }
        guard let elements = value.elements, !elements.isEmpty, elements.allSatisfy({ $0.text?.isEmpty == false }) else {
            throw NGSIError.bad("'\(name)' must be an array of names that isn't empty")
        }
        return elements.compactMap(\.text)
    }

    private static func flag(_ json: JSON, _ name: String) throws -> Bool {
        guard let value = json[name] else { return false }
        guard let flag = value.flag else { throw NGSIError.bad("'\(name)' must be true or false") }
        return flag
    }
}

extension NGSIEndpoint {
    init(_ json: JSON?) throws {
        guard let json, json.members != nil else { throw NGSIError.bad("the notification has no 'endpoint'") }
        guard let uri = json["uri"]?.text, uri.isURI, ["http", "https", "mqtt", "mqtts"].contains(uri.prefix { $0 != ":" }) else {
            throw NGSIError.bad("the endpoint's uri must be an http:, https: or mqtt: address")
        }
        self.uri = uri
        if let accept = try NGSIWatcher.text(json, "accept") {
            guard ["application/json", "application/ld+json", "application/geo+json"].contains(accept) else {
                throw NGSIError.bad("the endpoint's accept may be application/json, application/ld+json or application/geo+json")
            }
            self.accept = accept
        }
        receiverInfo = try Self.pairs(json, "receiverInfo")
        notifierInfo = try Self.pairs(json, "notifierInfo")
        if isMQTT { _ = try mqtt() }
        timeout = try Self.milliseconds(json, "timeout")
        cooldown = try Self.milliseconds(json, "cooldown")
    }

    private static func pairs(_ json: JSON, _ name: String) throws -> [(String, String)] {
        guard let value = json[name] else { return [] }
        guard let elements = value.elements, elements.count <= 100 else {
            throw NGSIError.bad("'\(name)' must be an array of at most 100 pairs")
        }
        return try elements.map { pair in
            guard let key = pair["key"]?.text, let value = pair["value"]?.text, !key.isEmpty,
                !(key + value).utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }), !key.utf8.contains(0x3A)
            else { throw NGSIError.bad("'\(name)' must be pairs of a key and a value, both strings without control characters") }
            return (key, value)
        }
    }

    private static func milliseconds(_ json: JSON, _ name: String) throws -> Double? {
        guard let value = json[name] else { return nil }
        guard let number = value.number, number > 0, number <= 1e9 else {
            throw NGSIError.bad("'\(name)' must be a number of milliseconds above 0")
        }
        return number
    }
}
