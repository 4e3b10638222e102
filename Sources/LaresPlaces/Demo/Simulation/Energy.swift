/// Power in watts, and what it has come to in kilowatt-hours.
package struct Meter: Sendable, Hashable {
    package var power = 0.0
    package var energy = 0.0

    mutating func pass(_ seconds: Double, _ power: Double) {
        self.power = power
        energy += power * seconds / 3.6e6
    }
}

/// What the home takes, makes, stores and buys.
package struct EnergyFlow: Sendable, Hashable {
    /// What everything in the home takes together.
    package var load = Meter()
    /// What the roof makes: 6 kW at full sun.
    package var solar = Meter()
    /// What is bought.
    package var imported = Meter()
    /// What is sold.
    package var exported = Meter()
    /// What the battery gives; below zero it is charged. In watts.
    package var battery = 0.0
    /// What is in the battery, in kilowatt-hours.
    package var stored = 3.0
    /// What the battery was told to take, in watts (below zero: to give), and until when; nil: it keeps what the sun leaves over.
    package var order: Double?
    var orderUntil = 0.0
    /// What comes from the grid; below zero it goes there. In watts.
    package var grid = 0.0

    /// What the battery holds, in kilowatt-hours, and the most that it takes or gives, in watts.
    package static let capacity = 8.0, most = 3_000.0
    /// The part of what goes into the battery that is kept.
    package static let efficiency = 0.93

    /// How full the battery is, in percent.
    package var charge: Double { stored / Self.capacity * 100 }

    // As inverters do that are told from outside: who isn't told anything any more decides again.
    /// Seconds that an order holds.
    static let patience = 7_500.0

    /// Tells the battery what to take, in watts.
    package mutating func tell(_ watts: Double, at time: Double) {
        (order, orderUntil) = (min(max(watts, -Self.most), Self.most).rounded(), time + Self.patience)
    }

    mutating func pass(_ seconds: Double, load: Double, solar: Double, at time: Double) {
        if time >= orderUntil { order = nil }
        let wanted = order ?? solar - load
        if wanted > 0 {
            let room = (Self.capacity - stored) * 3.6e6 / Self.efficiency / seconds
            battery = -min(wanted, Self.most, max(0, room))
            stored -= battery * Self.efficiency * seconds / 3.6e6
        } else {
            battery = min(-wanted, Self.most, max(0, stored * 3.6e6 / seconds))
            stored -= battery * seconds / 3.6e6
        }
        stored = min(Self.capacity, max(0, stored))
        grid = load - solar - battery
        self.load.pass(seconds, load)
        self.solar.pass(seconds, solar)
        imported.pass(seconds, max(0, grid))
        exported.pass(seconds, max(0, -grid))
    }
}
