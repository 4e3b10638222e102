public import Foundation

/// Keeps what things reported, for histories.
public protocol ChangeRecorder: Sendable {
    /// Keeps changes; durable when it returns. Called by one thread at a time, which may wait, in the order in which they happened.
    ///
    /// - Parameter property: What a property is; nil when it is there no more.
    func record(_ changes: [Change], property: (PropertyAddress) -> Property?) throws

    /// Keeps what properties still are, at a time that is a multiple of five minutes; called as ``record(_:property:)`` is.
    func record(_ pulses: [Pulse], at date: Date, property: (PropertyAddress) -> Property?) throws

    /// Keeps which things can be reached, and which can't any more; called as ``record(_:property:)`` is.
    func record(_ changes: [AvailabilityChange]) throws
}

/// A thing can be reached, or can't.
public struct AvailabilityChange: Hashable, Sendable {
    /// The thing.
    public let thing: ThingID
    /// Whether it can.
    public let availability: Availability
    /// Since when.
    public let date: Date

    /// A thing can be reached, or can't.
    public init(_ thing: ThingID, _ availability: Availability, at date: Date) {
        (self.thing, self.availability, self.date) = (thing, availability, date)
    }
}

extension ChangeRecorder {
    /// Keeps changes alone.
    public func record(_ pulses: [Pulse], at date: Date, property: (PropertyAddress) -> Property?) throws {}

    /// Keeps changes alone.
    public func record(_ changes: [AvailabilityChange]) throws {}
}
