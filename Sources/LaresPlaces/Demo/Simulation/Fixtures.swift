/// A lamp.
package struct Lamp: Sendable, Hashable {
    package var isOn = false
    /// 1 to 100.
    package var brightness = 100.0
    package var kelvin = 2_700.0
    package var hue = 30.0
    /// 0 to 100; 0 is white.
    package var saturation = 0.0
    package var effect = "none"
    /// At full brightness.
    let watts: Double
    let room: VirtualRoom

    var power: Double { isOn ? watts * (0.08 + 0.92 * brightness / 100) : 0.3 }
    /// What it adds to the light of its room, in lux.
    var lux: Double { isOn ? watts * 450 * brightness / 100 / room.area : 0 }
}

/// The lamps of the home.
package enum LampPlace: Int, Sendable, CaseIterable {
    case ceiling, strip, kitchen, bedroom, study, bathroom, hall

    var lamp: Lamp {
        let watts = [18.0, 12, 16, 9, 11, 8, 9]
        let rooms: [VirtualRoom] = [.living, .living, .kitchen, .bedroom, .study, .bathroom, .hall]
        return Lamp(watts: watts[rawValue], room: rooms[rawValue])
    }
}

/// Something that moves to where it is told.
package struct Mover: Sendable, Hashable {
    /// 0 closed, 100 open.
    package var position: Double
    package var target: Double
    /// Percent a second.
    let speed: Double

    init(_ position: Double, speed: Double) { (self.position, target, self.speed) = (position, position, speed) }

    package var word: String { target > position ? "opening" : target < position ? "closing" : position > 0 ? "open" : "closed" }

    mutating func pass(_ seconds: Double) {
        position = target > position ? min(target, position + speed * seconds) : max(target, position - speed * seconds)
    }
}

/// The lock of the front door.
package struct DoorLock: Sendable, Hashable {
    /// "locked", "unlocked", "locking", "unlocking", "jammed".
    package var state = "locked"
    private var isLocking = true
    private var left = 0.0
    private var turns = 0

    /// Begins to turn. One time in forty it jams, and comes free the next.
    mutating func turn(locking: Bool, _ chance: Chance) {
        guard state != (locking ? "locked" : "unlocked") else { return }
        turns += 1
        (isLocking, left, state) = (locking, 1.2, locking ? "locking" : "unlocking")
    }

    mutating func pass(_ seconds: Double, _ chance: Chance) {
        guard left > 0 else { return }
        left -= seconds
        guard left <= 0 else { return }
        state = chance.unit(.jam, turns) < 0.025 ? "jammed" : isLocking ? "locked" : "unlocked"
    }
}

/// The vacuum cleaner.
package struct Vacuum: Sendable, Hashable {
    /// "docked", "cleaning", "paused", "returning", "idle".
    package var state = "docked"
    package var battery = 100.0
    package var speed = "standard"
    private var left = 0.0

    package mutating func start() {
        if state != "paused" { left = 2_700 }
        state = "cleaning"
    }

    package mutating func goHome() {
        guard state != "docked" else { return }
        (state, left) = ("returning", 60)
    }

    mutating func pass(_ seconds: Double) {
        switch state {
        case "cleaning":
            battery = max(0, battery - seconds / 60 * (speed == "max" ? 1.6 : 1))
            left -= seconds
            if left <= 0 || battery < 15 { goHome() }
        case "returning":
            left -= seconds
            if left <= 0 { state = "docked" }
        case "docked": battery = min(100, battery + seconds / 60 * 0.8)
        default: break
        }
    }
}

/// What heats or cools a room, or water.
package struct Thermostat: Sendable, Hashable {
    /// "off", "heat", "cool", "auto" and what else the device has.
    package var mode: String
    package var target: Double
    package var fan = "auto"
    package var preset = "none"

    /// Whether it heats at all, and whether it cools.
    var heats: Bool { mode == "heat" || mode == "auto" }
    var cools: Bool { mode == "cool" || mode == "auto" }
}

/// The siren.
package struct Siren: Sendable, Hashable {
    package var isOn = false
    package var tone = "alarm"
    package var volume = 0.6
    /// Seconds that it sounds for, and how many of them are left.
    package var duration = 60.0
    var left = 0.0
}

/// What else is set, and stays so.
package struct Settings: Sendable, Hashable {
    package var message = "Hello"
    package var display = 60.0
    package var page = "clock"
    package var firmware = "1.4.2"
    package var powerOn = "previous"
    package var ovenTarget = 180.0
    /// "off", "convection", "grill", "top_bottom".
    package var oven = "off"
    package var humidifierTarget = 45.0
    package var humidifierMode = "normal"
    package var isHumidifierOn = true
    package var isFanOn = false
    /// Percent of the bathroom's fan.
    package var fanSpeed = 50.0
    package var isOscillating = false
    package var isMultisocketOn = true
}
