internal import LaresThings

/// The lasting name of a rule: "hall-light".
public struct RuleID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// Nil unless it has 1 to 60 lower-case ASCII letters, digits, "_" and "-".
    public init?(_ text: String) {
        guard AreaID(text) != nil else { return nil }
        description = text
    }

    /// The name that follows from what people call it; "rule" where nothing of it can be written so.
    public init(naming name: String) { description = Slug.of(name, limit: 60) ?? "rule" }

    /// In the order of their bytes.
    public static func < (a: RuleID, b: RuleID) -> Bool { a.description.utf8.lexicographicallyPrecedes(b.description.utf8) }
}
