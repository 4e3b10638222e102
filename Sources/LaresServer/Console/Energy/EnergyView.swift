import Foundation
import LaresPlaces
import LaresThings

/// The account of a home's energy as a page tells it.
struct EnergyView {
    let report: EnergyReport
    let meters: [EnergyMeter]
    let span: EnergySpan
    let things: [ThingView]
    let said: ThingWords
    /// Things that the reader doesn't see; what they use is in the sums only.
    var hidden: Set<ThingID> = []

    private var amount: Amount { said.amount }
    private var words: Words { said.words }
    private var total: EnergyPeriod { report.total }
    private func has(_ role: EnergyRole) -> Bool { meters.contains { $0.role == role } }
    private var isMetered: Bool { has(.gridImport) || has(.grid) || has(.solar) }

    /// What was used, made, bought and sold, and what it cost.
    var sentence: String {
        var sentences = [flows]
        if let currency = report.currency { sentences.append(words("energy.sentence.cost", ["cost": amount.money(total.cost, currency)])) }
        if report.currency != nil, total.unpriced > 0 {
            sentences.append(words("energy.sentence.unpriced", ["n": amount.energy(total.unpriced)]))
        }
        return sentences.joined(separator: words.language == .chinese ? "" : " ")
    }

    private var flows: String {
        let used = amount.energy(total.consumption)
        guard isMetered else { return words("energy.sentence.devices", ["used": used]) }
        guard has(.solar) || has(.gridExport) || total.gridExport > 0 else {
            return words("energy.sentence.grid", ["used": used, "bought": amount.energy(total.gridImport)])
        }
        return words(
            "energy.sentence.solar",
            [
                "used": used, "made": amount.energy(total.solar), "bought": amount.energy(total.gridImport),
                "sold": amount.energy(total.gridExport),
            ])
    }

    /// The fields of the account on the template `energy`.
    var fields: [String: Any] {
        let rows = devices
        return [
            "chart": EnergyChart(report: report, span: span, amount: amount).fields ?? false, "figures": figures, "devices": rows,
            "anyDevices": !rows.isEmpty, "costs": report.currency != nil,
            "silent": silent.isEmpty
                ? false : words("energy.silent", ["names": silent.map { name($0) }.joined(separator: words("list.comma"))]),
        ]
    }

    private var silent: [PropertyAddress] { report.silent.filter { !hidden.contains($0.thing) } }

    private var figures: [[String: Any]] {
        var figures: [(String, String)] = []
        if let part = total.selfSufficiency, has(.solar) { figures.append(("sufficiency", amount.percent(part))) }
        if let part = total.selfConsumption { figures.append(("consumption", amount.percent(part))) }
        if let currency = report.currency {
            figures.append(("bought", amount.money(total.importCost, currency)))
            if total.exportIncome != 0 { figures.append(("earned", amount.money(total.exportIncome, currency))) }
            if total.standing != 0 { figures.append(("standing", amount.money(total.standing, currency))) }
        }
        return figures.map { ["figure": words("energy.figure.\($0.0)"), "value": $0.1] }
    }

    /// What each device used and cost, the most first; what no device is known for at the end.
    private var devices: [[String: Any]] {
        let used = total.devices.filter { $0.value > 0 && !hidden.contains($0.key.thing) }.sorted {
            ($1.value, $0.key.description) < ($0.value, $1.key.description)
        }
        var rows = used.map { address, energy in row(name(address), energy, total.deviceCosts[address], "/things/\(address.thing)") }
        if isMetered, total.untracked > 0.0005, !rows.isEmpty { rows.append(row(words("energy.untracked"), total.untracked, nil, nil)) }
        return rows
    }

    private func row(_ name: String, _ energy: Double, _ cost: Double?, _ page: String?) -> [String: Any] {
        [
            "device": name, "page": page ?? false, "energy": amount.energy(energy),
            "cost": cost.flatMap { cost in report.currency.map { amount.money(cost, $0) } } ?? words("unit.none"),
            "part": total.consumption > 0 ? amount.percent(energy / total.consumption) : words("unit.none"),
        ]
    }

    private func name(_ address: PropertyAddress) -> String { said.name(address, among: things, meters) }
}

extension ThingWords {
    /// What a meter is called: as its thing, and by its own name where the thing has several.
    func name(_ address: PropertyAddress, among things: [ThingView], _ meters: [EnergyMeter]) -> String {
        guard let thing = things.first(where: { $0.thing.id == address.thing })?.thing else { return address.description }
        guard let property = thing.property(address.property), meters.count(where: { $0.address.thing == address.thing }) > 1 else {
            return name(thing)
        }
        return words("tile.of", ["name": name(thing), "property": label(property)])
    }
}
