import LaresJSON
import LaresThings

/// What a request wants of a thing.
struct ThingOrder {
    let thing: Thing
    let values: [String: PropertyValue]
    /// Whether the person said that they mean it.
    let isConfirmed: Bool

    /// Reads `{"on": true, "brightness": "40%"}`; `"confirm": true` is no property.
    ///
    /// - Throws: ``APIError`` that names the property.
    init(_ body: JSON, for thing: Thing) throws {
        guard case .object(let members) = body else {
            throw APIError.invalid("the request body must be an object, not \(body.kind)", code: "invalid_type")
        }
        var (values, isConfirmed): ([String: PropertyValue], Bool) = ([:], false)
        for (key, value) in members {
            switch key {
            case "confirm": isConfirmed = value == true
            default:
                guard let property = thing.property(key) else {
                    let names = thing.properties.filter(\.isWritable).map(\.name).joined(separator: ", ")
                    throw APIError.invalid(
                        "'\(thing.id)' has no property '\(key.prefix(64))'; what can be set: \(names)", param: key, code: "unknown")
                }
                do throws(ThingsError) {
                    values[property.name] = try property.value(from: value)
                } catch {
                    throw APIError.invalid(error.message, param: key, code: error.code.name)
                }
            }
        }
        (self.thing, self.values, self.isConfirmed) = (thing, values, isConfirmed)
    }

    /// The first thing it would do that a person must want.
    var hazard: (property: Property, hazard: Hazard)? {
        for (name, value) in values.sorted(by: { $0.key < $1.key }) {
            if let property = thing.property(name), let hazard = property.hazard(of: value) { return (property, hazard) }
        }
        return nil
    }
}
