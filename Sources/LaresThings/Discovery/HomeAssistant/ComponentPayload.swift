internal import LaresJSON

/// One component that was announced, on a topic of its own or together with others of its device.
struct ComponentPayload {
    /// Its word: "light".
    let component: String
    /// What tells its part from others, lasting.
    let key: String
    /// Whether it is announced only to say that it is gone.
    let isRemoval: Bool
    private let options: Options
    private let device: DeviceIdentity
    private let objectID: String

    /// A component with a topic of its own.
    init(_ members: JSON.Members, _ topic: DiscoveryTopic) {
        let options = Options(Abbreviations.expanded(members, by: Abbreviations.options))
        component = topic.component
        key = Self.key(topic.component, options, topic.path)
        isRemoval = members.count == 0
        device = DeviceIdentity(options["device"], key: key)
        objectID = options.objectID ?? Slug.of(topic.object, limit: 100) ?? topic.component
        self.options = options
    }

    /// A component among those of a device.
    init(
        _ name: String, _ members: JSON.Members, of topic: DiscoveryTopic, _ device: DeviceIdentity, _ shared: [String: JSON]
    ) throws(ThingsError) {
        let own = Options(Abbreviations.expanded(members, by: Abbreviations.options))
        guard let word = own.text("platform"), !word.isEmpty, word.utf8.count <= 60, word.utf8.allSatisfy(Self.isWord) else {
            throw ThingsError(.badAnnouncement, "the component '\(CleanText.text(name, limit: 60))' must have a 'platform'")
        }
        options = own.inheriting(DevicePayload.shared, from: shared)
        component = word
        key = Self.key(word, own, "\(topic.path)/\(CleanText.text(name, limit: 100))")
        isRemoval = members.count == 1
        self.device = device
        objectID = options.objectID ?? Slug.of(name, limit: 100) ?? word
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func key(_ component: String, _ options: Options, _ path: String) -> String {
        "\(HomeAssistantDiscovery.origin)/\(component)/\(options.name("unique_id") ?? path)"
    }

    /// The part it announces. Throws ``ThingsError`` (`bad_announcement`) where an option can't be what it is.
    func part() throws(ThingsError) -> Part {
        let names = PartNames(name: options.name("name"), device: device.name, objectID: objectID)
        var blueprint = Blueprint(component: component, options: options, names: names)
        try Components.read(&blueprint)
        return Part(
            key: key, device: device, component: ThingCategory(component), name: names.name, objectID: objectID,
            properties: blueprint.properties, readers: blueprint.readers, writers: blueprint.writers,
            commandTopics: try options.commandTopics(), availability: try options.availability())
    }
}
