public import Foundation

/// What is known of a property.
public struct PropertyState: Hashable, Sendable {
    /// What the thing reported last; nil: nothing, or that it doesn't know.
    public var reported: PropertyValue?
    /// When it reported last.
    public var reportedAt: Date?
    /// Since when it has been what it is.
    public var changedAt: Date?
    /// Why it changed.
    public var cause: Cause?
    /// What the thing was asked for and hasn't confirmed; nil: nothing.
    public var desired: PropertyValue?
    /// When it was asked for.
    public var desiredAt: Date?

    /// Nothing known.
    public init() {}
}

/// A property that became something else, or an event that happened again.
public struct Change: Hashable, Sendable {
    /// The property.
    public let address: PropertyAddress
    /// What it was; nil: unknown.
    public let old: PropertyValue?
    /// What it is; nil: unknown.
    public let new: PropertyValue?
    /// When.
    public let date: Date
    /// Why.
    public let cause: Cause

    /// A change.
    public init(_ address: PropertyAddress, from old: PropertyValue?, to new: PropertyValue?, at date: Date, by cause: Cause) {
        (self.address, self.old, self.new, self.date, self.cause) = (address, old, new, date, cause)
    }
}
