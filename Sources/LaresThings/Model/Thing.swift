/// Something in the home that can be known, set, or both: one device, whatever number of parts announce it.
public struct Thing: Hashable, Sendable {
    /// Its lasting name.
    public let id: ThingID
    /// What people call it.
    public var name: String
    /// What people call it in other languages, by BCP 47 tag: `["zh": "走廊灯"]`.
    public var names: [String: String]
    /// Other words for it, in any language.
    public var aliases: [String]
    /// Where it is; nil: nobody said.
    public var area: AreaID?
    /// What it mostly is.
    public var category: ThingCategory
    /// Who made it, and what it says of itself.
    public var details: DeviceDetails
    /// Where it comes from, for example "homeassistant/0x0017880109dc".
    public let origin: String
    /// What can be known of it or set on it, those it is for first.
    public var properties: [Property]

    /// A thing.
    public init(
        id: ThingID, name: String, names: [String: String] = [:], aliases: [String] = [], area: AreaID? = nil, category: ThingCategory,
        details: DeviceDetails = DeviceDetails(), origin: String, properties: [Property] = []
    ) {
        (self.id, self.name, self.names, self.aliases, self.area) = (id, name, names, aliases, area)
        (self.category, self.details, self.origin, self.properties) = (category, details, origin, properties)
    }

    /// Its property of a name; or, if none has it, the only one with that ``Property/base``: a thing with one switch has "on", whatever the
    /// switch is called.
    public func property(_ name: String) -> Property? {
        if let exact = properties.first(where: { $0.name == name }) { return exact }
        let same = properties.filter { $0.base == name }
        return same.count == 1 ? same[0] : nil
    }

    /// Which of its properties can be set, for messages.
    var settable: String {
        let names = properties.filter(\.isWritable).map(\.name).joined(separator: ", ")
        return "what can be set: \(names.isEmpty ? "nothing" : names)"
    }

    /// Its name in a language, by the longest tag that fits.
    public func name(in language: String) -> String {
        var tag = Substring(language)
        while !tag.isEmpty {
            if let name = names[String(tag)] { return name }
            tag = tag.lastIndex(of: "-").map { tag[..<$0] } ?? ""
        }
        return name
    }
}

/// What a thing mostly is: the component that Home Assistant's discovery names, "light", "lock", "sensor".
public struct ThingCategory: Hashable, Sendable, CustomStringConvertible {
    /// The word.
    public let description: String

    /// A category by its word.
    public init(_ word: String) { description = word }
}

/// Who made a thing, and what it says of itself.
public struct DeviceDetails: Hashable, Sendable {
    /// Who made it.
    public var manufacturer: String?
    /// What its maker calls it.
    public var model: String?
    /// Its maker's number for it.
    public var modelID: String?
    /// The version of its hardware.
    public var hardware: String?
    /// The version of its software.
    public var software: String?
    /// Its serial number.
    public var serial: String?
    /// Where it is set up, an http or https URL.
    public var configurationURL: String?
    /// The device it speaks through, by that one's identifier.
    public var via: String?

    /// Nothing known.
    public init() {}
}
