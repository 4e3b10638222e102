internal import Foundation

/// Warmth, water, breath and light.
extension VirtualHome {
    mutating func passAir(_ seconds: Double) {
        let mean = air.reduce(0) { $0 + $1.temperature } / Double(air.count)
        for room in VirtualRoom.allCases { passAir(of: room, seconds, mean: mean) }
    }

    private mutating func passAir(of room: VirtualRoom, _ seconds: Double, mean: Double) {
        var one = air[room.rawValue]
        let people = Double(people(in: room)), changes = changes(of: room)
        one.heat = heat(in: room, one.temperature)
        let exchange = room.loss + changes * room.volume * 0.33
        let gain = one.heat + people * 85 + sunlight(in: room) + appliances(in: room)
        one.temperature +=
            seconds / room.capacity * (exchange * (weather.temperature - one.temperature) + 35 * (mean - one.temperature) + gain)
        let steam = people * 50 + steam(in: room)
        one.vapour += seconds / 3_600 * (steam / room.volume + changes * (weather.vapour - one.vapour))
        one.vapour = min(max(0.5, one.vapour), 0.98 * Vapour.saturation(one.temperature))
        one.carbon += seconds / 3_600 * (people * 17_000 / room.volume + changes * (420 - one.carbon))
        air[room.rawValue] = one
        light[room.rawValue] = daylight(in: room) + lamps.reduce(0) { $0 + ($1.room == room ? $1.lux : 0) }
    }

    /// How often an hour its air is another.
    private func changes(of room: VirtualRoom) -> Double {
        let fan = room == .bathroom && settings.isFanOn ? 4 * settings.fanSpeed / 100 : 0
        return 0.45 + fan + (isWindowOpen(in: room) ? 5 : 0)
    }

    /// Watts of the radiator; below zero, of cooling.
    private func heat(in room: VirtualRoom, _ temperature: Double) -> Double {
        let device = room == .living ? living : room == .bedroom ? bedroom : nil
        let (target, heats) = device.map { ($0.effective, $0.heats) } ?? (room.usual, true)
        if let device, room == .living, device.cools {
            // Between heating and cooling lie three degrees, unless it only cools.
            let excess = temperature - target - (device.mode == "auto" ? 5 : 0)
            if excess > 0 { return -min(2_500, excess * 2_500) }
        }
        guard heats, !isWindowOpen(in: room) else { return 0 }
        return min(room.radiator, max(0, (target + 0.3 - temperature) * room.radiator))
    }

    /// What the sun brings through the glass, in watts; half of it stays outside when the blinds are down.
    private func sunlight(in room: VirtualRoom) -> Double { room.glass * 0.3 * weather.irradiance * 0.45 * shade(of: room) }

    private func daylight(in room: VirtualRoom) -> Double { weather.illuminance * 0.11 * room.glass / room.area * shade(of: room) }

    private func shade(of room: VirtualRoom) -> Double {
        switch room {
        case .living: 0.1 + 0.9 * blind.position / 100
        case .bedroom: 0.1 + 0.9 * bedroomBlind.position / 100
        default: 1
        }
    }

    /// Watts of what stands in it.
    private func appliances(in room: VirtualRoom) -> Double {
        switch room {
        case .living: television.power + lamp(.ceiling).power
        case .kitchen: 90 + max(0, oven - 25) * 2.2 + lamp(.kitchen).power
        case .study: activity(of: .ben) == .work ? 110 : 20
        default: 0
        }
    }

    /// Grams an hour of what steams in it.
    private func steam(in room: VirtualRoom) -> Double {
        switch room {
        case .kitchen: stays.contains { $0.activity == .cook } ? 700 : 0
        case .bathroom: stays.contains { $0.activity == .wash } ? 1_100 : 0
        case .bedroom: settings.isHumidifierOn && humidity(in: .bedroom) < settings.humidifierTarget ? 280 : 0
        default: 15
        }
    }
}

extension Thermostat {
    /// What it keeps: three degrees less when nobody is at home.
    var effective: Double { preset == "away" ? target - 3 : target }
}
