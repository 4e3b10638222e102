public import LaresJSON
public import LaresThings

extension EnergyReport {
    /// The report as the API gives it: kilowatt-hours to the watt-hour, costs to a ten-thousandth.
    public var json: JSON { json(showing: { _ in true }) }

    /// The report for somebody who sees some devices only: sums are those of the whole home, devices by themselves are those they see.
    public func json(showing sees: (PropertyAddress) -> Bool) -> JSON {
        var members = JSON.Members()
        members["currency"] = currency.map { .string($0) }
        members["total"] = total.json(in: currency, sees)
        members["periods"] = .array(periods.map { $0.json(in: currency, sees) })
        members["silent"] = .array(silent.filter(sees).map { .string("\($0)") })
        return .object(members)
    }
}

extension EnergyPeriod {
    fileprivate func json(in currency: String?, _ sees: (PropertyAddress) -> Bool) -> JSON {
        var members: JSON.Members = [
            "start": .string(ISO8601.text(Instant(flooring: start))), "end": .string(ISO8601.text(Instant(flooring: end))),
            "grid_import": .rounded(gridImport, 1000), "grid_export": .rounded(gridExport, 1000), "solar": .rounded(solar, 1000),
            "battery_in": .rounded(batteryIn, 1000), "battery_out": .rounded(batteryOut, 1000), "consumption": .rounded(consumption, 1000),
            "untracked": .rounded(untracked, 1000), "devices": Self.object(devices.filter { sees($0.key) }, 1000),
        ]
        members["self_consumption"] = selfConsumption.map { .rounded($0, 10_000) }
        members["self_sufficiency"] = selfSufficiency.map { .rounded($0, 10_000) }
        guard currency != nil else { return .object(members) }
        members["cost"] = [
            "total": .rounded(cost, 10_000), "grid_import": .rounded(importCost, 10_000), "feed_in": .rounded(exportIncome, 10_000),
            "standing": .rounded(standing, 10_000), "devices": Self.object(deviceCosts.filter { sees($0.key) }, 10_000),
            "unpriced": .rounded(unpriced, 1000),
        ]
        return .object(members)
    }

    private static func object(_ numbers: [PropertyAddress: Double], _ unit: Double) -> JSON {
        var members = JSON.Members()
        for (address, number) in numbers.sorted(by: { $0.key.description < $1.key.description }) {
            members.append("\(address)", .rounded(number, unit))
        }
        return .object(members)
    }
}

extension JSON {
    fileprivate static func rounded(_ number: Double, _ unit: Double) -> JSON { .number((number * unit).rounded() / unit) }
}
