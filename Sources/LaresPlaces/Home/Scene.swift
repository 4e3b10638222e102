public import LaresJSON
public import LaresThings

/// How several things are to be, under one name.
///
/// ```json
/// {"id": "evening", "name": "Evening", "states": {"living/lamp": {"on": true, "brightness": 40}}, "transition": 2}
/// ```
public struct Scene: Hashable, Sendable {
    /// Its lasting name: lower-case letters, digits, "_" and "-".
    public let id: String
    /// What people call it.
    public var name: String
    /// What each thing's properties are to be.
    public var states: [ThingID: [String: PropertyValue]]
    /// Seconds that lamps take for it, 0 to 3,600; nil: as they do.
    public var transition: Double?

    /// The most things in a scene.
    public static let most = 500

    /// A scene. Its id follows from its name unless it is given.
    ///
    /// - Throws: ``ThingsError`` with `badName`.
    public init(id: String? = nil, name: String, states: [ThingID: [String: PropertyValue]], transition: Double? = nil) throws(ThingsError)
    {
        guard PlainName.isName(name), let id = AreaID(id ?? AreaID(naming: name).description) else {
            throw ThingsError(.badName, "a scene has a name of 1 to 200 characters, and an id of lower-case letters, digits, '_' and '-'")
        }
        guard (1...Self.most).contains(states.count), states.values.allSatisfy({ (1...100).contains($0.count) }) else {
            throw ThingsError(.badName, "a scene says of 1 to \(Self.most) things how they are to be")
        }
        guard transition.map({ (0...3_600).contains($0) }) ?? true else {
            throw ThingsError(.badValue, "a scene's transition is 0 to 3600 seconds")
        }
        (self.id, self.name, self.states, self.transition) = (id.description, name, states, transition)
    }

    /// As JSON, for files and the API.
    public var json: JSON {
        var things = JSON.Members()
        for (thing, values) in states.sorted(by: { $0.key < $1.key }) {
            var members = JSON.Members()
            for (name, value) in values.sorted(by: { $0.key < $1.key }) { members.append(name, value.json) }
            things.append(thing.description, .object(members))
        }
        var members: JSON.Members = ["id": .string(id), "name": .string(name), "states": .object(things)]
        if let transition { members.append("transition", .double(transition)) }
        return .object(members)
    }

    /// Reads what ``json`` writes; the id may be left out. A value may be anything that `read` understands.
    ///
    /// - Parameters:
    ///   - json: An object.
    ///   - read: Reads a value of a property; what it throws goes on.
    /// - Throws: `JSONError` that names the member, ``ThingsError``.
    public init(
        _ json: JSON, reading read: (ThingID, String, JSON) throws -> (String, PropertyValue) = { ($1, try Scene.value($1, $2)) }
    ) throws {
        var fields = try JSONFields(json)
        guard let name = try fields.string("name") else { throw fields.error("name", "is missing: what people call it") }
        let id = try fields.string("id"), transition = try fields.double("transition", in: 0...3_600)
        guard case .object(let things)? = fields.value("states"), things.count <= Self.most else {
            throw fields.error("states", "must be an object of up to \(Self.most) things, each with its properties")
        }
        try fields.end()
        var states: [ThingID: [String: PropertyValue]] = [:]
        for (key, values) in things {
            guard let thing = ThingID(key), case .object(let values) = values, values.count <= 100 else {
                throw JSONError(message: "'states.\(key.prefix(120))' must be a thing with an object of its properties")
            }
            for (property, value) in values {
                let (name, value) = try read(thing, property, value)
                states[thing, default: [:]][name] = value
            }
        }
        try self.init(id: id, name: name, states: states, transition: transition)
    }

    /// A value as ``json`` writes it.
    public static func value(_ name: String, _ json: JSON) throws -> PropertyValue {
        guard let value = PropertyValue(json) else { throw ThingsError(.badValue, "'\(name)' can't be \(json.serialized.prefix(60))") }
        return value
    }
}
