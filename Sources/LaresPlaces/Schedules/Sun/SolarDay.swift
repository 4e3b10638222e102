internal import Foundation

/// One day of the sun at a position: the 24 hours around the moment at which it stands highest.
///
/// A day has the sun's events of its evening even where they come after midnight, as in Reykjavik in June: so each sunset belongs to one
/// day, and "Friday's sunset" is the one that ends Friday's light.
struct SolarDay {
    private let position: GeographicPosition
    private let sine, cosine: Double
    /// When the sun stands highest, in seconds since 1970-01-01T00:00:00Z.
    let noon: Double

    /// The solar day whose noon is nearest to a moment.
    init(nearest instant: Instant, at position: GeographicPosition) {
        self.position = position
        let latitude = position.latitude * .pi / 180
        (sine, cosine) = (sin(latitude), cos(latitude))
        let meanNoon = 43_200 - position.longitude * 240
        let days = ((Double(instant) - meanNoon) / 86_400).rounded()
        var noon = days * 86_400 + meanNoon
        for _ in 0..<2 { noon = days * 86_400 + meanNoon - SolarCoordinates(at: noon).equationOfTime }
        self.noon = noon
    }

    /// When something happens, to the second; nil on days on which it doesn't.
    func instant(of event: SunEvent, _ twilight: Twilight = .civil) -> Instant? {
        guard let depression = event.depression(twilight) else { return Int(noon.rounded()) }
        let height = sin(-depression * .pi / 180)
        let midnight = noon + (event.isRising ? -43_200 : 43_200)
        return crossing(of: height, from: midnight, to: noon).map { Int($0.rounded()) }
    }

    /// The sine of the sun's altitude.
    private func altitude(_ instant: Double) -> Double {
        let sun = SolarCoordinates(at: instant)
        let meanTime = instant + position.longitude * 240 + sun.equationOfTime
        let hourAngle = (meanTime / 86_400 - 0.5) * 2 * .pi
        return sine * sun.sine + cosine * sun.cosine * cos(hourAngle)
    }

    /// When the altitude passes a height between a night's deepest point and noon. False position, halving the weight of an end that
    /// stays twice (the Illinois rule): five to eight steps; a formula for the hour angle fails where the sun just grazes the horizon.
    private func crossing(of height: Double, from midnight: Double, to noon: Double) -> Double? {
        var (below, above) = (midnight, noon)
        var (depth, rise) = (altitude(below) - height, altitude(above) - height)
        guard depth < 0, rise >= 0 else { return nil }
        var stayed = 0
        for _ in 0..<60 where abs(above - below) > 0.25 {
            let middle = (below * rise - above * depth) / (rise - depth)
            let value = altitude(middle) - height
            if abs(value) < 1e-9 { return middle }
            if value < 0 {
                (below, depth) = (middle, value)
                rise /= stayed < 0 ? 2 : 1
                stayed = -1
            } else {
                (above, rise) = (middle, value)
                depth /= stayed > 0 ? 2 : 1
                stayed = 1
            }
        }
        return (below + above) / 2
    }
}
