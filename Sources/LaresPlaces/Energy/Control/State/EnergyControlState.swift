internal import LaresControl

/// Everything that the control of energy must know after a restart, however it ended.
struct EnergyControlState: Codable, Hashable, Sendable {
    var trust = EnergyTrust()
    var mode = EnergyMode.automatic
    /// The hour that was decided last, in hours since 1970.
    var hour: Int?
    /// The batteries that the trial goes on with, under the rule and under the controller.
    var ruled: ModelBattery?, controlled: ModelBattery?
    /// What the trial knows of the hour that is going on.
    var open: OpenHour?
    var day = TrialTally()
    var totals = EnergyTotals()
    /// What requests of a city need to know.
    var flexible: FlexibleHome.State?
    /// What was ordered for the hour that is going on.
    var orders: [DeviceOrder] = []
    var plan: EnergyPlan?
    /// What is wrong now.
    var faults: [String] = []
    /// The share that the battery held when the hour began; nil: it wasn't believed.
    var shareThen: Double?
    /// When somebody else changed what had been ordered, in seconds since 1970.
    var contests: [Double] = []
    /// The number of the next order.
    var nextOrder = 1
    /// What the hour was decided on, as JSON: the cause of its orders.
    var cause: String?
    /// Whether the book of orders says who has it in hand as ``mode`` does; nil: it was never asked.
    var isInBook: Bool?

    /// A model of a battery.
    struct ModelBattery: Codable, Hashable, Sendable {
        var stored: Double, capacity: Double

        init(_ battery: Battery) { (stored, capacity) = (battery.stored, battery.capacity) }

        func battery(_ design: BatteryDesign) -> Battery { Battery(design, stored: stored, capacity: capacity) }
    }

    /// What the model batteries take in an hour, and what a kWh costs and earns in it.
    struct OpenHour: Codable, Hashable, Sendable {
        var hour: Int, ruled: Double, controlled: Double, buying: Double, selling: Double, hasFault: Bool
    }
}

/// What a day of the trial has come to so far.
struct TrialTally: Codable, Hashable, Sendable {
    /// The day, by its number; nil before the first.
    var day: Int?
    var ruled = 0.0, controlled = 0.0, hours = 0, faults = 0, isBreached = false
}

/// What the trial has come to since it began: by models of the battery, on the hours that were.
public struct EnergyTotals: Codable, Hashable, Sendable {
    /// What was paid less what was earned without a battery, with one under the rule, and with one under the controller.
    public var without = 0.0, ruled = 0.0, controlled = 0.0
    /// How many hours that is.
    public var hours = 0
    /// When it began, in seconds since 1970; nil: it didn't.
    public var since: Double?
}

/// What one device was ordered to do for an hour.
public struct DeviceOrder: Codable, Hashable, Sendable {
    /// How far it has come.
    public enum Progress: String, Codable, Sendable {
        /// It is to be sent.
        case planned
        /// The broker has it; the device doesn't report such things.
        case sent
        /// The device reports that it is so.
        case confirmed
        /// It couldn't be sent, or wasn't confirmed; it is tried again while its hour lasts.
        case failed
        /// Something else told the device something else.
        case contested
        /// A person took over before it was done.
        case dropped
    }

    /// Its number: a second order for the same has another.
    public let id: String
    /// The property that is set, "cellar/battery/setpoint".
    public let address: String
    /// What the device is in the settings: "battery", or the name of a car or a heat pump.
    public let device: String
    /// What it is to take from the home's wires on average, in kW; below zero to give.
    public let kilowatts: Double
    /// The hour in which it counts: it is never sent outside of it.
    public let hour: Int
    /// Why, as the history says it: "plan", "rule", "idle", "promise", "manual", "reserve".
    public let reason: String
    /// The temperature that a heat pump is to reach, in °C; nil for other devices.
    public var target: Double?
    /// How far it has come, and why not further.
    public var progress = Progress.planned
    /// Why it failed.
    public var trouble: String?
    /// How often it was tried, and when it is tried next, in seconds since 1970.
    public var tries = 0, due = 0.0
    /// What the device was told, and when, in seconds since 1970.
    public var value: Double?, isOn: Bool?, sentAt: Double?
    /// The order of the book that it carries out; nil: it is written there when it is sent.
    var entry: String?
}

/// What the next hours are thought to bring, and what is to be done in them.
public struct EnergyPlan: Codable, Hashable, Sendable {
    /// The first hour, in hours since 1970.
    public let firstHour: Int
    /// What a kWh costs, and earns.
    public let buying: [Double], selling: [Double]
    /// What the home is thought to use and make, in kWh; empty without a forecast.
    public let load: [Double], solar: [Double]
    /// How far the net use is off on average, in kWh.
    public let error: [Double]
    /// What the battery is to take, in kWh; empty without a plan.
    public let battery: [Double]
    /// How full it will be at the end of each hour, as a share.
    public let share: [Double]

    /// The same, but what it says of the battery.
    public var withoutBattery: EnergyPlan {
        EnergyPlan(
            firstHour: firstHour, buying: buying, selling: selling, load: load, solar: solar, error: error, battery: [], share: [])
    }
}
