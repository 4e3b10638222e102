internal import Foundation
public import LaresThings

/// What flowed in a home over some days, and what it cost.
public struct EnergyReport: Hashable, Sendable {
    /// What a report is divided by, as clocks show it.
    public enum Step: String, Sendable, Hashable, CaseIterable {
        /// Hours: 23 to 25 in a day.
        case hour
        /// Days.
        case day
        /// Months.
        case month
    }

    /// The currency of its costs; nil: nobody entered tariffs.
    public let currency: String?
    /// What it is divided into, earliest first.
    public let periods: [EnergyPeriod]
    /// All of it.
    public let total: EnergyPeriod
    /// Meters of which nothing was recorded.
    public let silent: [PropertyAddress]
}

extension EnergyReport {
    /// - Parameters:
    ///   - flows: What flowed in each slot, without costs.
    init(
        _ slots: [EnergySlot], _ flows: [EnergyPeriod], by step: Step, priced pricing: EnergyPricing, isMetered: Bool,
        silent: [PropertyAddress]
    ) {
        var (periods, last) = ([EnergyPeriod](), [Int]?.none)
        var total = EnergyPeriod(start: slots.first?.start.date ?? .distantPast, end: .distantPast, isMetered: isMetered)
        var day: CalendarDay?
        for (slot, flows) in zip(slots, flows) {
            var period = pricing.priced(flows, in: slot)
            // Days are paid for once, however many hours they have.
            if slot.day != day { period.standing = pricing.tariffs?.tariff(on: slot.day)?.standing ?? 0 }
            day = slot.day
            let key = slot.key(step)
            if key == last { periods[periods.count - 1].add(period) } else { periods.append(period) }
            last = key
            total.add(period)
        }
        (currency, self.periods, self.total, self.silent) = (pricing.tariffs?.currency, periods, total, silent)
    }
}

extension EnergySlot {
    /// What slots of one period have in common.
    fileprivate func key(_ step: EnergyReport.Step) -> [Int] {
        switch step {
        case .hour: [day.ordinal, seconds / 3600, offset]
        case .day: [day.ordinal]
        case .month: [day.parts.year, day.parts.month]
        }
    }
}
