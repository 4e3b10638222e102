internal import LaresJSON

/// What all components have.
extension Options {
    /// How one knows whether the device is there. Throws ``ThingsError`` for topics and templates that can't be.
    func availability() throws(ThingsError) -> AvailabilityRule? {
        var sources: [AvailabilityRule.Source] = []
        if let topic = try topic("availability_topic") {
            sources.append(
                AvailabilityRule.Source(
                    topic: topic, template: try template("availability_template"), online: text("payload_available") ?? "online",
                    offline: text("payload_not_available") ?? "offline"))
        }
        for json in listed("availability").prefix(32) {
            guard case .object(let members) = json else { continue }
            let one = Options(Abbreviations.expanded(members, by: Abbreviations.options))
            guard let topic = try one.topic("topic") else { continue }
            sources.append(
                AvailabilityRule.Source(
                    topic: topic, template: try one.template("value_template"), online: one.text("payload_available") ?? "online",
                    offline: one.text("payload_not_available") ?? "offline"))
        }
        return AvailabilityRule(sources, mode: text("availability_mode").flatMap(AvailabilityRule.Mode.init(rawValue:)) ?? .latest)
    }

    private func listed(_ name: String) -> [JSON] {
        guard let value = self[name] else { return [] }
        return value.elements ?? [value]
    }

    /// What the properties are to people. What is switched off by default is there, but only for those who look closely.
    var role: Property.Role {
        switch text("entity_category") {
        case "config": .configuration
        case "diagnostic": .diagnostic
        default: flag("enabled_by_default", or: true) ? .primary : .diagnostic
        }
    }

    /// The short name for addresses: of its default entity id "light.hall" the "hall", else the older "object_id".
    var objectID: String? {
        if let entity = text("default_entity_id") {
            return entity.split(separator: ".", maxSplits: 1).last.flatMap { Slug.of(String($0), limit: 100) }
        }
        return text("object_id").flatMap { Slug.of($0, limit: 100) }
    }
}

extension DeviceIdentity {
    /// The device of an announcement, by its own words; without any, the part stands for itself.
    init(_ json: JSON?, key: String) {
        guard case .object(let members)? = json else {
            self.init(identifier: key)
            return
        }
        let options = Options(Abbreviations.expanded(members, by: Abbreviations.device))
        let identifiers = Self.identifiers(options["identifiers"])
        let connections = Self.connections(options["connections"])
        var details = DeviceDetails()
        (details.manufacturer, details.model, details.modelID) = (
            options.name("manufacturer"), options.name("model"), options.name("model_id")
        )
        (details.hardware, details.software) = (options.name("hw_version"), options.name("sw_version"))
        (details.serial, details.via) = (options.name("serial_number"), options.name("via_device"))
        details.configurationURL = options.text("configuration_url").flatMap(WebAddress.checked)
        let all = identifiers + connections
        self.init(
            identifier: all.first ?? key, others: Array(all.dropFirst()), name: options.name("name"), area: options.name("suggested_area"),
            details: details)
        adopt(options["child_device"])
    }

    /// Makes it the child that an announcement names: another device that speaks through this one.
    mutating func adopt(_ child: JSON?) {
        guard case .object(let members)? = child else { return }
        let options = Options(Abbreviations.expanded(members, by: Abbreviations.device))
        let identifiers = Self.identifiers(options["identifiers"])
        guard let first = identifiers.first else { return }
        (details.via, identifier, others) = (identifier, first, Array(identifiers.dropFirst()))
        name = options.name("name")
    }

    private static func identifiers(_ json: JSON?) -> [String] {
        guard let json else { return [] }
        return (json.elements ?? [json]).prefix(16).compactMap { element in
            switch element {
            case .string, .int, .double: CleanText.name(element.pythonText)
            default: nil
            }
        }
    }

    /// Pairs of a kind and an address, as "mac/aa:bb:cc:dd:ee:ff".
    private static func connections(_ json: JSON?) -> [String] {
        (json?.elements ?? []).prefix(16).compactMap { pair in
            guard let halves = pair.elements, halves.count == 2, let kind = halves[0].text, let address = halves[1].text else { return nil }
            return CleanText.name("\(kind)/\(kind == "mac" ? address.lowercased() : address)")
        }
    }
}

/// Addresses of strangers that people may be led to.
enum WebAddress {
    /// The address, if it is http or https and has no blank space or control characters.
    static func checked(_ text: String) -> String? {
        let lower = text.lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://"), text.utf8.count <= 500 else { return nil }
        return text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !"<>\"'`\\".utf8.contains($0) }) ? text : nil
    }
}
