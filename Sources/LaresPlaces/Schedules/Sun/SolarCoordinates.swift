internal import Foundation

/// Where the sun stands, by the low-accuracy series that NOAA's solar calculator uses (Meeus, Astronomical Algorithms, 2nd ed., chapters 22, 25
/// and 28): 0.01° in its longitude for the years 1900 to 2100.
struct SolarCoordinates {
    /// The sine and cosine of its declination.
    let sine, cosine: Double
    /// By how much a sundial is ahead of a clock that shows mean time, in seconds.
    let equationOfTime: Double

    /// - Parameter instant: Seconds since 1970-01-01T00:00:00Z; the difference between UTC and terrestrial time, about a minute, moves
    ///   the sun by less than the series' error.
    init(at instant: Double) {
        let t = (instant / 86_400 - 10_957.5) / 36_525
        let radians = Double.pi / 180
        let longitude = (280.46646 + t * (36_000.76983 + t * 0.0003032)).truncatingRemainder(dividingBy: 360) * radians
        let anomaly = (357.52911 + t * (35_999.05029 - t * 0.0001537)).truncatingRemainder(dividingBy: 360) * radians
        let eccentricity = 0.016708634 - t * (0.000042037 + t * 0.0000001267)
        let node = (125.04 - 1934.136 * t) * radians
        let (s1, c1) = (sin(anomaly), cos(anomaly))
        let (s2, s3) = (2 * s1 * c1, s1 * (3 - 4 * s1 * s1))
        let center = s1 * (1.914602 - t * (0.004817 + t * 0.000014)) + s2 * (0.019993 - t * 0.000101) + s3 * 0.000289
        let apparent = longitude + (center - 0.00569 - 0.00478 * sin(node)) * radians
        let meanObliquity = 23 + (26 + (21.448 - t * (46.815 + t * (0.00059 - t * 0.001813))) / 60) / 60
        let obliquity = (meanObliquity + 0.00256 * cos(node)) * radians
        sine = sin(obliquity) * sin(apparent)
        cosine = (1 - sine * sine).squareRoot()
        let y = tan(obliquity / 2) * tan(obliquity / 2)
        let (sl, cl) = (sin(2 * longitude), cos(2 * longitude))
        let e = eccentricity
        let angle = y * sl - 2 * e * s1 + 4 * e * y * s1 * cl - y * y * sl * cl - 1.25 * e * e * s2
        equationOfTime = angle / radians * 240
    }
}
