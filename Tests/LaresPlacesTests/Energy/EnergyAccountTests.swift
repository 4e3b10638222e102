import Foundation
import LaresJSON
import LaresPlaces
import LaresThings
import Testing

/// Figures worked out by hand.
@Suite struct EnergyAccountTests {
    private let grid = PropertyAddress("house/grid/energy"), roof = PropertyAddress("roof/inverter/power")
    private let washer = PropertyAddress("bath/washer/energy")

    private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(text)) }

    private func tariffs(_ text: String) throws -> TariffBook { try TariffBook(JSON(parsing: Array(text.utf8))) }

    private func moment(_ text: String) throws -> LaresThings.Timestamp {
        LaresThings.Timestamp(try Date.ISO8601FormatStyle().parse(text))
    }

    /// A house in UTC whose grid's meter counts kilowatt-hours, whose roof tells watts, and whose washer counts.
    private func house() async throws -> (MemoryTelemetry, [EnergyMeter]) {
        let telemetry = MemoryTelemetry()
        let series = try await telemetry.declare([
            SeriesDeclaration(SeriesKey(grid), .meter), SeriesDeclaration(SeriesKey(roof), .power),
            SeriesDeclaration(SeriesKey(washer), .meter),
        ])
        func add(_ series: SeriesID, _ readings: [(String, Double)]) async throws {
            try await telemetry.append(readings.map { Reading(series, at: try moment($0.0), .number($0.1)) })
        }
        // 2 kWh before ten, 1 kWh before eleven; its counter begins again, and shows 0.5 kWh then.
        try await add(
            series[0],
            [("2026-06-01T09:00:00Z", 100), ("2026-06-01T09:59:00Z", 102), ("2026-06-01T10:59:00Z", 103), ("2026-06-01T11:30:00Z", 0.5)])
        // 3 kW for an hour, from half past nine.
        try await add(series[1], [("2026-06-01T09:30:00Z", 3000), ("2026-06-01T10:30:00Z", 0)])
        try await add(series[2], [("2026-06-01T09:00:00Z", 7), ("2026-06-01T09:58:00Z", 8.75)])
        return (
            telemetry,
            [EnergyMeter(grid, .gridImport, scale: 1), EnergyMeter(roof, .solar, scale: 0.001), EnergyMeter(washer, .device, scale: 1)]
        )
    }

    private static let evening =
        #"{"currency": "EUR", "tariffs": [{"from": "2026-01-01", "kind": "time_of_use", "otherwise": 0.2, "standing": 1, "blocks": [{"from": "10:00", "to": "12:00", "price": 0.4}]}]}"#

    @Test func anHourIsWhatCameAndWent() async throws {
        let (telemetry, meters) = try await house()
        let account = try EnergyAccount(site: Site(zone: .utc), meters: meters, tariffs: tariffs(Self.evening))
        let first = try day("2026-06-01")
        let report = try await account.report(first...first, by: .hour, from: telemetry)
        #expect(report.periods.count == 24)
        let (nine, ten, eleven) = (report.periods[9], report.periods[10], report.periods[11])
        #expect((nine.gridImport, nine.solar, nine.consumption, nine.tracked) == (2, 1.5, 3.5, 1.75))
        #expect(nine.untracked == 1.75)
        // 2 kWh cost 0.40; the washer used half of what the house did.
        #expect(abs(nine.importCost - 0.4) < 1e-12)
        #expect(abs((nine.deviceCosts[washer] ?? 0) - 0.2) < 1e-12)
        #expect(nine.selfSufficiency == 1 - 2 / 3.5)
        #expect((ten.gridImport, ten.solar) == (1, 1.5))
        #expect(abs(ten.importCost - 0.4) < 1e-12)
        #expect((eleven.gridImport, eleven.solar) == (0.5, 0))
        #expect(report.total.standing == 1)
        #expect(abs(report.total.cost - 2) < 1e-12)
        #expect(report.total.selfConsumption == 1)
    }

    @Test func whatIsSoldIsNotConsumed() async throws {
        let (telemetry, meters) = try await house()
        let sold = meters.map { $0.address == washer ? EnergyMeter($0.address, .gridExport, scale: 1) : $0 }
        let feed = #"{"currency": "EUR", "tariffs": [{"from": "2026-01-01", "price": 0.3, "feed_in": 0.1}]}"#
        let account = try EnergyAccount(site: Site(zone: .utc), meters: sold, tariffs: tariffs(feed))
        let first = try day("2026-06-01")
        let total = try await account.report(first...first, by: .month, from: telemetry).total
        #expect((total.solar, total.gridExport, total.consumption) == (3, 1.75, 4.75))
        #expect(total.selfConsumption == 1.25 / 3)
        #expect(abs(total.cost - (3.5 * 0.3 - 0.175)) < 1e-12)
    }

    /// Half an hour of 2 kW from the grid and half an hour of 1 kW back is more than 0.5 kWh that was bought.
    @Test(arguments: [EnergyRole.grid, .battery], [false, true])
    func whatComesAndGoesWithinAnHourIsCountedBySign(role: EnergyRole, isInverted: Bool) async throws {
        let telemetry = MemoryTelemetry()
        let power = PropertyAddress("house/meter/power")
        let series = try await telemetry.declare([SeriesDeclaration(SeriesKey(power), .power)])[0]
        let sign = isInverted ? -1.0 : 1
        let steps = [("2026-06-01T09:00:00Z", 2_000.0), ("2026-06-01T09:30:00Z", -1_000), ("2026-06-01T10:00:00Z", 0)]
        try await telemetry.append(steps.map { Reading(series, at: try moment($0.0), .number($0.1 * sign)) })
        let meter = EnergyMeter(power, role, scale: isInverted ? -0.001 : 0.001)
        let account = try EnergyAccount(site: Site(zone: .utc), meters: [meter], tariffs: nil)
        let first = try day("2026-06-01")
        let nine = try await account.report(first...first, by: .hour, from: telemetry).periods[9]
        let (to, back) = role == .grid ? (nine.gridImport, nine.gridExport) : (nine.batteryOut, nine.batteryIn)
        #expect(abs(to - 1) < 1e-9 && abs(back - 0.5) < 1e-9)
    }

    @Test func withoutAMeterAtTheGridDevicesPayForThemselves() async throws {
        let (telemetry, meters) = try await house()
        let account = try EnergyAccount(site: Site(zone: .utc), meters: [meters[2]], tariffs: tariffs(Self.evening))
        let first = try day("2026-06-01")
        let total = try await account.report(first...first, by: .day, from: telemetry).total
        #expect((total.consumption, total.untracked) == (1.75, 0))
        #expect(abs(total.importCost - 0.35) < 1e-12)
        #expect(total.selfSufficiency == nil)
    }

    @Test func withoutATariffThereIsNoCostAndBeforeTheFirstItIsUnknown() async throws {
        let (telemetry, meters) = try await house()
        let first = try day("2026-06-01")
        let none = try await EnergyAccount(site: Site(zone: .utc), meters: meters, tariffs: nil).report(
            first...first, by: .day, from: telemetry)
        #expect(none.json["total"]?["cost"] == nil)
        let later = #"{"currency": "EUR", "tariffs": [{"from": "2026-06-02", "price": 0.3}]}"#
        let account = try EnergyAccount(site: Site(zone: .utc), meters: meters, tariffs: tariffs(later))
        let total = try await account.report(first...first, by: .day, from: telemetry).total
        #expect((total.unpriced, total.cost) == (3.5, 0))
    }

    @Test func aMeterWithoutHistoryIsNamed() async throws {
        let (telemetry, meters) = try await house()
        let other = PropertyAddress("attic/fan/energy")
        let account = try EnergyAccount(site: Site(zone: .utc), meters: meters + [EnergyMeter(other, .device, scale: 1)], tariffs: nil)
        let first = try day("2026-06-01")
        #expect(try await account.report(first...first, by: .day, from: telemetry).silent == [other])
    }

    @Test func reportsAreBounded() async throws {
        let account = try EnergyAccount(site: Site(zone: .utc), meters: [], tariffs: nil)
        let days = try day("2020-01-01")...day("2026-01-01")
        await #expect(throws: EnergyError.self) { try await account.report(days, by: .month, from: MemoryTelemetry()) }
    }

    @Test func aCalendarThatIsNotThereIsNamed() throws {
        let text =
            #"{"currency": "EUR", "tariffs": [{"from": "2026-01-01", "kind": "time_of_use", "otherwise": 0, "blocks": [{"from": "10:00", "to": "12:00", "price": 0.4, "holidays": {"calendars": ["de-be"]}}]}]}"#
        #expect { try EnergyAccount(site: Site(zone: .utc), meters: [], tariffs: tariffs(text)) } throws: {
            ($0 as? EnergyError)?.code == .noCalendar
        }
    }
}
