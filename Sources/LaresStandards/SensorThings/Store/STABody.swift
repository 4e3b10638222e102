import GRDB
import LaresJSON

/// What a request says an entity is like.
struct STABody {
    /// Which values it must have.
    enum Wanted {
        /// All that an entity can't be without; what else isn't there is null.
        case all
        /// Only those that are there.
        case given
    }

    let kind: STAKind
    /// The links, by name.
    private(set) var links: [String: JSON] = [:]
    private var properties: [String: JSON] = [:]
    private let place: String

    /// - Throws: ``SensorThingsError`` (400) for a name that the kind doesn't have. Names with "@" are what answers have, and mean nothing here.
    init(_ kind: STAKind, _ json: JSON, at place: String) throws {
        guard case .object(let members) = json else {
            throw SensorThingsError.bad("\(place.isEmpty ? "the body" : "'\(place)'") must be an object, not \(json.kind)")
        }
        (self.kind, self.place) = (kind, place)
        for (name, value) in members {
            if let property = kind.property(name) {
                if !property.isComputed { properties[name] = value }
            } else if kind.relation(name) != nil {
                links[name] = value
            } else if !name.contains("@"), name != "id" {
                throw SensorThingsError.bad("'\(self.name(name))' is unknown; \(kind.set) have \(kind.names)")
            }
        }
    }

    func name(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    func json(_ name: String) -> JSON? { properties[name] }

    /// Gives a value where none was given.
    mutating func setUsual(_ name: String, _ value: JSON) {
        if properties[name] == nil || properties[name] == .null { properties[name] = value }
    }

    /// The names of the properties that are given.
    var given: [String] { kind.properties.map(\.name).filter { properties[$0] != nil } }

    /// The values in the order of the kind's columns.
    func values(_ wanted: Wanted) throws -> [DatabaseValue] {
        var values: [DatabaseValue] = []
        for property in kind.properties {
            let json = properties[property.name]
            if wanted == .given, json == nil { continue }
            guard let json, json != .null || property.form == .result else {
                guard !property.isRequired else { throw SensorThingsError.bad("'\(name(property.name))' is missing: \(kind.set) need it") }
                values += property.columns.map { _ in .null }
                continue
            }
            values += try Self.values(property.form, json, at: name(property.name))
        }
        return values
    }

    private static func values(_ form: STAProperty.Form, _ json: JSON, at place: String) throws -> [DatabaseValue] {
        switch form {
        case .text:
            guard let text = json.text else { throw SensorThingsError.bad("'\(place)' must be a text, not \(json.kind)") }
            return [text.databaseValue]
        case .json: return [json.serialized.databaseValue]
        case .geometry:
            if json["coordinates"] != nil || json["geometry"] != nil, STAGeometry(geoJSON: json) == nil {
                throw SensorThingsError.bad("'\(place)' is no GeoJSON geometry of at most \(STAGeometry.maximumPoints) points")
            }
            return [json.serialized.databaseValue]
        case .instant:
            guard let time = json.text.flatMap({ STATime.instant($0) }) else {
                throw SensorThingsError.bad("'\(place)' must be a time such as \"2015-03-01T00:40:00Z\"")
            }
            return [time.databaseValue]
        case .period:
            guard let period = json.text.flatMap({ STATime.period($0) }) else {
                throw SensorThingsError.bad("'\(place)' must be a time such as \"2015-03-01T00:40:00Z\", or two joined by \"/\"")
            }
            return [period.start.databaseValue, period.end.databaseValue]
        case .result: return result(json)
        }
    }

    private static func result(_ json: JSON) -> [DatabaseValue] {
        switch json {
        case .int(let number): [number.databaseValue, 0.databaseValue]
        case .double(let number): [number.databaseValue, 0.databaseValue]
        case .string(let text): [text.databaseValue, 0.databaseValue]
        case .bool(let flag): [flag.databaseValue, 1.databaseValue]
        case .null: [.null, 0.databaseValue]
        case .array, .object: [json.serialized.databaseValue, 2.databaseValue]
        }
    }

    /// The id of `{"@iot.id": 7}`; nil for an entity that stands there whole.
    static func reference(_ json: JSON, at place: String) throws -> Int64? {
        guard case .object(let members) = json, let id = members["@iot.id"] else { return nil }
        switch id {
        case .int(let number): return Int64(number)
        case .string(let text): if let number = Int64(text) { return number }
        default: break
        }
        throw SensorThingsError.bad("'\(place).@iot.id' must be a whole number: ids here are")
    }

    /// The elements of a link to many.
    static func list(_ json: JSON, at place: String) throws -> [JSON] {
        guard let elements = json.elements else { throw SensorThingsError.bad("'\(place)' must be an array, not \(json.kind)") }
        return elements
    }
}
