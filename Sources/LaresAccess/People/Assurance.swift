/// What comes with a deed to show that a person wants it.
public enum Assurance: Sendable, Hashable {
    /// Nothing.
    case none
    /// Whoever asks says that they mean it.
    case confirmed
    /// A PIN, and whose: the id of a person; nil: of the person whose key it is.
    case pin(String, of: String? = nil)
    /// A person said beforehand that this rule or schedule may: their name.
    case standing(by: String)
}
