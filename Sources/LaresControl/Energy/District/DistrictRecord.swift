/// What happened in some homes over the same hours: use, sun, prices, and what a kWh from the grid emitted.
public struct DistrictRecord: Hashable, Sendable {
    /// The homes.
    public let homes: [HomeRecord]
    /// What a kWh from the grid cost in each hour.
    public let price: [Double]
    /// What a kWh into the grid earned in each hour.
    public let selling: [Double]
    /// What a kWh from the grid emitted in each hour, in kg of CO₂.
    public let emission: [Double]
    /// The time of day of each hour, 0 to 23: the hour that it ends, with 24 as 0.
    public let hours: [Int]
    /// The kind of day of each hour, 0 for Monday to 6 for Sunday, 7 for a holiday.
    public let days: [Int]
    /// The temperature outside in each hour, in °C; empty when it wasn't recorded.
    public let temperature: [Double]

    /// - Throws: `EnergyControlError.badRecord` without homes or hours, when series differ in length, or hold what can't be.
    public init(
        homes: [HomeRecord], price: [Double], emission: [Double], hours: [Int], days: [Int], selling: [Double]? = nil,
        temperature: [Double] = []
    ) throws {
        let count = price.count, selling = selling ?? [Double](repeating: 0, count: count)
        guard let first = homes.first, count > 0, count <= 1_000_000, homes.count <= 10_000 else {
            throw EnergyControlError(.badRecord, "\(homes.count) homes and \(count) hours: give 1 to 10,000 homes and 1 to 1,000,000 hours")
        }
        let lengths =
            [emission.count, selling.count, hours.count, days.count] + homes.map(\.count) + (temperature.isEmpty ? [] : [temperature.count])
        if let odd = lengths.first(where: { $0 != count }) {
            throw EnergyControlError(
                .badRecord, "a series has \(odd) hours, prices have \(count), '\(first.name)' \(first.count): give as many")
        }
        let sane = (price + selling).allSatisfy { abs($0) <= 1e6 } && emission.allSatisfy { (0...1e6).contains($0) }
        guard sane, hours.allSatisfy((0..<24).contains), days.allSatisfy((0..<8).contains), temperature.allSatisfy({ abs($0) <= 100 })
        else {
            throw EnergyControlError(
                .badRecord, "a price, an emission, a time of day (0 to 23), a day (0 to 7) or a temperature is out of its range")
        }
        (self.homes, self.price, self.selling, self.emission) = (homes, price, selling, emission)
        self.temperature = temperature
        (self.hours, self.days) = (hours, days)
    }

    /// How many hours there are.
    public var count: Int { price.count }

    /// What all homes took from the grid without batteries, in kWh.
    public func net(_ hour: Int) -> Double { homes.reduce(0) { $0 + $1.net(hour) } }

    /// The hours before `end`.
    ///
    /// - Precondition: `end` is 1 to `count`.
    public func prefix(_ end: Int) throws -> DistrictRecord {
        try DistrictRecord(
            homes: homes.map {
                try HomeRecord(name: $0.name, load: Array($0.load.prefix(end)), solar: Array($0.solar.prefix(end)), battery: $0.battery)
            }, price: Array(price.prefix(end)), emission: Array(emission.prefix(end)), hours: Array(hours.prefix(end)),
            days: Array(days.prefix(end)), selling: Array(selling.prefix(end)), temperature: Array(temperature.prefix(end)))
    }
}
