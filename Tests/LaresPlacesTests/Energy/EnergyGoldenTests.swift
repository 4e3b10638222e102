import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

/// Against zoneinfo, five minutes after five minutes: days on which clocks are changed, zones off the whole hour, every kind of tariff.
@Suite struct EnergyGoldenTests {
    private static let meters = [
        ("import", 7919, 60, EnergyRole.gridImport), ("export", 104_729, 25, .gridExport), ("solar", 1_299_709, 90, .solar),
        ("lamp", 15_485_863, 20, .device), ("oven", 179_424_673, 70, .device),
    ]

    private static func golden() throws -> JSON {
        let url = Bundle.module.bundleURL.appendingPathComponent("Golden/energy.json")
        return try JSON(parsing: [UInt8](Data(contentsOf: url)))
    }

    private static func address(_ name: String) throws -> PropertyAddress { try #require(PropertyAddress("house/\(name)/energy")) }

    /// What meters in watt-hours showed every five minutes: the script's formula.
    private static func telemetry(from first: CalendarDay, days: Int) async throws -> MemoryTelemetry {
        let telemetry = MemoryTelemetry()
        for (name, factor, most, _) in meters {
            let key = SeriesKey(try address(name))
            let series = try await telemetry.declare([SeriesDeclaration(key, .meter)])[0]
            var (total, readings) = (0, [Reading]())
            for slot in (first.ordinal - 2) * 288..<(first.ordinal - 2 + days) * 288 {
                total += slot * factor / 1000 % most
                readings.append(
                    Reading(series, at: LaresThings.Timestamp(milliseconds: Int64(slot) * 300_000 + 150_000), .number(Double(total))))
            }
            try await telemetry.append(readings)
        }
        return telemetry
    }

    @Test(arguments: 0..<8)
    func whatFlowsAndCostsIsWhatZoneinfoSays(place: Int) async throws {
        let golden = try Self.golden(), story = try #require(golden["cases"]?.elements?[place])
        let first = try #require(CalendarDay(story["from"]?.text ?? "")), last = try #require(CalendarDay(story["through"]?.text ?? ""))
        let holidays = (golden["holidays"]?.elements ?? []).compactMap { CalendarDay($0.text ?? "") }
        let calendar = HolidayCalendar(days: Dictionary(uniqueKeysWithValues: holidays.map { ($0, "holiday") }))
        let site = Site(zone: try TimeZoneRules(story["zone"]?.text ?? ""), holidays: ["x": calendar])
        let account = try EnergyAccount(
            site: site, meters: Self.meters.map { EnergyMeter(try Self.address($0.0), $0.3, scale: 0.001) },
            tariffs: TariffBook(try #require(story["tariffs"])), prices: Self.prices(around: first))
        let telemetry = try await Self.telemetry(from: first, days: 20)
        let days = try await account.report(first...last, by: .day, from: telemetry)
        let expected = try #require(story["days"]?.elements)
        #expect(days.periods.count == expected.count)
        for (period, day) in zip(days.periods, expected) { try Self.compare(period, day) }
        let hours = try await account.report(first...last, by: .hour, from: telemetry)
        #expect(hours.periods.count == expected.reduce(0) { $0 + ($1["hours"]?.whole ?? 0) })
        #expect(abs(hours.total.cost - days.total.cost) < 1e-9)
    }

    private static func compare(_ period: EnergyPeriod, _ day: JSON) throws {
        let lamp = try address("lamp"), oven = try address("oven")
        let pairs: [(String, Double)] = [
            ("import", period.gridImport), ("export", period.gridExport), ("solar", period.solar), ("lamp", period.devices[lamp] ?? 0),
            ("oven", period.devices[oven] ?? 0), ("cost", period.importCost), ("income", period.exportIncome),
            ("standing", period.standing), ("oven_cost", period.deviceCosts[oven] ?? 0), ("unpriced", period.unpriced),
        ]
        for (name, number) in pairs {
            let expected = day[name]?.number ?? 0
            #expect(abs(number - expected) < 1e-6, "\(name) of \(day["day"]?.text ?? ""): \(number), not \(expected)")
        }
    }

    private static func prices(around first: CalendarDay) throws -> HourlyPrices {
        var runs: [JSON] = []
        for hour in (first.ordinal - 2) * 24..<(first.ordinal + 20) * 24 where hour % 17 != 0 {
            let from = Date(timeIntervalSince1970: Double(hour) * 3600).formatted(Date.ISO8601FormatStyle())
            runs.append(["from": .string(from), "price": [.double(Double(hour * 31 % 97 - 20) / 100)]])
        }
        return try HourlyPrices(["prices": .array(runs)])
    }
}
