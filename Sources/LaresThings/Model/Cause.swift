/// Why something changed.
public struct Cause: Hashable, Sendable {
    /// What kind of thing made the change.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The thing itself, or someone at it.
        case device
        /// A person, or a program with a key.
        case principal
        /// A rule.
        case rule
        /// A schedule or a timer.
        case schedule
        /// A model.
        case model
        /// Time alone: a report expired.
        case time
    }

    /// What kind it is.
    public let kind: Kind
    /// Its name or id; empty for the thing itself.
    public let name: String
    /// The command that it followed, by its number; nil: none.
    public let command: Int?

    /// A cause.
    public init(_ kind: Kind, name: String = "", command: Int? = nil) { (self.kind, self.name, self.command) = (kind, name, command) }

    /// The thing itself.
    public static let device = Cause(.device)
}
