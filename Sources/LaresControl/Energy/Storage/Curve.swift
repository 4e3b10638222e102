/// A function between points, straight from each to the next.
public struct Curve: Hashable, Sendable {
    /// Where the points are, ascending.
    public let places: [Double]
    /// The values there.
    public let values: [Double]

    /// - Throws: `EnergyControlError.badDesign` for fewer than two points, places that don't ascend, or numbers that aren't finite.
    public init(_ points: [(place: Double, value: Double)]) throws {
        (places, values) = (points.map(\.place), points.map(\.value))
        guard points.count >= 2, zip(places, places.dropFirst()).allSatisfy(<), (places + values).allSatisfy(\.isFinite) else {
            throw EnergyControlError(.badDesign, "a curve of \(points.count) points: it needs two at least, with places that ascend")
        }
    }

    init(places: [Double], values: [Double]) { (self.places, self.values) = (places, values) }

    /// The value at a place. Outside of the points the first line goes on, on both sides.
    ///
    /// That the first line is taken past the last point is CityLearn's rule (`numpy.argmax` of a row without a true value is 0): a battery that has
    /// just lost some capacity while full is a little fuller than full, and is held to the power of an empty one.
    public func callAsFunction(_ place: Double) -> Double {
        let segment = max(0, (places.firstIndex { place <= $0 } ?? 0) - 1)
        let (start, end) = (places[segment], places[segment + 1])
        return values[segment] + (values[segment + 1] - values[segment]) * (place - start) / (end - start)
    }
}
