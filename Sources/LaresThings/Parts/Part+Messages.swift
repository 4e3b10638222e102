extension Part {
    /// The messages that set properties of the part, in the order they must be sent.
    ///
    ///     try part.messages(setting: ["on": .boolean(true), "brightness": .number(40)], knowing: state)
    ///
    /// - Parameters:
    ///   - setting: What the properties should become.
    ///   - knowing: What the part's properties are, as far as is known.
    /// - Throws: ``ThingsError``: a property is unknown, can't be set or can't take its value.
    public func messages(setting: [String: PropertyValue], knowing: [String: PropertyValue] = [:]) throws(ThingsError) -> [MQTTMessage] {
        for (name, value) in setting { try check(name, value) }
        var left = setting
        var messages: [MQTTMessage] = []
        for writer in writers where !left.isEmpty {
            let own = left.filter { writer.properties.contains($0.key) }
            guard !own.isEmpty else { continue }
            messages += try writer.messages(setting: own, knowing: knowing)
            for name in own.keys { left[name] = nil }
        }
        if let name = left.keys.min() { throw ThingsError(.notWritable, "'\(name)' can't be set") }
        return messages
    }

    private func check(_ name: String, _ value: PropertyValue) throws(ThingsError) {
        guard let property = properties.first(where: { $0.name == name }) else {
            throw ThingsError(.unknown, "there is no property '\(name)'; there are \(properties.map(\.name).joined(separator: ", "))")
        }
        guard property.isWritable else { throw ThingsError(.notWritable, "'\(name)' is only reported, it can't be set") }
        if let objection = property.kind.objection(to: value) { throw ThingsError(.badValue, "'\(name)' must \(objection)") }
    }
}
