import LaresForecast

/// Numbers by chance that are the same each time.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 2 &+ 1 }

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }

    /// About as normal as the sum of twelve.
    mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &self) } }
}

/// A series of five minutes' steps: a day's wave with noise, and something odd at the end.
struct Stream {
    var values: [Double]
    let times: [Int64]

    init(_ count: Int, seed: UInt64 = 1, noise: Double = 1) {
        var dice = Dice(seed)
        times = (0..<count).map { Int64($0) * 300_000 }
        values = (0..<count).map { 50 + 20 * Stream.wave($0) + noise * dice.normal() }
    }

    /// A wave of a day without a library of sines: a triangle.
    static func wave(_ step: Int) -> Double { abs(Double(step % 288) / 144 - 1) * 2 - 1 }

    func scores<Watching: Detector>(_ type: Watching.Type, learning: Int = 600) throws -> [Double] {
        var detector = Watching(try DetectorSettings(learning: learning))
        return zip(values, times).map { detector.observe($0, at: $1) }
    }
}
