/// Ben's car: it drives when he does, and is at its charger when he is at home.
package struct VirtualCar: Sendable, Hashable {
    /// What it holds, in kilowatt-hours, and the most that its charger gives, in watts.
    package static let capacity = 50.0, most = 11_000.0
    /// What a way to work and back takes, in kilowatt-hours.
    static let trip = 8.0
    /// The part of what the charger gives that is kept.
    static let efficiency = 0.9

    /// What is in it, in kilowatt-hours.
    package var stored = 32.0
    /// Whether it is at its charger.
    package private(set) var isPlugged = true
    /// What the charger takes.
    package internal(set) var meter = Meter()
    /// What the charger was told to take at most, in watts, and until when; nil: it charges at once, to four fifths.
    package private(set) var order: Double?
    private var orderUntil = 0.0

    /// How full it is, in percent.
    package var charge: Double { stored / Self.capacity * 100 }

    /// Tells the charger what to take, in watts: nothing, or 1,400 at least.
    package mutating func tell(_ watts: Double, at time: Double) {
        (order, orderUntil) = (min(max(watts, 0), Self.most).rounded(), time + EnergyFlow.patience)
    }

    mutating func pass(_ seconds: Double, isHome: Bool, at time: Double) {
        if isPlugged, !isHome { stored = max(4, stored - Self.trip) }
        isPlugged = isHome
        if time >= orderUntil { order = nil }
        let wanted = order.map { $0 < 1_400 ? 0 : $0 } ?? (stored < 0.8 * Self.capacity ? 3_700 : 0)
        let room = max(0, (Self.capacity - stored) * 3.6e6 / Self.efficiency / seconds)
        let power = isPlugged ? min(wanted, room) : 0
        stored += power * Self.efficiency * seconds / 3.6e6
        meter.pass(seconds, power)
    }
}
