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
        let isMetered = meters.contains { [.gridImport, .grid, .solar].contains($0.role) }
        var flows = slots.map { EnergyPeriod(start: $0.start.date, end: $0.end.date, isMetered: isMetered) }
        var silent: [PropertyAddress] = []
        for meter in meters {
            guard let amounts = try await amounts(of: meter, in: slots, from: telemetry) else {
                silent.append(meter.address)
                continue
            }
            for (place, flow) in amounts { flows[place].count(flow, meter) }
        }
        return EnergyReport(slots, flows, by: step, priced: pricing, isMetered: isMetered, silent: silent)
    }

    /// What flowed by the places of slots; nil: it has no history of energy.
    private func amounts(of meter: EnergyMeter, in slots: [EnergySlot], from telemetry: any TelemetryStore) async throws -> [Int: Flow]? {
        let key = SeriesKey(meter.address)
        guard let series = try await telemetry.series(of: key.thing).first(where: { $0.key == key }),
            series.kind == .power || series.kind == .meter
        else { return nil }
        var amounts: [Int: Flow] = [:]
        // A store gives 100,000 periods at most.
        for first in stride(from: 0, to: slots.count, by: 1000) {
            let places = first..<min(first + 1000, slots.count)
            // Hours are kept for longer than five minutes, in which less of what comes and goes is hidden by its sum.
            for period in [StatisticPeriod.hour, .fiveMinutes] {
                let chosen = places.filter { period == .hour ? slots[$0].isHour : !slots[$0].isHour || meter.role.isSigned }
                guard let first = chosen.first, let last = chosen.last else { continue }
                let range = slots[first].times.lowerBound..<slots[last].times.upperBound
                var rest = try await telemetry.statistics(of: series.id, in: range, every: period)[...]
                for place in chosen {
                    let times = slots[place].times
                    rest = rest.drop { $0.start < times.lowerBound }
                    let inside = rest.prefix { $0.start < times.upperBound }
                    if !inside.isEmpty { amounts[place] = Flow(inside.map { ($0.amount ?? 0) * meter.scale }, by: meter.role) }
                }
            }
        }
        return amounts
    }
}

/// Kilowatt-hours that a meter saw.
private struct Flow {
    /// Of a meter that goes by its sign, what was above zero in periods of statistics; of any other, all.
    var amount = 0.0
    /// What was below zero.
    var back = 0.0

    init(_ amounts: [Double], by role: EnergyRole) {
        for one in amounts { if role.isSigned, one < 0 { back -= one } else { amount += one } }
    }
}

extension EnergyPeriod {
    /// Counts what a meter saw: less than nothing where it corrected itself, so that sums stay right.
    fileprivate mutating func count(_ flow: Flow, _ meter: EnergyMeter) {
        let amount = flow.amount
        switch meter.role {
        case .gridImport: gridImport += amount
        case .gridExport: gridExport += amount
        case .solar: solar += amount
        case .grid:
            gridImport += amount
            gridExport += flow.back
        case .battery:
            batteryOut += amount
            batteryIn += flow.back
        case .batteryIn: batteryIn += amount
        case .batteryOut: batteryOut += amount
        case .device: devices[meter.address, default: 0] += amount
        case .uncounted: break
        }
    }
}
