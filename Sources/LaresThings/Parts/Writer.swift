internal import LaresJSON
internal import LaresTemplates

/// How some properties of a part are set together: the messages for it.
public struct Writer: Sendable {
    /// The properties it sets, and what it takes beside them, such as "transition" and "code".
    public var properties: [String] { command.properties }
    let command: any Command

    init(_ command: any Command) { self.command = command }

    /// The messages that set these properties, in the order they must be sent.
    ///
    /// - Parameters:
    ///   - setting: What they should become; only its own properties.
    ///   - knowing: What all of the part's properties are, as far as is known.
    /// - Throws: ``ThingsError`` where a value can't be sent.
    public func messages(setting: [String: PropertyValue], knowing: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage] {
        try command.messages(setting, knowing)
    }
}

/// One way to set properties.
protocol Command: Sendable {
    /// What it sets or takes.
    var properties: [String] { get }
    /// The messages for some of it.
    func messages(_ setting: [String: PropertyValue], _ known: [String: PropertyValue]) throws(ThingsError) -> [MQTTMessage]
}

/// Where and how a command is published.
struct Publication: Sendable {
    let topic: String
    var template: ValueTemplate?
    var quality = MQTTMessage.Quality.atMostOnce
    var isRetained = false

    /// The message of a value: as Python prints it, or as the template makes it.
    func message(_ value: JSON, _ names: [String: TemplateValue] = [:]) throws(ThingsError) -> MQTTMessage {
        let text = try template.map { template throws(ThingsError) in try template.command(value, names) } ?? value.pythonText
        return MQTTMessage(topic, text, quality: quality, isRetained: isRetained)
    }
}
