/// Names that things and properties were given when they were first seen. They stay, whatever comes in which order after a restart.
public struct ThingNames: Sendable {
    /// Things by the device they are: its identifier, "homeassistant/0x0017".
    public private(set) var things: [String: ThingID] = [:]
    /// Properties by their part's key and their base.
    public private(set) var properties: [String: [String: String]] = [:]
    private var taken: Set<ThingID> = []
    /// The number to try next for a second thing of a name.
    private var next: [ThingID: Int] = [:]
    /// Things named since the last time they were kept.
    private(set) var newThings: [(identifier: String, id: ThingID)] = []
    /// Properties named since the last time they were kept.
    private(set) var newProperties: [(part: String, base: String, name: String)] = []

    /// The most devices, and the most parts, that have a name: they keep it when they are gone.
    static let limit = 200_000

    /// No names.
    public init() {}

    /// Names given before.
    public init(things: [String: ThingID], properties: [String: [String: String]]) {
        (self.things, self.properties, taken) = (things, properties, Set(things.values))
    }

    /// Whether a part and its device have names, or there is room for them.
    func hasRoom(for part: Part) -> Bool {
        let device = part.device
        return (things.count < Self.limit || ([device.identifier] + device.others).contains { things[$0] != nil })
            && (properties.count < Self.limit || properties[part.key] != nil)
    }

    /// The thing that a device is.
    mutating func thing(for device: DeviceIdentity) -> ThingID {
        for identifier in [device.identifier] + device.others { if let known = things[identifier] { return known } }
        let first = ThingID(naming: device.name ?? device.details.model ?? device.identifier, in: device.area)
        var (id, number) = (first, next[first] ?? 2)
        while taken.contains(id) { (id, number) = (first.numbered(number), number + 1) }
        next[first] = number
        for identifier in [device.identifier] + device.others {
            things[identifier] = id
            newThings.append((identifier, id))
        }
        taken.insert(id)
        return id
    }

    /// Whether there is something new.
    var hasNews: Bool { !newThings.isEmpty || !newProperties.isEmpty }

    /// Takes over names that were given elsewhere; they count as new until they are kept.
    mutating func adopt(_ things: [String: ThingID], _ properties: [String: [String: String]]) {
        for (identifier, id) in things where self.things[identifier] != id {
            self.things[identifier] = id
            newThings.append((identifier, id))
        }
        taken = Set(self.things.values)
        for (part, names) in properties {
            for (base, name) in names where self.properties[part]?[base] != name {
                self.properties[part, default: [:]][base] = name
                newProperties.append((part, base, name))
            }
        }
    }

    /// What is new was kept.
    mutating func keep() { (newThings, newProperties) = ([], []) }

    /// What the properties of a part are called in their thing.
    /// - Parameter isTaken: Whether another part of the thing has a name.
    mutating func properties(of part: Part, isTaken: (String) -> Bool) -> [String] {
        var names = properties[part.key] ?? [:]
        var own: Set<String> = []
        let result = part.properties.map { property in
            func isUsed(_ name: String) -> Bool { own.contains(name) || isTaken(name) }
            let name = names[property.base].flatMap { isUsed($0) ? nil : $0 } ?? Self.name(of: property, in: part, isUsed)
            own.insert(name)
            if names.updateValue(name, forKey: property.base) != name { newProperties.append((part.key, property.base, name)) }
            return name
        }
        properties[part.key] = names
        return result
    }

    /// The property's own name for what the device mostly is; the part's name for a part with one property; else both, if need be.
    private static func name(of property: Property, in part: Part, _ isUsed: (String) -> Bool) -> String {
        let partName = part.name.flatMap(Slug.property)
        if let partName, part.properties.count == 1, !isUsed(partName) { return partName }
        if !isUsed(property.base) { return property.base }
        let both = String("\(partName ?? Slug.property(part.objectID) ?? "part")_\(property.base)".prefix(60))
        var (name, number) = (both, 2)
        while isUsed(name) { (name, number) = ("\(both)_\(number)", number + 1) }
        return name
    }
}
