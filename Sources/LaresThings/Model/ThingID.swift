/// The lasting name of a thing: "hall/lamp". What people call it may change, this stays.
///
/// One or two parts of lower-case ASCII letters, digits, "_" and "-", joined by "/"; at most 120 bytes.
public struct ThingID: Hashable, Sendable, CustomStringConvertible, Comparable {
    /// The name.
    public let description: String

    /// Nil for anything that isn't such a name.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard text.utf8.count <= 120, (1...2).contains(parts.count), parts.allSatisfy(Slug.isSlug) else { return nil }
        description = text
    }

    /// The name that follows from what people call a thing and its area; "thing" where nothing of it can be written so.
    public init(naming name: String, in area: String? = nil) {
        let slug = Slug.of(name, limit: 60) ?? "thing"
        description = area.flatMap { Slug.of($0, limit: 40) }.map { $0 + "/" + slug } ?? slug
    }

    private init(unchecked text: String) { description = text }

    /// The same name with a number behind it, for a second thing of that name.
    public func numbered(_ number: Int) -> ThingID { ThingID(unchecked: "\(description)-\(number)") }

    /// In the order of their bytes.
    public static func < (a: ThingID, b: ThingID) -> Bool { a.description.utf8.lexicographicallyPrecedes(b.description.utf8) }
}

/// A property of a thing: "hall/lamp/brightness".
public struct PropertyAddress: Hashable, Sendable, CustomStringConvertible {
    /// The thing.
    public let thing: ThingID
    /// The property's name: a letter, then lower-case letters, digits and "_"; at most 64 bytes.
    public let property: String

    /// The property of a thing.
    public init(_ thing: ThingID, _ property: String) { (self.thing, self.property) = (thing, property) }

    /// Reads "hall/lamp/brightness"; nil for anything else.
    public init?(_ text: String) {
        guard let slash = text.lastIndex(of: "/"), let thing = ThingID(String(text[..<slash])) else { return nil }
        let property = String(text[text.index(after: slash)...])
        guard Slug.isProperty(property) else { return nil }
        self.init(thing, property)
    }

    /// The thing's name, a slash, and the property's.
    public var description: String { "\(thing)/\(property)" }
}
