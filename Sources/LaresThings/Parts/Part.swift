/// What one announcement says of a device: some properties, where they are reported, and how they are set.
///
/// Several parts with the same device make one ``Thing``.
public struct Part: Sendable {
    /// What announced it, lasting over restarts: "homeassistant/light/0x0017_light" or "tasmota/DC4F22".
    public let key: String
    /// The device it belongs to.
    public let device: DeviceIdentity
    /// What it is: "light". A component that Lares doesn't know stays one, with what it reports as a text.
    public let component: ThingCategory
    /// What the device calls the part; nil: it is what the device is.
    public let name: String?
    /// A short name for addresses, from the announcement: its default entity or object id; it tells parts of the same name apart.
    public let objectID: String
    /// Its properties by their names within the part: "on", "brightness". ``Thing`` may call them otherwise, when parts clash.
    public let properties: [Property]
    /// Where they are reported.
    public let readers: [Reader]
    /// How they are set. A command takes the first writers that together set all it asks for.
    public let writers: [Writer]
    /// Where its commands go. No two things share such a topic.
    public let commandTopics: [String]
    /// A topic below which everything is a command to its device; nil: only ``commandTopics`` are.
    public let commandsBelow: String?
    /// How one knows whether the device is there; nil: it always is, as far as anybody knows.
    public let availability: AvailabilityRule?

    /// A part.
    public init(
        key: String, device: DeviceIdentity, component: ThingCategory, name: String?, objectID: String, properties: [Property],
        readers: [Reader], writers: [Writer], commandTopics: [String] = [], commandsBelow: String? = nil,
        availability: AvailabilityRule?
    ) {
        (self.key, self.device, self.component, self.name, self.objectID) = (key, device, component, name, objectID)
        (self.properties, self.readers, self.writers, self.availability) = (properties, readers, writers, availability)
        (self.commandTopics, self.commandsBelow) = (commandTopics, commandsBelow)
    }

    /// Filters of all topics where its device takes commands.
    var commandFilters: [String] { commandTopics + (commandsBelow.map { ["\($0)/#"] } ?? []) }
}

/// Which device a part belongs to, and what it says of itself.
public struct DeviceIdentity: Hashable, Sendable {
    /// What tells it from others, lasting: the first identifier, else the first connection; where an announcement has neither, its part's key.
    public var identifier: String
    /// All identifiers and connections ("mac/aa:bb:…"), so that other announcements find it.
    public var others: [String]
    /// What it calls itself.
    public var name: String?
    /// Where it says it is.
    public var area: String?
    /// Who made it.
    public var details: DeviceDetails

    /// A device.
    public init(
        identifier: String, others: [String] = [], name: String? = nil, area: String? = nil, details: DeviceDetails = DeviceDetails()
    ) {
        (self.identifier, self.others, self.name, self.area, self.details) = (identifier, others, name, area, details)
    }
}
