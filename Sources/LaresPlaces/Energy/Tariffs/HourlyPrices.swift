public import Foundation
public import LaresJSON

/// What a kilowatt-hour costs on the market, hour by hour: day-ahead prices.
public struct HourlyPrices: Hashable, Sendable {
    /// How many hours are kept, the latest: over two years.
    public static let most = 20_000

    /// Prices by the hours since 1970-01-01T00:00:00Z.
    private var prices: [Int: Double] = [:]

    /// None.
    public init() {}

    /// How many hours have a price.
    public var count: Int { prices.count }

    /// What a kilowatt-hour costs at a moment; nil: nobody said.
    public func price(at date: Date) -> Double? { price(at: Instant(flooring: date)) }

    func price(at instant: Instant) -> Double? { prices[instant.flooredDivision(by: 3600).quotient] }

    /// Takes others in, which count where both have a price. Of too many the oldest are dropped.
    public mutating func merge(_ others: HourlyPrices) {
        prices.merge(others.prices) { $1 }
        guard prices.count > Self.most else { return }
        for hour in prices.keys.sorted().prefix(prices.count - Self.most) { prices[hour] = nil }
    }

    /// Reads runs of hours: `{"prices": [{"from": "2026-11-28T23:00:00Z", "price": [0.12, 0.11]}]}`.
    ///
    /// - Throws: ``EnergyError`` with `badPrices`, which names the place.
    public init(_ json: JSON) throws(EnergyError) {
        do throws(JSONError) {
            var fields = try JSONFields(json)
            for run in try fields.objects("prices") ?? [] { try add(run) }
            try fields.end()
        } catch {
            throw EnergyError(.badPrices, "the prices: \(error.message)")
        }
    }

    private mutating func add(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        guard let from = try fields.instant("from"), from % 3600 == 0 else {
            throw fields.error("from", "must be a whole hour such as \"2026-11-28T23:00:00Z\"")
        }
        let run = try fields.doubles("price", in: TariffBook.prices) ?? []
        try fields.end()
        for (hour, price) in run.enumerated() { prices[from / 3600 + hour] = price }
        guard prices.count <= Self.most else { throw fields.error("price", "makes more than \(Self.most) hours: send fewer at once") }
    }

    /// The prices as plain data, which ``init(_:)`` reads back.
    public var json: JSON {
        var runs: [(from: Int, prices: [JSON])] = []
        for hour in prices.keys.sorted() {
            let price = JSON.number(prices[hour] ?? 0)
            if let last = runs.last, last.from + last.prices.count == hour {
                runs[runs.count - 1].prices.append(price)
            } else {
                runs.append((hour, [price]))
            }
        }
        return ["prices": .array(runs.map { ["from": .string(ISO8601.text($0.from * 3600)), "price": .array($0.prices)] })]
    }
}
