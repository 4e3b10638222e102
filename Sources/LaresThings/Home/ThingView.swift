/// A thing as people see it: in their words, with what is known of it now.
public struct ThingView: Sendable, Hashable {
    /// The thing, in people's words where they gave some.
    public let thing: Thing
    /// Whether it can be reached.
    public let availability: Availability
    /// What is known of its properties, by their names.
    public let states: [String: PropertyState]
}
