internal import GRDB
public import LaresJSON
public import LaresThings

/// Where a home is and how its people count, as far as somebody said. Kept in `places.db`; what the command line says goes before it.
public struct SiteSettings: Hashable, Sendable {
    /// What the home is called.
    public var name: String?
    /// The time zone's name in the IANA database.
    public var zone: String?
    /// Where it lies.
    public var position: GeographicPosition?
    /// Its language, by BCP 47 tag.
    public var language: String?
    /// Its country, by ISO 3166 code: "DE".
    public var country: String?
    /// Its money, by ISO 4217 code: "EUR".
    public var currency: String?
    /// Which units its people read.
    public var units: Units?

    /// Systems of units.
    public enum Units: String, Sendable, Hashable, CaseIterable {
        /// Metres, litres, degrees Celsius.
        case metric
        /// Feet, gallons, degrees Fahrenheit.
        case customary
    }

    /// Nothing said.
    public init() {}
}

extension SiteSettings {
    /// As JSON; what nobody said is left out.
    public var json: JSON {
        var members = JSON.Members()
        members["name"] = name.map { .string($0) }
        members["zone"] = zone.map { .string($0) }
        if let position { members["position"] = ["latitude": .double(position.latitude), "longitude": .double(position.longitude)] }
        members["language"] = language.map { .string($0) }
        members["country"] = country.map { .string($0) }
        members["currency"] = currency.map { .string($0) }
        members["units"] = units.map { .string($0.rawValue) }
        return .object(members)
    }

    /// Reads what ``json`` writes.
    ///
    /// - Throws: `JSONError` that names the member.
    public init(_ json: JSON) throws(JSONError) {
        var fields = try JSONFields(json)
        name = try fields.string("name")
        if let name, !PlainName.isName(name) { throw fields.error("name", "must have 1 to 200 characters, and no control characters") }
        zone = try fields.string("zone")
        if let zone { do { _ = try TimeZoneRules(zone) } catch { throw fields.error("zone", "is unknown: \(error.message)") } }
        if var place = try fields.fields("position") {
            guard let latitude = try place.double("latitude", in: -90...90), let longitude = try place.double("longitude", in: -180...180)
            else { throw fields.error("position", "must have a latitude and a longitude") }
            position = GeographicPosition(latitude: latitude, longitude: longitude)
            try place.end()
        }
        language = try fields.code("language", 2...35)
        country = try fields.code("country", 2...2)
        currency = try fields.code("currency", 3...3)
        units = try fields.choice("units")
        try fields.end()
    }
}

extension JSONFields {
    fileprivate mutating func code(_ key: String, _ length: ClosedRange<Int>) throws(JSONError) -> String? {
        guard let text = try string(key) else { return nil }
        guard length.contains(text.utf8.count), text.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
            throw error(key, "must be a code of \(length.lowerBound) to \(length.upperBound) letters, digits and '-'")
        }
        return text
    }
}

extension HomeStore {
    /// Where the home is, as far as somebody said.
    public func site() throws -> SiteSettings { try pool.read(SiteSection.settings) }

    /// Keeps where the home is.
    public func save(_ site: SiteSettings) throws { try pool.write { try SiteSection.save(site, in: $0) } }
}
