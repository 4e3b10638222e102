import Foundation
import LaresPlaces
import LaresThings

/// Hours or days as bars: what came above the line, what went below it.
struct EnergyChart {
    /// A part of each bar; all are drawn in this order from the line.
    private struct Series: Sendable {
        let key: String
        let colour: String
        let up: @Sendable (EnergyPeriod) -> Double
        let down: @Sendable (EnergyPeriod) -> Double
    }

    let report: EnergyReport
    let span: EnergySpan
    let amount: Amount

    private var words: Words { amount.words }
    private var periods: [EnergyPeriod] { report.periods }

    private static let all: [Series] = [
        Series(key: "grid", colour: "f1", up: { $0.gridImport }, down: { $0.gridExport }),
        Series(key: "solar", colour: "f2", up: { $0.solar }, down: { _ in 0 }),
        Series(key: "battery", colour: "f3", up: { $0.batteryOut }, down: { $0.batteryIn }),
    ]

    /// Those that anything flowed through; without meters at the grid and on the roof, what devices used.
    private var series: [Series] {
        let flowing = Self.all.filter { $0.up(report.total) > 0 || $0.down(report.total) > 0 }
        return flowing.isEmpty ? [Series(key: "devices", colour: "f1", up: { $0.consumption }, down: { _ in 0 })] : flowing
    }

    /// The fields of the template `energy-chart`; nil when nothing flowed.
    var fields: [String: Any]? {
        let series = series
        let up = periods.map { period in series.reduce(0) { $0 + max(0, $1.up(period)) } }.max() ?? 0
        let down = periods.map { period in series.reduce(0) { $0 + max(0, $1.down(period)) } }.max() ?? 0
        guard up + down > 0, !periods.isEmpty else { return nil }
        let scale = BarScale(up: up, down: down)
        return [
            "ys": scale.ticks.map { amount.energy($0) }, "lines": scale.ticks.map { text(scale.y($0)) }, "zero": text(scale.y(0)),
            "bars": periods.enumerated().flatMap { bars($1, at: $0, series, scale) }, "xs": xs, "mid": span.length == .week,
            "keys": series.map { ["colour": $0.colour, "word": words("energy.key.\($0.key)")] }, "down": down > 0,
            "heads": series.map { ["word": words("energy.key.\($0.key)")] },
            "periods": periods.map { row($0, series) },
        ]
    }

    private func bars(_ period: EnergyPeriod, at place: Int, _ series: [Series], _ scale: BarScale) -> [[String: Any]] {
        let width = 1_000 / Double(periods.count)
        var (above, below) = (0.0, 0.0)
        var bars: [[String: Any]] = []
        func add(_ low: Double, _ high: Double, _ colour: String) {
            guard high > low else { return }
            bars.append([
                "x": text((Double(place) + 0.12) * width), "width": text(0.76 * width), "y": text(scale.y(high)),
                "height": text(scale.y(low) - scale.y(high)), "colour": colour,
            ])
        }
        for one in series {
            let (up, down) = (max(0, one.up(period)), max(0, one.down(period)))
            add(above, above + up, one.colour)
            add(below - down, below, one.colour)
            (above, below) = (above + up, below - down)
        }
        return bars
    }

    private func row(_ period: EnergyPeriod, _ series: [Series]) -> [String: Any] {
        [
            "when": span.length == .day ? amount.time(period.start) : amount.date(period.start),
            "cells": series.map { one -> String in
                let (up, down) = (one.up(period), one.down(period))
                return down > 0 ? words("energy.both", ["in": amount.energy(up), "out": amount.energy(down)]) : amount.energy(up)
            },
            "usedThen": amount.energy(period.consumption),
        ]
    }

    private var xs: [String] {
        switch span.length {
        case .week:
            return (0..<span.length.days).map { words("weekday.\(span.days.lowerBound.adding($0).weekday.rawValue)") }
        case .day: return (0...4).map { String(format: "%02d:00", $0 * 6) }
        case .month: return [0, 7, 15, 22, 29].map { amount.shortDay(span.days.lowerBound.adding($0)) }
        }
    }

    private func text(_ number: Double) -> String { String(format: "%.2f", number) }
}

/// A scale around nought in even steps: 1, 2 or 5 times a power of ten.
struct BarScale {
    let low: Double
    let high: Double
    private let step: Double

    /// Room for the highest and the lowest bar; one of them is more than nought.
    init(up: Double, down: Double) {
        let raw = max((up + down) / 4, 1e-6), size = pow(10, log10(raw).rounded(.down))
        step = size * ([1, 2, 5].first { $0 * size >= raw } ?? 10)
        (low, high) = (-(down / step).rounded(.up) * step, max(step, (up / step).rounded(.up) * step))
    }

    /// From the top down.
    var ticks: [Double] { (0...max(1, Int(((high - low) / step).rounded()))).map { high - Double($0) * step } }

    /// Where a number lies, in hundredths from the top.
    func y(_ number: Double) -> Double { 100 * (high - number) / (high - low) }
}
