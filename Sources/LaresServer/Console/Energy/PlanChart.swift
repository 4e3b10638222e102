import Foundation
import LaresPlaces
import LaresThings

/// The plan of the next hours: what the home is thought to take, with how far that may be off, what the battery does, and below it the price.
struct PlanChart {
    let plan: EnergyPlan
    let currency: String
    let amount: Amount

    private static let (width, height) = (1_000, 250)

    private var words: Words { amount.words }
    private var steps: Int { plan.buying.count }
    private var hasForecast: Bool { plan.load.count == steps && plan.solar.count == steps && steps > 0 }
    private var hasBattery: Bool { plan.battery.count == steps && steps > 0 }

    /// What the home is thought to take from the grid without its battery, in kWh.
    private var net: [Double] { hasForecast ? zip(plan.load, plan.solar).map { $0 - $1 } : [] }

    // Errors that are like a bell lie within 1.6 times their mean in eight hours of ten.
    private var band: [(low: Double, high: Double)] {
        net.enumerated().map { step, value in
            let off = 1.6 * (step < plan.error.count ? plan.error[step] : 0)
            return (value - off, value + off)
        }
    }

    private func date(_ step: Int) -> Date { Date(timeIntervalSince1970: Double(plan.firstHour + step) * 3_600) }
    private func x(_ step: Double) -> Int { Int((Double(Self.width) * step / Double(max(1, steps))).rounded()) }

    /// The fields of the template `plan-chart`.
    var fields: [String: Any] {
        let edges: [Double] = band.map(\.low) + band.map(\.high)
        let all: [Double] = edges + (hasBattery ? plan.battery : []) + [0]
        let scale = PlotScale(all.min() ?? 0, all.max() ?? 1, fromZero: true)
        let prices = PlotScale(plan.buying.min() ?? 0, plan.buying.max() ?? 1, fromZero: true)
        func labels(_ scale: PlotScale, _ unit: String) -> [String] {
            scale.ticks.enumerated().map { place, tick in scale.label(tick, amount) + (place == 0 ? "\u{a0}" + unit : "") }
        }
        func grid(_ scale: PlotScale) -> String { scale.ticks.map { "M0 \(scale.y($0, of: Self.height))H\(Self.width)" }.joined() }
        return [
            "ys": labels(scale, "kWh"), "grid": grid(scale), "band": bandPath(scale), "expected": line(net, scale), "bars": bars(scale),
            "zero": "\(scale.y(0, of: Self.height))", "priceYs": labels(prices, "\(currency)/kWh"), "priceGrid": grid(prices),
            "price": stairs(plan.buying, prices), "xs": xs, "rows": rows, "hasForecast": hasForecast, "hasBattery": hasBattery,
        ]
    }

    private func line(_ values: [Double], _ scale: PlotScale) -> String {
        var path = CompactPath()
        for (step, value) in values.enumerated() {
            let at = (x(Double(step) + 0.5), scale.y(value, of: Self.height))
            if step == 0 { path.move(at.0, at.1) } else { path.line(at.0, at.1) }
        }
        if values.count == 1 { path.dot() }
        return path.text.isEmpty ? "M0 0" : path.text
    }

    private func bandPath(_ scale: PlotScale) -> String {
        var path = CompactPath()
        for (step, one) in band.enumerated() {
            let at = (x(Double(step) + 0.5), scale.y(one.high, of: Self.height))
            if step == 0 { path.move(at.0, at.1) } else { path.line(at.0, at.1) }
        }
        for (step, one) in band.enumerated().reversed() { path.line(x(Double(step) + 0.5), scale.y(one.low, of: Self.height)) }
        if !band.isEmpty { path.close() }
        return path.text
    }

    /// A price holds for its hour and changes at once.
    private func stairs(_ values: [Double], _ scale: PlotScale) -> String {
        var path = CompactPath()
        for (step, value) in values.enumerated() {
            let y = scale.y(value, of: Self.height)
            if step == 0 { path.move(0, y) } else { path.line(x(Double(step)), y) }
            path.line(x(Double(step) + 1), y)
        }
        return path.text.isEmpty ? "M0 0" : path.text
    }

    private func bars(_ scale: PlotScale) -> [[String: Any]] {
        guard hasBattery else { return [] }
        return plan.battery.enumerated().compactMap { step, energy in
            guard abs(energy) > 1e-6 else { return nil }
            let (top, bottom) = (scale.y(max(0, energy), of: Self.height), scale.y(min(0, energy), of: Self.height))
            let left = x(Double(step) + 0.15)
            return ["x": "\(left)", "y": "\(top)", "width": "\(x(Double(step) + 0.85) - left)", "height": "\(max(1, bottom - top))"]
        }
    }

    private var xs: [[String: Any]] { TimeMarks(date(0)..<date(max(1, steps)), amount).fields }

    private var rows: [[String: Any]] {
        (0..<steps).map { step in
            func kilowattHours(_ values: [Double]) -> String {
                step < values.count ? amount.decimal(values[step], places: 2) : words("unit.none")
            }
            let range =
                step < band.count
                ? words(
                    "control.range",
                    ["from": amount.decimal(band[step].low, places: 2), "to": amount.decimal(band[step].high, places: 2)])
                : words("unit.none")
            return [
                "when": amount.time(date(step)), "priceThen": amount.decimal(plan.buying[step], places: 3), "net": kilowattHours(net),
                "range": range, "batteryThen": kilowattHours(plan.battery),
                "chargeThen": step < plan.share.count ? amount.percent(plan.share[step]) : words("unit.none"),
            ]
        }
    }
}
