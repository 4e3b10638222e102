import LaresAccess
import LaresJSON
import LaresThings

/// What a request wants of a thing.
struct ThingOrder {
    let thing: Thing
    let values: [String: PropertyValue]
    /// What came along to show that a person means it.
    let assurance: Assurance

    /// Reads `{"on": true, "brightness": "40%"}`; `"confirm": true`, `"pin"` and `"person"` are no properties.
    ///
    /// - Throws: ``APIError`` that names the property.
    init(_ body: JSON, for thing: Thing) throws {
        guard case .object(let members) = body else {
            throw APIError.invalid("the request body must be an object, not \(body.kind)", code: "invalid_type")
        }
        var values: [String: PropertyValue] = [:]
        for (key, value) in members {
            switch key {
            case "confirm", "pin", "person": continue
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
        (self.thing, self.values, assurance) = (thing, values, try Assurance(body))
    }
}

extension Assurance {
    /// What a request says it with.
    static let members = ["confirm", "pin", "person"]

    /// Reads `"pin"` with `"person"`, or `"confirm": true`, of a request.
    ///
    /// - Throws: ``APIError`` that names the member.
    init(_ body: JSON) throws {
        if let pin = body["pin"], pin != .null {
            guard let pin = pin.text else { throw APIError.invalid("'pin' must be a text of digits", param: "pin", code: "invalid_type") }
            self = .pin(pin, of: body["person"]?.text)
        } else {
            self = body["confirm"] == true ? .confirmed : .none
        }
    }
}
