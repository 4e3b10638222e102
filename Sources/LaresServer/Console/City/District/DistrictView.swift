import Foundation
import LaresJSON

/// The energy of a district: what is expected, what is planned, what it costs, and what homes were asked for.
struct DistrictView: Sendable {
    let control: JSON
    let plan: JSON?
    let requests: [JSON]
    let currency: String?
    let amount: Amount

    private var words: Words { amount.words }

    private func number(_ json: JSON?, _ name: String) -> Double? { json?[name]?.number.flatMap { $0.isFinite ? $0 : nil } }

    private func date(_ json: JSON?) -> Date? { json?.text.flatMap { try? Date($0, strategy: .iso8601) } }

    /// The fields of the template `district-now`, without charts.
    var fields: [String: Any] {
        let rows = requests.prefix(50).map(request)
        return [
            "isOn": control["enabled"] == true, "stage": stage, "mode": mode, "costs": costs, "anyCosts": !costs.isEmpty, "trial": trial,
            "faults": (control["faults"]?.elements ?? []).compactMap { $0.text?.printable }, "orders": orders, "anyOrders": !orders.isEmpty,
            "requests": rows, "anyRequests": !rows.isEmpty,
        ]
    }

    var sentence: String {
        let open = requests.count { $0["state"] == "open" }
        guard control["enabled"] == true else { return words("district.off", ["n": "\(open)"]) }
        let saved = number(control["totals"], "without").flatMap { without in number(control["totals"], "plan").map { without - $0 } }
        return words(
            "district.sentence",
            [
                "stage": stageName, "mode": word(control["mode"]?.text) { "district.mode.\($0)" },
                "saved": saved.map(money) ?? words("unit.none"),
                "n": "\(open)",
            ])
    }

    private var stageName: String { word(control["stage"]?.text) { "signals.stage.\($0)" } }

    private func word(_ name: String?, _ key: (String) -> String) -> String {
        guard let name else { return words("unit.none") }
        return words.has(key(name)) ? words(key(name)) : name.printable
    }

    private var stage: [String: Any] {
        let name = control["stage"]?.text
        let (tone, icon) = name == "active" ? ("ok", "check") : name == "guarded" ? ("info", "shield") : ("", "info")
        return ["tone": tone, "stateIcon": icon, "state": stageName]
    }

    private var mode: [String: Any] {
        let isAutomatic = control["mode"] == "automatic"
        return [
            "tone": isAutomatic ? "ok" : "info", "stateIcon": isAutomatic ? "check" : "people",
            "state": word(control["mode"]?.text) { "district.mode.\($0)" },
        ]
    }

    private func money(_ sum: Double) -> String { currency.map { amount.money(sum, $0) } ?? amount.decimal(sum, places: 2) }

    /// What it came to since the trial began: without a battery, under the rule, under the plan.
    private var costs: [[String: Any]] {
        let totals = control["totals"]
        guard let hours = number(totals, "hours"), hours > 0 else { return [] }
        return ["without", "rule", "plan"].compactMap { name in
            number(totals, name).map { ["label": words("district.cost.\(name)"), "value": money($0)] }
        } + [["label": words("district.hours"), "value": amount.whole(Int(min(1e9, hours)))]]
    }

    /// How far the controller has come on its way to be trusted.
    private var trial: Any {
        guard let days = number(control["trial"], "days"), let needed = number(control["trial"], "needed") else { return false }
        return words(
            "district.trial",
            [
                "days": amount.short(days), "needed": amount.short(needed),
                "share": number(control["trial"], "share").map(amount.percent) ?? words("unit.none"),
                "least": number(control["trial"], "least_share").map(amount.percent) ?? words("unit.none"),
            ])
    }

    private var orders: [[String: Any]] {
        (control["orders"]?.elements ?? []).prefix(50).compactMap { order in
            guard let device = order["device"]?.text else { return nil }
            let progress = order["progress"]?.text ?? order["state"]?.text
            let isBad = ["failed", "contested"].contains(progress ?? ""), isDone = progress == "confirmed"
            return [
                "device": device == "battery" ? words("energy.key.battery") : device.printable,
                "power": number(order, "kw").map { amount.decimal($0, places: 2) + "\u{a0}kW" } ?? words("unit.none"),
                "reason": word(order["reason"]?.text) { "district.why.\($0)" },
                "progress": [
                    "tone": isBad ? "warn" : isDone ? "ok" : "", "stateIcon": isBad ? "alert" : isDone ? "check" : "clock",
                    "state": word(progress) { "district.progress.\($0)" },
                ] as [String: Any],
            ]
        }
    }

    /// What was asked for, what was offered, and whether all together followed.
    private func request(_ json: JSON) -> [String: Any] {
        func power(_ value: Double?) -> String { value.map { amount.decimal($0, places: 1) + "\u{a0}kW" } ?? words("unit.none") }
        let from = date(json["from"]), hours = Int(exactly: number(json, "hours") ?? 0) ?? 0
        let changes = (json["measured"]?.elements ?? []).compactMap { number($0, "change_kw") }
        let state = json["state"]?.text
        return [
            "when": from.map {
                words("district.when", ["from": amount.moment($0), "n": "\(hours)"])
            } ?? words("unit.none"),
            "exact": from.map { amount.exact($0) } ?? "", "asked": power(number(json, "kw")),
            "offered": words(
                "district.offers",
                ["n": amount.whole(Int(min(1e9, number(json, "offers") ?? 0))), "sum": power(number(json, "offered_kw"))]),
            "promised": power(number(json, "committed_kw")),
            "measured": power(changes.isEmpty ? nil : changes.reduce(0, +) / Double(changes.count)),
            "progress": [
                "tone": state == "awarded" ? "ok" : "", "stateIcon": state == "awarded" ? "check" : state == "open" ? "clock" : "x",
                "state": word(state) { "district.state.\($0)" },
            ] as [String: Any],
        ]
    }

    /// What is expected and planned, how full the battery will be, and what energy costs.
    var charts: [[String: Any]] {
        guard let plan, let start = date(plan["from"]), let hours = plan["hours"]?.elements?.prefix(72), !hours.isEmpty else { return [] }
        func row(_ name: String) -> [Double?] { hours.map { number($0, name) } }
        func sum(_ one: [Double?], _ other: [Double?], _ sign: Double) -> [Double?] {
            zip(one, other).map { a, b in a.flatMap { a in b.map { a + sign * $0 } } }
        }
        let (load, solar, battery) = (row("load_kwh"), row("solar_kwh"), row("battery_kwh")), net = sum(load, solar, -1)
        func chart(_ id: String, _ lines: [DistrictChart.Line], _ unit: String, fromZero: Bool = true) -> [String: Any]? {
            let shown = lines.filter { $0.values.contains { $0 != nil } }
            return DistrictChart(start: start, lines: shown, unit: unit, amount: amount, fromZero: fromZero).fields.map {
                ["id": "c-" + id, "heading": words("district.chart.\(id)"), "text": words("district.about.\(id)"), "chart": $0]
            }
        }
        func line(_ name: String, _ values: [Double?], _ errors: [Double?] = []) -> DistrictChart.Line {
            DistrictChart.Line(name: words("district.line.\(name)"), values: values, errors: errors)
        }
        let price = currency.map { $0 + "/kWh" } ?? ""
        return [
            chart(
                "plan",
                [line("load", load), line("solar", solar), line("net", net, row("error_kwh")), line("grid", sum(net, battery, 1))], "kWh"),
            chart("charge", [line("charge", row("charge").map { $0.map { $0 * 100 } })], "%"),
            chart("price", [line("buying", row("price")), line("selling", row("feed_in"))], price),
        ].compactMap(\.self)
    }
}
