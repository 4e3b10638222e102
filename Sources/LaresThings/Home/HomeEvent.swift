public import Foundation

/// What happens in a home, for those who watch it.
public enum HomeEvent: Sendable {
    /// A property became something else.
    case changed(Change)
    /// A property was asked for a value, or isn't any more (nil): confirmed or given up.
    case asked(PropertyAddress, PropertyValue?, at: Date)
    /// A thing can be reached, or can't.
    case availability(ThingID, Availability, at: Date)
    /// A thing is new, or is something else than before.
    case described(ThingID)
    /// A thing is there no more.
    case removed(ThingID)
    /// A message came on a topic that someone asked for by ``Home/hear(_:)``.
    case heard(MQTTMessage)
    /// An announcement can't be understood.
    case refused(topic: String, reason: String)
}
