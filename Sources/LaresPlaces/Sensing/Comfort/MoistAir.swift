internal import Foundation

/// Air with water in it. Temperatures in °C, relative humidity in percent, pressure in hPa.
public enum MoistAir {
    /// The pressure of water vapour that saturates air over water, by Magnus' formula with the constants of the WMO, for −45...60 °C.
    ///
    /// - [WMO Guide to Instruments and Methods of Observation (WMO-No. 8), annex 4.B](https://library.wmo.int/idurl/4/68695)
    public static func saturation(_ temperature: Double) -> Double { 6.112 * exp(17.62 * temperature / (243.12 + temperature)) }

    /// The temperature at which water condenses; nil outside −45...60 °C and 1...100 %.
    public static func dewPoint(_ temperature: Double, humidity: Double) -> Double? {
        guard (-45...60).contains(temperature), (1...100).contains(humidity) else { return nil }
        let gamma = log(humidity / 100) + 17.62 * temperature / (243.12 + temperature)
        return 243.12 * gamma / (17.62 - gamma)
    }

    /// Grams of water in a cubic metre; nil as ``dewPoint(_:humidity:)``. By the gas constant of water vapour, 461.5 J/(kg K).
    public static func water(_ temperature: Double, humidity: Double) -> Double? {
        guard (-45...60).contains(temperature), (1...100).contains(humidity) else { return nil }
        return humidity / 100 * saturation(temperature) * 100 / (461.5 * (273.15 + temperature)) * 1_000
    }

    /// The humidity of the same air where it touches a surface of another temperature, up to 100.
    public static func humidity(_ humidity: Double, of temperature: Double, at surface: Double) -> Double {
        min(100, humidity * saturation(temperature) / saturation(surface))
    }

    /// How warm air feels in the shade: Steadman's simple form below about 27 °C, Rothfusz' regression with the adjustments of the US National Weather
    /// Service above.
    ///
    /// - [The heat index equation](https://www.wpc.ncep.noaa.gov/html/heatindex_equation.shtml)
    public static func heatIndex(_ temperature: Double, humidity: Double) -> Double {
        let (t, r) = (temperature * 1.8 + 32, humidity)
        let simple = 0.5 * (t + 61 + (t - 68) * 1.2 + r * 0.094)
        guard (simple + t) / 2 >= 80 else { return temperature < 20 ? temperature : ((simple + t) / 2 - 32) / 1.8 }
        var index = -42.379 + 2.04901523 * t + 10.14333127 * r - 0.22475541 * t * r - 6.83783e-3 * t * t - 5.481717e-2 * r * r
        index += 1.22874e-3 * t * t * r + 8.5282e-4 * t * r * r - 1.99e-6 * t * t * r * r
        if r < 13, (80...112).contains(t) { index -= (13 - r) / 4 * ((17 - abs(t - 95)) / 17).squareRoot() }
        if r > 85, (80...87).contains(t) { index += (r - 85) / 10 * (87 - t) / 5 }
        return (index - 32) / 1.8
    }
}
