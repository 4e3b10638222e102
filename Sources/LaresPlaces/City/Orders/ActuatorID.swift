/// What an order is for: its kind and its name, as in `signal/A1` or `battery/home-3`.
public struct ActuatorID: Sendable, Hashable, CustomStringConvertible {
    /// What it is: "signal", "battery".
    public let kind: String
    /// Which one it is.
    public let name: String

    /// An actuator; nil for a kind that isn't 1…32 small letters, digits and hyphens, or a name that isn't 1…128 printable letters.
    public init?(kind: String, name: String) {
        let isKind =
            (1...32).contains(kind.utf8.count) && kind.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 }
        let isName = (1...128).contains(name.utf8.count) && name.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 }
        guard isKind, isName else { return nil }
        (self.kind, self.name) = (kind, name)
    }

    /// What takes and gives energy in the home: its battery, cars and heat pumps, which are planned together and change hands together.
    public static let energy = ActuatorID("energy", "home")

    private init(_ kind: String, _ name: String) { (self.kind, self.name) = (kind, name) }

    /// Reads "signal/A1"; nil for what is none.
    public init?(_ text: String) {
        guard let slash = text.firstIndex(of: "/") else { return nil }
        self.init(kind: String(text[..<slash]), name: String(text[text.index(after: slash)...]))
    }

    /// "signal/A1".
    public var description: String { "\(kind)/\(name)" }
}
