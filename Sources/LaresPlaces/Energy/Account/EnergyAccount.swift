internal import Foundation
public import LaresThings

/// Keeps account of a home's energy: from its long-term statistics and its tariffs.
///
/// ```swift
/// let account = try EnergyAccount(site: site, meters: meters, tariffs: store.tariffs(), prices: store.prices())
/// let november = try await account.report(first...last, by: .day, from: telemetry)
/// ```
public struct EnergyAccount: Sendable {
    /// The most days of a report.
    public static let mostDays = 800

    private let site: Site
    private let meters: [EnergyMeter]
    private let pricing: EnergyPricing

    /// - Parameters:
    ///   - site: The home's clocks and holidays.
    ///   - meters: Where energy is known from.
    ///   - tariffs: What it costs; nil: nobody said.
    ///   - prices: What it costs on the market.
    /// - Throws: ``EnergyError`` with `noCalendar`.
    public init(site: Site, meters: [EnergyMeter], tariffs: TariffBook?, prices: HourlyPrices = HourlyPrices()) throws(EnergyError) {
        (self.site, self.meters) = (site, meters.filter { $0.role != .uncounted })
        pricing = try EnergyPricing(tariffs, prices, at: site)
    }

    /// What flowed over some days, and what it cost.
    ///
    /// - Throws: ``EnergyError`` with `tooMuch`; `TelemetryError`.
    public func report(_ days: ClosedRange<CalendarDay>, by step: EnergyReport.Step, from telemetry: any TelemetryStore) async throws
        -> EnergyReport
    {
        guard days.upperBound.ordinal - days.lowerBound.ordinal < Self.mostDays else {
            throw EnergyError(.tooMuch, "a report has at most \(Self.mostDays) days: ask for fewer")
        }
        let slots = EnergySlot.slots(days, in: site.zone, cuts: pricing.cuts, isHourly: pricing.isHourly)
        let isMetered = meters.contains { $0.role == .gridImport || $0.role == .solar }
        var flows = slots.map { EnergyPeriod(start: $0.start.date, end: $0.end.date, isMetered: isMetered) }
        var silent: [PropertyAddress] = []
        for meter in meters {
            guard let amounts = try await amounts(of: meter, in: slots, from: telemetry) else {
                silent.append(meter.address)
                continue
            }
            for (place, amount) in amounts { flows[place].count(amount, meter) }
        }
        return EnergyReport(slots, flows, by: step, priced: pricing, isMetered: isMetered, silent: silent)
    }

    /// Kilowatt-hours by the places of slots; nil: it has no history of energy.
    private func amounts(of meter: EnergyMeter, in slots: [EnergySlot], from telemetry: any TelemetryStore) async throws -> [Int: Double]? {
        let key = SeriesKey(meter.address)
        guard let series = try await telemetry.series(of: key.thing).first(where: { $0.key == key }),
            series.kind == .power || series.kind == .meter
        else { return nil }
        var amounts: [Int: Double] = [:]
        // A store gives 100,000 periods at most.
        for first in stride(from: 0, to: slots.count, by: 1000) {
            let places = first..<min(first + 1000, slots.count)
            // Hours are kept for longer than five minutes.
            for (period, isHour) in [(StatisticPeriod.hour, true), (.fiveMinutes, false)] {
                let chosen = places.filter { slots[$0].isHour == isHour }
                guard let first = chosen.first, let last = chosen.last else { continue }
                let range = slots[first].times.lowerBound..<slots[last].times.upperBound
                var rest = try await telemetry.statistics(of: series.id, in: range, every: period)[...]
                for place in chosen {
                    let times = slots[place].times
                    rest = rest.drop { $0.start < times.lowerBound }
                    let inside = rest.prefix { $0.start < times.upperBound }
                    if !inside.isEmpty { amounts[place] = inside.reduce(0) { $0 + ($1.amount ?? 0) } * meter.scale }
                }
            }
        }
        return amounts
    }
}

extension EnergyPeriod {
    /// Counts what a meter saw: less than nothing where it corrected itself, so that sums stay right.
    fileprivate mutating func count(_ amount: Double, _ meter: EnergyMeter) {
        switch meter.role {
        case .gridImport: gridImport += amount
        case .gridExport: gridExport += amount
        case .solar: solar += amount
        case .batteryIn: batteryIn += amount
        case .batteryOut: batteryOut += amount
        case .device: devices[meter.address, default: 0] += amount
        case .uncounted: break
        }
    }
}
