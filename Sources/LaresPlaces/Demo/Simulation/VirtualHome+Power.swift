/// What takes power, and where it comes from.
extension VirtualHome {
    mutating func passPower(_ seconds: Double) {
        passTelevision(seconds)
        for machine in Machine.allCases {
            machines[machine.rawValue].pass(seconds, machine)
            meters[machine.rawValue].pass(seconds, machines[machine.rawValue].power)
        }
        let heat = passClimate()
        heatPumpMeter.pass(seconds, heat)
        let plugs = lamps.reduce(0.0) { $0 + $1.power } + machines.reduce(0.0) { $0 + $1.power } + television.power
        let warmth = heat + passBoiler(seconds) + passOven(seconds) + passFridge(seconds)
        car.pass(seconds, isHome: isHome(.ben), at: time)
        energy.pass(
            seconds, load: 75 + plugs + warmth + small + car.meter.power, solar: 6_000 * 0.85 * min(1, weather.irradiance * 1.15 / 1_000),
            at: time)
    }

    private mutating func passTelevision(_ seconds: Double) {
        let watches = stays.contains { $0.activity == .watch && $0.room == .living }
        television.power = !television.isOn ? 0 : watches ? 96 + 18 * chance.smooth(.noise, time / 8) : 0.8
        televisionMeter.pass(seconds, television.power)
    }

    /// The heat pump: three times its power in warmth.
    private mutating func passClimate() -> Double {
        let heat = air[VirtualRoom.living.rawValue].heat
        climateAction = living.mode == "off" ? "off" : heat > 60 ? "heating" : heat < -60 ? "cooling" : "idle"
        return air.reduce(0) { $0 + abs($1.heat) } / 3.1
    }

    /// 120 litres, which cool down by a tenth of a kelvin an hour, and by five in a shower.
    private mutating func passBoiler(_ seconds: Double) -> Double {
        let showers = Double(stays.count { $0.activity == .wash })
        water -= seconds / 3_600 * ((water - 20) * 0.012 + showers * 18 * max(0, water - 15) / 40)
        let power = boiler.mode == "off" || water >= boiler.target ? 0.0 : boiler.mode == "performance" ? 2_400.0 : 1_200
        // A litre takes 4,186 joules a kelvin.
        boilerMeter.pass(seconds, power)
        water = min(boiler.target + 1, water + power * 0.97 * seconds / (120 * 4_186))
        return power
    }

    private mutating func passOven(_ seconds: Double) -> Double {
        let isHeating = settings.oven != "off" && oven < settings.ovenTarget
        oven += seconds * (isHeating ? 0.35 : 0) - seconds / 1_500 * max(0, oven - temperature(in: .kitchen))
        return isHeating ? 2_300 : settings.oven == "off" ? 1 : 60
    }

    private mutating func passFridge(_ seconds: Double) -> Double {
        if fridge > 6 { isFridgeCooling = true } else if fridge < 3.5 { isFridgeCooling = false }
        let leak = (temperature(in: .kitchen) - fridge) / (isFridgeOpen ? 2_500 : 26_000)
        fridge += seconds * (leak - (isFridgeCooling ? 0.0022 : 0))
        return isFridgeCooling ? 85 : 2
    }

    /// What has no plug of its own.
    private var small: Double {
        var power = vacuum.state == "docked" ? 6.0 : 0
        if stays.contains(where: { $0.activity == .work }) { power += 85 }
        if stays.contains(where: { $0.activity == .cook }) { power += 900 }
        if settings.isHumidifierOn { power += 28 }
        if settings.isFanOn { power += 22 * settings.fanSpeed / 100 }
        if settings.isMultisocketOn { power += 35 }
        return power
    }
}
