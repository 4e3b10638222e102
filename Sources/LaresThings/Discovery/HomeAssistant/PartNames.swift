/// What a part is called, and what follows for the names of its properties.
struct PartNames: Sendable {
    /// What the device calls the part; nil: it is what the device is.
    let name: String?
    /// The short name of the part.
    let objectID: String

    /// The name without the device's own in front, which Home Assistant's users see twice else; nil where nothing more is left.
    init(name: String?, device: String?, objectID: String) {
        self.objectID = Self.without(Slug.of(device ?? "", limit: 100), in: objectID)
        guard let name, let device, name.lowercased().hasPrefix(device.lowercased()) else {
            self.name = name
            return
        }
        let rest = name.dropFirst(device.count)
        if rest.isEmpty {
            self.name = nil
        } else if let first = rest.first, first.isLetter || first.isNumber {
            self.name = name
        } else {
            self.name = CleanText.name(String(rest.drop { !$0.isLetter && !$0.isNumber })) ?? name
        }
    }

    private static func without(_ device: String?, in objectID: String) -> String {
        guard let device, objectID.hasPrefix(device + "_") else { return objectID }
        return String(objectID.dropFirst(device.count + 1))
    }

    /// The name of a part's only property: its own name, else what it measures, else its short name.
    func property(measuring quantity: String?, or fallback: String) -> String {
        name.flatMap(Slug.property) ?? quantity.flatMap(Slug.property) ?? Slug.property(objectID) ?? fallback
    }
}
