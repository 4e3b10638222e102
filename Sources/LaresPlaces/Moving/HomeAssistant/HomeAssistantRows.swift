internal import LaresJSON
internal import LaresThings

/// A device in Home Assistant's registry (minor versions 1.5 to 1.12 differ in what isn't read here).
struct HomeAssistantDevice {
    let id: String
    /// What it calls itself.
    let name: String?
    /// What people call it.
    let givenName: String?
    let area: String?
    let isDisabled: Bool
    /// Whose it is, and what it is known by: [["mqtt", "0x00158d0001d82999"]].
    let identifiers: [(domain: String, text: String)]
    let connections: [(domain: String, text: String)]

    init?(_ json: JSON) {
        guard let id = json["id"]?.text else { return nil }
        self.id = id
        (name, givenName) = (json.plainName("name"), json.plainName("name_by_user"))
        (area, isDisabled) = (json["area_id"]?.text, json.isSaid("disabled_by"))
        (identifiers, connections) = (json.pairs("identifiers"), json.pairs("connections"))
    }

    /// What Lares would know it by when it announces itself.
    ///
    /// Radios that Home Assistant drove itself are found again behind Zigbee2MQTT, which names devices by the same address; ESPHome's devices
    /// announce themselves by theirs.
    var lasting: [String] {
        var found = identifiers.filter { $0.domain == "mqtt" }.map(\.text)
        for (domain, text) in identifiers where domain == "zha" || domain == "deconz" {
            let address = text.lowercased().filter { $0 != ":" }
            if address.utf8.count == 16, address.allSatisfy(\.isHexDigit) { found.append("zigbee2mqtt_0x" + address) }
        }
        let addresses = connections.filter { $0.domain == "mac" }.map { $0.text.lowercased() }
        return found + addresses.map { $0.filter { $0 != ":" } } + addresses.map { "mac/" + $0 }
            + connections.filter { $0.domain != "mac" }.map { "\($0.domain)/\($0.text)" }
    }
}

/// An entity in Home Assistant's registry (minor versions 1.13 to 1.22; from 1.20 aliases are in `aliases_v2`, where null stands for the name).
struct HomeAssistantEntity {
    let platform: String
    let uniqueID: String
    /// "light" of "light.hall".
    let domain: String
    /// What people call it.
    let givenName: String?
    /// What it calls itself within its device.
    let ownName: String?
    let aliases: [String]
    let area: String?
    let device: String?
    let isDisabled: Bool
    let isHidden: Bool
    /// Whether it only sets up its device, or tells how that is doing.
    let isSecondary: Bool

    init?(_ json: JSON) {
        guard let platform = json["platform"]?.text, let entity = json["entity_id"]?.text, let id = json["unique_id"] else { return nil }
        guard let uniqueID = id.text ?? id.number.flatMap({ Int(exactly: $0) }).map(String.init) else { return nil }
        (self.platform, self.uniqueID) = (platform, uniqueID)
        domain = String(entity.prefix { $0 != "." })
        (givenName, ownName) = (json.plainName("name"), json.plainName("original_name"))
        aliases = json.plainNames(json["aliases_v2"] == nil ? "aliases" : "aliases_v2")
        (area, device) = (json["area_id"]?.text, json["device_id"]?.text)
        (isDisabled, isHidden) = (json.isSaid("disabled_by"), json.isSaid("hidden_by"))
        isSecondary = json.isSaid("entity_category")
    }
}

extension JSON {
    /// A name as people may see it, without blank space around it; nil where there is none.
    func plainName(_ key: String) -> String? { self[key]?.text.flatMap(Self.plain) }

    /// A list of names, each once; at most 50.
    func plainNames(_ key: String) -> [String] {
        var names: [String] = []
        for name in (self[key]?.elements ?? []).compactMap(\.text).compactMap(Self.plain) where !names.contains(name) { names.append(name) }
        return Array(names.prefix(50))
    }

    private static func plain(_ text: String) -> String? {
        let name = text.trimmingSpace
        return PlainName.isName(name) ? name : nil
    }

    fileprivate func isSaid(_ key: String) -> Bool { self[key].map { $0 != .null } ?? false }

    /// Pairs of texts; integrations that keep something else are passed over.
    fileprivate func pairs(_ key: String) -> [(domain: String, text: String)] {
        (self[key]?.elements ?? []).compactMap { pair in
            guard let halves = pair.elements, halves.count == 2, let domain = halves[0].text, let text = halves[1].text,
                MovingText.isIdentifier(domain + text)
            else { return nil }
            return (domain, text)
        }
    }
}

extension String {
    fileprivate var trimmingSpace: String {
        let start = drop(while: \.isWhitespace)
        return String(start.reversed().drop(while: \.isWhitespace).reversed())
    }
}
