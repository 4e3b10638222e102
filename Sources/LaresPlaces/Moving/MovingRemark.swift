/// Something of another system that has no place here, for people.
public struct MovingRemark: Sendable, Hashable, CustomStringConvertible {
    /// What kind of thing it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Devices that don't speak MQTT and aren't of a kind that could.
        case otherIntegrations = "other_integrations"
        /// Devices that nothing lasting tells apart.
        case unidentified
        /// What was switched off.
        case disabled
        /// Names of parts of a device.
        case parts
        case floors, labels, people, zones
    }

    /// What kind of thing it is.
    public let kind: Kind
    /// How many there are.
    public let count: Int
    /// Their names, the first hundred.
    public let names: [String]

    /// Nil where there are none.
    init?(_ kind: Kind, _ names: [String]) {
        guard !names.isEmpty else { return nil }
        (self.kind, count, self.names) = (kind, names.count, Array(names.prefix(100)))
    }

    /// What it means, in English.
    public var sentence: String {
        switch kind {
        case .otherIntegrations: "devices that don't announce themselves over MQTT; bring them over by a bridge, and name them then"
        case .unidentified: "devices that nothing lasting tells apart; name them when they announce themselves"
        case .disabled: "switched off there, and left out"
        case .parts: "names of parts of a device; Lares has names for whole things"
        case .floors: "floors; Lares keeps their level with each area, not their names"
        case .labels: "labels; Lares has none"
        case .people: "people; give each an account of their own"
        case .zones: "zones other than home; Lares has none"
        }
    }

    /// "3 labels; Lares has none: …".
    public var description: String { "\(count) \(sentence): \(names.joined(separator: ", "))" }
}
