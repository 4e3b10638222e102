public import LaresControl
public import LaresThings

/// What of a home is controlled for its energy, and how: a battery, cars, heat pumps.
///
/// Nothing is until somebody says so.
public struct EnergyControlSettings: Hashable, Sendable {
    /// How many cars and how many heat pumps there may be.
    public static let most = 8

    /// Whether anything is controlled.
    public var isEnabled = false
    /// Whether the rule's orders are sent in the shadow; otherwise the battery is left alone there.
    public var sendsInShadow = true
    /// Minutes after which a thing that says nothing is silent.
    public var silentMinutes = 65
    /// The battery.
    public var battery: ControlledBattery?
    /// Cars at their chargers.
    public var cars: [ControlledCar] = []
    /// Heat pumps.
    public var heatPumps: [ControlledHeatPump] = []

    /// Nothing is controlled.
    public init() {}

    /// The things that take orders. What they use isn't what the home uses without being told.
    var things: Set<ThingID> {
        Set(([battery?.order] + cars.map(\.order) + heatPumps.map(\.order)).compactMap { $0?.thing })
    }
}

/// A battery that takes orders.
public struct ControlledBattery: Hashable, Sendable {
    /// How full it is: in percent, or in kilowatt-hours.
    public var charge: PropertyAddress
    /// What it is told: a power, above zero what it is to take.
    public var order: PropertyAddress
    /// Whether it is told above zero what it is to give.
    public var isInverted = false
    /// What it holds, in kWh, and what it takes or gives at most, in kW.
    public var capacity: Double, power: Double
    /// The share that is kept back for people.
    public var reserve = 0.1

    /// A battery.
    public init(charge: PropertyAddress, order: PropertyAddress, capacity: Double, power: Double) {
        (self.charge, self.order, self.capacity, self.power) = (charge, order, capacity, power)
    }

    /// As the model of batteries has it.
    ///
    /// - Throws: `EnergyControlError` for a battery that can't be.
    public func design() throws -> BatteryDesign { try BatteryDesign(capacity: capacity, power: power) }
}

/// A car at a charger that takes orders.
public struct ControlledCar: Hashable, Sendable {
    /// What it is called among the cars.
    public var name: String
    /// How full it is: in percent, or in kilowatt-hours.
    public var charge: PropertyAddress
    /// Whether it is plugged in; nil: it always is.
    public var plugged: PropertyAddress?
    /// What the charger is told: a power, a current, or on and off.
    public var order: PropertyAddress
    /// What the car holds, in kWh, and the least and the most that it is charged with, in kW.
    public var capacity: Double, leastPower: Double, power: Double
    /// The share that it is to hold when it leaves.
    public var needed: Double
    /// When it leaves, and on which days.
    public var departure: TimeOfDay, days: Set<Weekday>
    /// The phases that a current flows through.
    public var phases = 1

    /// The hours until it leaves; nil when it doesn't within a week.
    func leaves(after instant: Int, in zone: TimeZoneRules) -> Int? {
        let today = zone.wall(at: instant).day
        for day in today...today + 7 where days.contains(CalendarDay(ordinal: day).weekday) {
            let leaving = zone.instant(wall: day * 86_400 + departure.seconds)
            if leaving > instant { return (leaving - instant) / 3_600 }
        }
        return nil
    }
}

/// A heat pump that takes orders.
public struct ControlledHeatPump: Hashable, Sendable {
    /// What it is called among the heat pumps.
    public var name: String
    /// How warm it is inside, and outside; nil: nobody knows, and nothing is planned.
    public var inside: PropertyAddress, outside: PropertyAddress?
    /// What it is told: a temperature, a power, or on and off.
    public var order: PropertyAddress
    /// What it takes at most, in kW.
    public var power: Double
    /// How well the rooms are insulated, in K/kW, and what they hold, in kWh/K.
    public var resistance: Double, warmth: Double
    /// What people want, in °C, by day, and in the hours from one time to another.
    public var comfort: ClosedRange<Double>
    /// Other temperatures in the hours from one time to another; nil: always the same.
    public var night: Night?

    /// Temperatures of some hours.
    public struct Night: Hashable, Sendable {
        /// When they begin and end, by clocks.
        public var from: TimeOfDay, to: TimeOfDay
        /// What people want, in °C.
        public var comfort: ClosedRange<Double>
    }

    /// What people want at a time of day.
    func band(at seconds: Int) -> ClosedRange<Double> {
        guard let night else { return comfort }
        let (from, to) = (night.from.seconds, night.to.seconds)
        let isNight = from <= to ? (from..<to).contains(seconds) : seconds >= from || seconds < to
        return isNight ? night.comfort : comfort
    }
}
