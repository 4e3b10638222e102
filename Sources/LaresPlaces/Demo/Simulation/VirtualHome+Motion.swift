/// What moves, runs, fails and wears out by itself.
extension VirtualHome {
    mutating func move(_ seconds: Double) {
        blind.pass(seconds)
        slats.pass(seconds)
        bedroomBlind.pass(seconds)
        lock.pass(seconds, chance)
        vacuum.pass(seconds)
        moveSiren(seconds)
        moveWater(seconds)
    }

    private mutating func moveSiren(_ seconds: Double) {
        guard siren.left > 0 else { return }
        siren.left -= seconds
        if siren.left <= 0 { siren.isOn = false }
    }

    /// Rain and the valve wet the soil, the sun and the wind dry it. The valve closes itself after twenty minutes.
    private mutating func moveWater(_ seconds: Double) {
        valve.pass(seconds)
        watered = valve.position > 0 ? watered + seconds : 0
        if watered > 1_200 { valve.target = 0 }
        rained += weather.rain * seconds / 3_600
        let wet = weather.rain * 1.5 + valve.position / 100 * 40
        let dry = 0.05 + weather.irradiance / 1_000 * 0.5 + max(0, weather.temperature) * 0.004
        soil = min(60, max(8, soil + (wet - dry * soil / 40) * seconds / 3_600))
    }
}

/// What goes wrong, so that sensing has something to find: on every third day the kitchen's thermometer is stuck from 9:00 to 15:00, and on every
/// fourth the bathroom's says nothing from 8:00 to 18:00.
extension VirtualHome {
    mutating func passFaults() {
        let isStuck = (dayNumber + Int(chance.seed % 3)) % 3 == 0 && (32_400..<54_000).contains(wallSeconds)
        if !isStuck { stuckAt = nil } else if stuckAt == nil { stuckAt = temperature(in: .kitchen) }
    }

    private var wallSeconds: Int { zone.wall(at: Int(time)).seconds }

    /// What the kitchen's thermometer says.
    package var kitchenThermometer: Double { stuckAt ?? temperature(in: .kitchen) }

    /// Whether the bathroom's thermometer says nothing.
    package var isBathroomSilent: Bool {
        (dayNumber + Int(chance.seed % 4)) % 4 == 0 && (28_800..<64_800).contains(wallSeconds)
    }

    /// What is left of a device's battery, in percent; a new one is put in when it is empty. The kitchen's leak detector always runs on its last fifth.
    package func battery(_ device: Int) -> Double {
        let days = time / 86_400, life = chance.unit(.fault, device, 1) * 300 + 250
        let used = (days / life + chance.unit(.fault, device, 2)).truncatingRemainder(dividingBy: 1)
        return device == DemoBattery.leak.rawValue ? 18 - 14 * (days / 40).truncatingRemainder(dividingBy: 1) : 100 * (1 - used)
    }
}

/// Devices that run on batteries.
package enum DemoBattery: Int, Sendable, CaseIterable {
    case motion, hallMotion, remote, kitchenAir, bathroomAir, bedroomAir, leak, bathroomLeak, window, door, radiator, smoke, soil, fridge
}
