import Foundation
import LaresForecast
import LaresTensor

/// Series that a seed names.
struct MadeSeries {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func noise(_ deviation: Double) -> Double { Double(random.normal()) * deviation }

    /// A load with a day, a week and noise that lasts a while.
    mutating func load(hours: Int, noise deviation: Double = 2) -> [Double] {
        var left = 0.0
        return (0..<hours).map { hour in
            left = 0.6 * left + noise(deviation)
            let day = 10 * sin(2 * .pi * Double(hour % 24) / 24), weekend = hour / 24 % 7 > 4 ? -8.0 : 0
            return 50 + day + weekend + left
        }
    }
}

let hour: Int64 = 3_600_000

func panel(_ series: [Double]...) throws -> Panel { try Panel(start: 0, step: hour, series: series) }
