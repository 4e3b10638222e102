internal import Foundation

/// Where on earth a network lies that is in metres of UTM.
///
/// The inverse of the transverse Mercator projection is Krüger's series to the third order (Karney 2011, Transverse Mercator with an accuracy of a few
/// nanometers), good to a millimetre within a zone.
struct EarthPlace {
    private let zone: Int
    private let isSouth: Bool
    private let offset: (x: Double, y: Double)

    /// Reads SUMO's `projParameter` and `netOffset`; nil: it isn't UTM on WGS 84.
    init?(projection: String, offset: String) {
        let options = Dictionary(
            projection.split(separator: " ").map { option in
                let parts = option.drop { $0 == "+" }.split(separator: "=", maxSplits: 1)
                return (String(parts.first ?? ""), parts.count > 1 ? String(parts[1]) : "")
            }, uniquingKeysWith: { one, _ in one })
        let numbers = offset.split(separator: ",").compactMap { Double($0) }
        guard options["proj"] == "utm", let zone = options["zone"].flatMap({ Int($0) }), (1...60).contains(zone), numbers.count >= 2,
            ["WGS84", nil].contains(options["ellps"]), ["WGS84", nil].contains(options["datum"]), numbers.allSatisfy({ abs($0) < 1e8 })
        else { return nil }
        (self.zone, isSouth, self.offset) = (zone, options["south"] != nil, (numbers[0], numbers[1]))
    }

    /// Degrees east and north of a place in the network; nil: it lies outside of what UTM is good for.
    func point(_ x: Double, _ y: Double) -> RoadMap.Point? {
        let (east, north) = (x - offset.x - 500_000, y - offset.y - (isSouth ? 10_000_000 : 0))
        guard abs(east) < 1_000_000, abs(north) < 10_000_000 else { return nil }
        let f = 1 / 298.257_223_563, n = f / (2 - f)
        let radius = 6_378_137 / (1 + n) * (1 + n * n / 4)
        let beta = [
            n / 2 - 2 * n * n / 3 + 37 * n * n * n / 96, n * n / 48 + n * n * n / 15, 17 * n * n * n / 480,
        ]
        let (xi, eta) = (north / (0.9996 * radius), east / (0.9996 * radius))
        var (xi0, eta0) = (xi, eta)
        for (order, factor) in beta.enumerated() {
            let k = Double(2 * (order + 1))
            xi0 -= factor * sin(k * xi) * cosh(k * eta)
            eta0 -= factor * cos(k * xi) * sinh(k * eta)
        }
        let conformal = asin(sin(xi0) / cosh(eta0))
        let delta = [
            2 * n - 2 * n * n / 3 - 2 * n * n * n, 7 * n * n / 3 - 8 * n * n * n / 5, 56 * n * n * n / 15,
        ]
        let latitude = delta.enumerated().reduce(conformal) { $0 + $1.element * sin(Double(2 * ($1.offset + 1)) * conformal) }
        let longitude = Double(zone * 6 - 183) * .pi / 180 + atan2(sinh(eta0), cos(xi0))
        return .init(x: longitude * 180 / .pi, y: latitude * 180 / .pi)
    }
}
