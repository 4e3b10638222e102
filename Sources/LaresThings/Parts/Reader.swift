internal import LaresJSON

/// Where some properties of a part are reported, and what its messages mean.
///
///     var payload = Payload(message.payload)
///     for reader in readers { reports += try reader.reports(of: &payload) }
public struct Reader: Sendable {
    /// The topic to subscribe to.
    public let topic: String
    /// How surely its messages should arrive.
    public let quality: MQTTMessage.Quality
    /// Whether messages the broker kept count: an event that happened before isn't one now.
    public let takesRetained: Bool
    let decoding: Decoding

    /// How messages are read: plain data, so that a thing can be described without running anything.
    enum Decoding: Sendable {
        /// One value, the whole message or what a template takes out of it.
        case value(ValueTemplate?, any Form)
        /// Members of an object; what is no object means `plain`.
        case members(ValueTemplate?, [(name: String, form: any Form)], plain: (any Form)?)
        /// A light's JSON.
        case light(LightForm)
        /// A colour by three templates.
        case parts(LightParts)
    }

    init(_ topic: String, quality: MQTTMessage.Quality = .atMostOnce, takesRetained: Bool = true, _ decoding: Decoding) {
        (self.topic, self.quality, self.takesRetained, self.decoding) = (topic, quality, takesRetained, decoding)
    }

    /// What a message says; empty where it says nothing about these properties.
    ///
    /// - Throws: ``ThingsError`` (`bad_value`) where it should say something and can't be understood.
    public func reports(of payload: inout Payload) throws(ThingsError) -> [Report] {
        switch decoding {
        case .value(let template, let form):
            guard let reading = try template.reading(of: &payload) else { return [] }
            return try form.reports(reading)
        case .members(let template, let forms, let plain):
            guard let reading = try Self.object(template, &payload) else { return [] }
            guard let members = reading.members else { return try plain?.reports(reading) ?? [] }
            var reports: [Report] = []
            for (name, form) in forms {
                guard let value = members[name] else { continue }
                reports += try form.reports(.value(value))
            }
            return reports
        case .light(let light):
            guard case .object(let members)? = payload.json() else { throw ThingsError(.badValue, "a light's state must be a JSON object") }
            return try light.reports(members)
        case .parts(let parts): return try parts.reports(of: &payload)
        }
    }

    private static func object(_ template: ValueTemplate?, _ payload: inout Payload) throws(ThingsError) -> Reading? {
        guard template == nil, payload.bytes.first(where: { $0 > 0x20 }) == UInt8(ascii: "{"), let json = payload.json() else {
            return try template.reading(of: &payload)
        }
        return .value(json)
    }
}
