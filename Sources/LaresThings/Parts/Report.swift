/// What a message says of one property of a part.
public struct Report: Hashable, Sendable {
    /// The property's place in ``Part/properties``.
    public let property: Int
    /// What it is now; nil: the device says that it doesn't know.
    public let value: PropertyValue?

    /// A report.
    public init(_ property: Int, _ value: PropertyValue?) { (self.property, self.value) = (property, value) }
}
