import Foundation
import LaresJSON
import LaresPlaces
import LaresThings

/// How energy control stands, in a reader's words.
struct EnergyControlView {
    let shown: JSON
    let plan: EnergyPlan?
    let log: [JSON]
    let currency: String
    let things: [ThingView]
    let said: ThingWords

    private var words: Words { said.words }
    private var amount: Amount { said.amount }
    private var isOn: Bool { shown["enabled"] == true }
    private var stage: String { shown["stage"]?.text ?? "shadow" }
    private var mode: String { shown["mode"]?.text ?? "automatic" }

    /// One sentence that says how it stands.
    var sentence: String {
        guard isOn else { return words("control.off") }
        let order = shown["orders"]?.elements?.first { $0["device"]?.text == "battery" }
        guard let battery = shown["battery"], battery != .null else { return words("control.noBatteryNow") }
        guard let charge = battery["charge"]?.number else { return words("control.silent") }
        let full = amount.percent(min(max(charge, 0), 1))
        guard let order, let kilowatts = order["kw"]?.number, abs(kilowatts) >= 0.005 else {
            return words("control.idle", ["charge": full])
        }
        return words(
            kilowatts > 0 ? "control.charging" : "control.discharging",
            [
                "charge": full, "kw": amount.decimal(abs(kilowatts), places: 2),
                "why": words("control.reason.\(order["reason"]?.text ?? "idle")"),
            ])
    }

    /// The fields of the page, but for its forms.
    var fields: [String: Any] {
        let orders = shown["orders"]?.elements ?? []
        return [
            "isOn": isOn, "sentence": sentence,
            "stagePill": pill(stage == "shadow" ? "" : stage == "guarded" ? "info" : "ok", "shield", "control.stage.\(stage)"),
            "modePill": pill(mode == "automatic" ? "ok" : "warn", mode == "automatic" ? "check" : "people", "control.mode.\(mode)"),
            "stageText": words("control.about.\(stage)"), "taken": taken ?? false,
            "faults": (shown["faults"]?.elements ?? []).compactMap(\.text).map(fault), "figures": figures,
            "chart": plan.map { PlanChart(plan: $0, currency: currency, amount: amount).fields as Any } ?? false,
            "orders": orders.map(row), "anyOrders": !orders.isEmpty, "log": log.map(line), "anyLog": !log.isEmpty,
        ]
    }

    private var taken: String? {
        guard let takeover = shown["takeover"], let by = takeover["by"]?.text else { return nil }
        let at = takeover["at"]?.number.map { amount.moment(Date(timeIntervalSince1970: $0)) } ?? ""
        return words("control.taken", ["by": words.who(by), "when": at, "why": (takeover["why"]?.text ?? "").printable])
    }

    /// A fault as people read it: what it is about, and what is wrong.
    func fault(_ fault: String) -> String {
        let parts = fault.split(separator: ".", maxSplits: 1).map(String.init)
        let device = parts.first ?? "", what = parts.last ?? ""
        if words.has("control.fault.\(fault)") { return words("control.fault.\(fault)") }
        let key = "control.trouble.\(what)"
        return words(words.has(key) ? key : "control.trouble.other", ["device": name(of: device), "what": what.printable])
    }

    private func name(of device: String) -> String {
        device == "battery" ? words("energy.key.battery") : device.replacing("_", with: " ").printable
    }

    private func pill(_ tone: String, _ icon: String, _ key: String) -> [String: Any] {
        ["tone": tone, "stateIcon": icon, "state": words(key)]
    }

    private var figures: [[String: Any]] {
        var figures: [(String, String)] = []
        let trial = shown["trial"], totals = shown["totals"]
        if stage != "active" {
            figures.append(
                (
                    "days",
                    words(
                        "control.days", ["n": "\(Int(trial?["days"]?.number ?? 0))", "of": "\(Int(trial?["needed"]?.number ?? 0))"])
                ))
        }
        if let share = trial?["share"]?.number, share.isFinite { figures.append(("share", amount.percent(share))) }
        if let totals, let hours = totals["hours"]?.number, hours > 0 {
            for key in ["plan", "rule", "without"] {
                figures.append((key, money(totals[key]?.number ?? 0)))
            }
            figures.append(("hours", amount.whole(Int(hours))))
        }
        return figures.map { ["figure": words("control.figure.\($0.0)"), "value": $0.1] }
    }

    private func money(_ sum: Double) -> String { amount.decimal(sum, places: 2) + "\u{a0}" + currency }

    private func row(_ order: JSON) -> [String: Any] {
        let progress = order["state"]?.text ?? "planned"
        let (tone, icon) =
            switch progress {
            case "confirmed", "sent": ("ok", "check")
            case "failed", "contested": ("bad", "alert")
            default: ("", "clock")
            }
        return [
            "device": name(of: order["device"]?.text ?? ""), "what": what(order), "trouble": order["trouble"]?.text?.printable ?? false,
            "progress": pill(tone, icon, "control.progress.\(progress)"),
        ]
    }

    private func what(_ order: JSON) -> String {
        words(
            "control.order",
            [
                "kw": amount.decimal(order["kw"]?.number ?? 0, places: 2),
                "why": words("control.reason.\(order["reason"]?.text ?? "idle")"),
            ])
    }

    /// A line of the history.
    private func line(_ entry: JSON) -> [String: Any] {
        let date = Date(timeIntervalSince1970: entry["time"]?.number ?? 0)
        let (what, because) = told(entry)
        return ["when": amount.moment(date), "iso": amount.exact(date), "what": what, "because": because.isEmpty ? false : because]
    }

    private func told(_ entry: JSON) -> (what: String, because: String) {
        func text(_ key: String) -> String { (entry[key]?.text ?? "").printable }
        let by = words.who(entry["by"]?.text ?? "")
        switch entry["kind"]?.text {
        case "decision":
            let faults = (entry["faults"]?.elements ?? []).compactMap(\.text).map(fault).joined(separator: " ")
            let price = entry["price"]?.number.map { amount.decimal($0, places: 3) } ?? words("unit.none")
            let forecast = entry["forecast_kwh"]?.number.map { amount.decimal($0, places: 2) } ?? words("unit.none")
            return (
                words(
                    "control.decided",
                    [
                        "kw": amount.decimal(entry["sent_kw"]?.number ?? 0, places: 2),
                        "why": words("control.reason.\(entry["reason"]?.text ?? "idle")"),
                    ]),
                faults.isEmpty
                    ? words(
                        "control.because",
                        [
                            "price": price, "forecast": forecast, "rule": amount.decimal(entry["ruled_kw"]?.number ?? 0, places: 2),
                            "charge": entry["charge"]?.number.map { amount.percent(min(max($0, 0), 1)) } ?? words("unit.none"),
                        ]) : faults
            )
        case "stage":
            return (words("control.staged", ["stage": words("control.stage.\(entry["to"]?.text ?? "shadow")")]), by)
        case "takeover": return (words("control.tookOver", ["by": by]), text("why"))
        case "handback": return (words("control.gaveBack", ["by": by]), text("why"))
        case "fault": return (fault(entry["fault"]?.text ?? ""), by)
        case "request":
            return (words("control.offered", ["kw": amount.decimal(entry["offered_kw"]?.number ?? 0, places: 2)]), text("request"))
        case "promise":
            return (words("control.promised", ["kw": amount.decimal(entry["kw"]?.number ?? 0, places: 2)]), text("request"))
        case "settings": return (words("control.changed", ["by": by]), "")
        default:
            return (
                words("control.told", ["device": name(of: text("device")), "what": what(entry)]),
                words("control.progress.\(entry["state"]?.text ?? "planned")")
            )
        }
    }

    /// What the home answered to a city.
    func answers(_ shown: JSON) -> [[String: Any]] {
        (shown["answers"]?.elements ?? []).prefix(10).map { one in
            let step = one["answer"]?.text ?? "offered"
            let tone = step == "promised" ? "ok" : step == "missed" ? "warn" : ""
            return [
                "when": one["from"]?.text?.printable ?? "",
                "what": words(
                    "control.answer",
                    [
                        "n": "\(Int(one["hours"]?.number ?? 0))", "kw": amount.decimal(one["offered_kw"]?.number ?? 0, places: 2),
                        "taken": one["awarded_kw"]?.number.map { amount.decimal($0, places: 2) } ?? words("unit.none"),
                    ]),
                "step": pill(tone, tone == "ok" ? "check" : "clock", "control.answered.\(step)"),
            ]
        }
    }
}
