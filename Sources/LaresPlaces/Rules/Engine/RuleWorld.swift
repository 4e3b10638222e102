internal import Foundation
public import LaresThings

/// What rules can see.
public protocol RuleWorld {
    /// What is known of a property; nil when there is none.
    func state(of address: PropertyAddress) -> PropertyState?
    /// Whether a thing can be reached; nil when there is none.
    func availability(of thing: ThingID) -> Availability?
    /// What people call a thing, and the room it is in; nil when nobody said.
    func name(of thing: ThingID) -> (thing: String, room: String?)?
    /// The home's clocks, sun and holidays.
    var site: Site { get }
}

extension RuleWorld {
    /// Nothing is called anything.
    public func name(of thing: ThingID) -> (thing: String, room: String?)? { nil }
}

/// A world that is held in memory: for replays and tests.
public struct MemoryWorld: RuleWorld, Sendable {
    /// What is known of properties.
    public var states: [PropertyAddress: PropertyState]
    /// Whether things can be reached.
    public var availabilities: [ThingID: Availability] = [:]
    /// The home's clocks, sun and holidays.
    public let site: Site

    /// A world.
    public init(_ states: [PropertyAddress: PropertyState] = [:], site: Site) { (self.states, self.site) = (states, site) }

    /// What is known of a property.
    public func state(of address: PropertyAddress) -> PropertyState? { states[address] }

    /// Whether a thing can be reached.
    public func availability(of thing: ThingID) -> Availability? { availabilities[thing] }

    /// Takes in what happened.
    public mutating func apply(_ event: RuleEvent) {
        switch event {
        case .changed(let change):
            var state = states[change.address] ?? PropertyState()
            (state.reported, state.reportedAt, state.changedAt, state.cause) = (change.new, change.date, change.date, change.cause)
            states[change.address] = state
        case .availability(let thing, let availability): availabilities[thing] = availability
        default: break
        }
    }
}
