internal import Foundation

extension SunEvent {
    /// By how much the air lifts what is seen at an altitude at or below the horizon, in degrees (NOAA Global Monitoring Laboratory,
    /// "Solar Calculation Details").
    /// - Parameter altitude: Degrees, −90 to 0.
    static func refraction(atAltitude altitude: Double) -> Double {
        guard altitude <= -0.575 else {
            return (1735 + altitude * (-518.2 + altitude * (103.4 + altitude * (-12.79 + altitude * 0.711)))) / 3600
        }
        return -20.774 / tan(altitude * .pi / 180) / 3600
    }
}
