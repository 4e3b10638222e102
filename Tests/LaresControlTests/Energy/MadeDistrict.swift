import Foundation
import LaresControl
import LaresTesting

/// Random numbers that a seed repeats.
struct Seeded: RandomNumberGenerator {
    private var random: SplitMix

    init(_ seed: UInt64) { random = SplitMix(seed: seed) }

    mutating func next() -> UInt64 { random.next() }

    mutating func uniform(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }
}

/// Homes with panels, batteries and people, made of a seed: mornings and evenings with use, days with sun and clouds, dear evenings.
enum MadeDistrict {
    static func record(homes: Int, days: Int, seed: UInt64, capacity: Double = 6.4) throws -> DistrictRecord {
        var random = Seeded(seed)
        let hours = (0..<(days * 24)).map { $0 % 24 }, kinds = (0..<(days * 24)).map { $0 / 24 % 7 }
        let clouds = (0..<days).map { _ in random.uniform(0.3...1) }
        let made = try (0..<homes).map { home in
            let panels = random.uniform(2...5), size = random.uniform(0.6...1.4)
            let load = hours.map { hour in
                let peak = exp(-pow(Double(hour) - 19, 2) / 8) * 2 + exp(-pow(Double(hour) - 7, 2) / 4)
                return size * (0.4 + peak) * random.uniform(0.6...1.4)
            }
            let solar = hours.enumerated().map { place, hour in
                panels * 0.8 * clouds[place / 24] * max(0, sin((Double(hour) - 6) / 12 * .pi)) * random.uniform(0.85...1)
            }
            return try HomeRecord(name: "home \(home)", load: load, solar: solar, battery: BatteryDesign(capacity: capacity, power: 5))
        }
        return try DistrictRecord(
            homes: made, price: hours.map { (16...20).contains($0) ? 0.5 : 0.2 },
            emission: hours.map { 0.15 + 0.03 * sin(Double($0 - 12) / 24 * 2 * .pi) }, hours: hours, days: kinds)
    }
}

/// A forecaster that says what it is told to.
struct ToldForecaster: EnergyForecaster {
    struct Nothing: Error {}

    /// What it says; nil when it fails.
    var forecast: EnergyForecast?

    mutating func take(_ hour: SeenHour) {}

    mutating func forecast(_ ahead: [KnownHour]) throws -> EnergyForecast {
        guard let forecast else { throw Nothing() }
        return forecast
    }
}

/// A forecaster that knows a record: what a perfect one would say.
struct KnowingForecaster: EnergyForecaster {
    let record: DistrictRecord
    var hour = -1

    init(_ record: DistrictRecord) { self.record = record }

    mutating func take(_ seen: SeenHour) { hour += 1 }

    mutating func forecast(_ ahead: [KnownHour]) throws -> EnergyForecast {
        let range = (hour + 1)..<(hour + 1 + ahead.count)
        return EnergyForecast(
            load: record.homes.map { Array($0.load[range]) }, solar: record.homes.map { Array($0.solar[range]) },
            emission: Array(record.emission[range]))
    }
}
