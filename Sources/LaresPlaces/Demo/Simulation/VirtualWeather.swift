internal import Foundation

/// The weather at one moment.
package struct VirtualWeather: Sendable, Hashable {
    /// In degrees Celsius.
    package var temperature: Double
    /// Relative, in percent.
    package var humidity: Double
    /// The part of the sky that is covered, 0 to 1.
    package var cloud: Double
    /// In metres a second.
    package var wind: Double
    /// In millimetres an hour.
    package var rain: Double
    /// Degrees above the horizon.
    package var elevation: Double
    /// What the sun sends to level ground, in watts a square metre.
    package var irradiance: Double

    /// How bright it is outside, in lux: 120 lx to a watt of daylight, and dusk down to 6° below the horizon.
    package var illuminance: Double { irradiance * 120 + max(0, 400 * min(1, (elevation + 6) / 6)) * (1 - 0.6 * cloud) }

    /// Grams of water in a cubic metre.
    var vapour: Double { Vapour.saturation(temperature) * humidity / 100 }
}

/// Water in the air.
enum Vapour {
    /// Grams that a cubic metre holds at most (Magnus' formula, WMO Guide to Instruments, annex 4.B).
    static func saturation(_ celsius: Double) -> Double {
        216.7 * 6.112 * exp(17.62 * celsius / (243.12 + celsius)) / (celsius + 273.15)
    }
}

/// The weather of a place, as it might be: by its latitude, the season, the hour and chance.
struct VirtualClimate: Sendable {
    let chance: Chance
    let latitude, longitude: Double

    /// - Parameter time: Seconds since 1970-01-01T00:00:00Z.
    func weather(at time: Double) -> VirtualWeather {
        let days = time / 86_400
        let sun = elevation(at: time)
        let cloud = min(1, max(0, 0.5 + 0.55 * chance.smooth(.cloud, days * 1.3) + 0.3 * chance.smooth(.cloud, days * 9 + 5_000)))
        let clear = sun > 0 ? 1_050 * pow(sin(sun * .pi / 180), 1.15) : 0
        let solarHour = (time / 3_600 + longitude / 15).truncatingRemainder(dividingBy: 24)
        let swing = cos((solarHour - 15) / 24 * 2 * .pi) * 4.5 * (1 - 0.6 * cloud)
        let temperature = season(days) + swing + 4.5 * chance.smooth(.warmth, days / 2.7)
        let wet = chance.smooth(.rain, days * 6) + 2 * (cloud - 0.75)
        let rain = cloud > 0.7 && wet > 0.3 ? min(12, (wet - 0.3) * 1.5) : 0
        let humidity = min(99, max(25, 68 + 22 * (cloud - 0.5) - swing * 3 + (rain > 0 ? 12 : 0)))
        let wind = max(0, 3.2 + 2.8 * chance.smooth(.wind, days * 4) + 1.2 * chance.smooth(.wind, days * 60 + 900))
        return VirtualWeather(
            temperature: temperature, humidity: humidity, cloud: cloud, wind: wind, rain: rain, elevation: sun,
            irradiance: clear * (1 - 0.75 * cloud * cloud * cloud))
    }

    /// What the season alone makes of the temperature: warm at the equator, coldest three weeks after the shortest day.
    private func season(_ days: Double) -> Double {
        let turn = cos((days - 20) / 365.2425 * 2 * .pi) * (latitude < 0 ? -1 : 1)
        return 27.5 - 0.35 * abs(latitude) - turn * 0.19 * abs(latitude)
    }

    /// Degrees of the sun above the horizon, refraction left out.
    func elevation(at time: Double) -> Double {
        let sun = SolarCoordinates(at: time)
        let angle = ((time + longitude * 240 + sun.equationOfTime) / 86_400 - 0.5) * 2 * .pi
        let north = latitude * .pi / 180
        return asin(max(-1, min(1, sin(north) * sun.sine + cos(north) * sun.cosine * cos(angle)))) * 180 / .pi
    }
}
