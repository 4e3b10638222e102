internal import LaresThings

/// Says what energy costs at a time and place.
struct EnergyPricing: Sendable {
    let tariffs: TariffBook?
    let prices: HourlyPrices
    let holidays: [String: HolidayCalendar]

    /// - Throws: ``EnergyError`` with `noCalendar`.
    init(_ tariffs: TariffBook?, _ prices: HourlyPrices, at site: Site) throws(EnergyError) {
        (self.tariffs, self.prices, holidays) = (tariffs, prices, site.holidays)
        for tariff in tariffs?.tariffs ?? [] {
            let named = tariff.blocks.flatMap { $0.holidays?.calendars ?? [] }
            if let missing = named.first(where: { site.holidays[$0] == nil }) {
                throw EnergyError(
                    .noCalendar, "there is no calendar of holidays \"\(missing.prefix(64))\" here: import it, or leave it out of the tariff"
                )
            }
        }
    }

    /// Seconds since 00:00 at which prices may change.
    var cuts: Set<Int> {
        Set((tariffs?.tariffs ?? []).flatMap(\.blocks).flatMap { [$0.times.from.seconds, $0.times.to?.seconds ?? 0] })
    }

    var isHourly: Bool { tariffs?.tariffs.contains(where: \.isHourly) ?? false }

    /// What a kilowatt-hour from the grid costs in a slot; nil: nobody said.
    func price(in slot: EnergySlot, by tariff: Tariff?) -> Double? {
        switch tariff?.price {
        case nil: nil
        case .fixed(let price): price
        case .timeOfUse(let blocks, let otherwise):
            blocks.first { $0.holds(on: slot.day, at: slot.seconds, holidays: holidays) }?.price ?? otherwise
        case .hourly(let factor, let surcharge, let otherwise):
            prices.price(at: slot.start).map { $0 * factor + surcharge } ?? otherwise
        }
    }

    /// What flowed in a slot, with its cost.
    func priced(_ flows: EnergyPeriod, in slot: EnergySlot) -> EnergyPeriod {
        var period = flows
        let tariff = tariffs?.tariff(on: slot.day)
        period.exportIncome = flows.gridExport * (tariff?.feedIn ?? 0)
        let bought = flows.isMetered ? flows.gridImport : flows.tracked
        guard let price = price(in: slot, by: tariff) else {
            period.unpriced = bought
            return period
        }
        period.importCost = bought * price
        guard flows.consumption > 0 else { return period }
        period.deviceCosts = flows.devices.mapValues { period.importCost * $0 / flows.consumption }
        return period
    }
}
