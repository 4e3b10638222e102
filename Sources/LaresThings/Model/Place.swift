/// The lasting name of an area: "hall".
public struct AreaID: Hashable, Sendable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// Nil unless it has 1 to 60 lower-case letters, digits, "_" and "-".
    public init?(_ text: String) {
        guard text.utf8.count <= 60, Slug.isSlug(text) else { return nil }
        description = text
    }

    /// The name that follows from what people call an area; "area" where nothing of it can be written so.
    public init(naming name: String) { description = Slug.of(name, limit: 60) ?? "area" }
}

/// A room, or a part of the garden.
public struct Area: Hashable, Sendable {
    /// Its lasting name.
    public let id: AreaID
    /// What people call it.
    public var name: String
    /// What people call it in other languages, by BCP 47 tag.
    public var names: [String: String]
    /// Other words for it.
    public var aliases: [String]
    /// The floor it is on, by its number: 0 is the ground floor; nil: nobody said.
    public var level: Int?

    /// An area.
    public init(id: AreaID, name: String, names: [String: String] = [:], aliases: [String] = [], level: Int? = nil) {
        (self.id, self.name, self.names, self.aliases, self.level) = (id, name, names, aliases, level)
    }
}
