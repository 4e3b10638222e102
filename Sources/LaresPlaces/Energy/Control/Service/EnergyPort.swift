public import LaresThings

/// What the control of energy sees of a home and has it do.
public protocol EnergyPort: Sendable {
    /// What is known of a property; nil when there is none.
    func state(of address: PropertyAddress) -> PropertyState?
    /// A property; nil when there is none.
    func property(_ address: PropertyAddress) -> Property?
    /// Whether a thing can be reached; nil when there is none.
    func availability(of thing: ThingID) -> Availability?
    /// Has a thing do something, as everybody else has: the policy is asked, it is written down, and it is waited for.
    func carryOut(_ command: ThingCommand, for order: DeviceOrder) async throws -> CommandOutcome
}

/// A home that is controlled.
public struct HomeEnergyPort: EnergyPort {
    /// Says whether something may be done, and writes it down; what it throws is why it isn't.
    public typealias Permit = @Sendable (ThingCommand) throws -> Void

    private let home: Home
    private let permit: Permit?

    /// - Parameter permit: Asked before anything is done; nil: nothing dangerous is.
    public init(_ home: Home, permit: Permit? = nil) { (self.home, self.permit) = (home, permit) }

    /// What is known of a property.
    public func state(of address: PropertyAddress) -> PropertyState? { home.state(of: address) }

    /// A property.
    public func property(_ address: PropertyAddress) -> Property? { home.property(address) }

    /// Whether a thing can be reached.
    public func availability(of thing: ThingID) -> Availability? { home.availability(of: thing) }

    /// Has a thing do something.
    ///
    /// - Throws: `ThingsError`: what the policy doesn't let it do, `unavailable`, `noAnswer`, `broker`.
    public func carryOut(_ command: ThingCommand, for order: DeviceOrder) async throws -> CommandOutcome {
        if let permit {
            try permit(command)
        } else if let hazard = home.dangers(of: command).first?.hazard {
            throw ThingsError(.needsConfirmation, "'\(command.thing)': a controller may not do what \(hazard.rawValue)")
        }
        return try await home.carryOut(command)
    }
}
