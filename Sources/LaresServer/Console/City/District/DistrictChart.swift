import Foundation
import LaresJSON
import LaresThings

/// Hours that lie ahead, as steps of a plan: up to five lines in one picture, with its table.
struct DistrictChart: Sendable {
    /// One line: a value for each hour, nil where none is known.
    struct Line: Sendable {
        let name: String
        let values: [Double?]
        /// How far each may be off; empty: it isn't said.
        var errors: [Double?] = []
    }

    let start: Date
    let lines: [Line]
    let unit: String
    let amount: Amount
    var fromZero = true

    private static let (width, height) = (1_000, 250)

    private var count: Int { lines.map(\.values.count).max() ?? 0 }
    private var range: Range<Timestamp> {
        let first = Timestamp(start).milliseconds
        return Timestamp(milliseconds: first)..<Timestamp(milliseconds: first + Int64(max(1, count)) * 3_600_000)
    }
    private var axis: TimeAxis { TimeAxis(range: range, amount: amount) }

    /// The fields of the template `lines`; nil when there is nothing to draw.
    var fields: [String: Any]? {
        let all = lines.flatMap { line in
            line.values.indices.flatMap { step -> [Double] in
                guard let value = line.values[step] else { return [] }
                let error = line.errors.indices.contains(step) ? line.errors[step] ?? 0 : 0
                return [value - error, value + error]
            }
        }
        guard let least = all.min(), let most = all.max() else { return nil }
        let scale = PlotScale(least, most, fromZero: fromZero)
        return [
            "ys": scale.ticks.enumerated().map { place, tick in
                scale.label(tick, amount) + (place == 0 && !unit.isEmpty ? "\u{a0}" + unit : "")
            },
            "grid": scale.ticks.map { "M0 \(scale.y($0, of: Self.height))H\(Self.width)" }.joined(),
            "lines": lines.enumerated().map { place, line in
                ["path": path(line, scale), "band": band(line, scale), "colour": "\(place + 1)"]
            }, "gaps": "", "anyGaps": false, "xs": axis.labels,
            "keys": lines.enumerated().map { place, line -> [String: Any] in
                ["colour": "\(place + 1)", "series": line.name, "last": said(line.values.first ?? nil), "href": false]
            }, "heads": lines.map(\.name), "rows": rows, "anyRows": count > 0,
        ]
    }

    private func said(_ value: Double?) -> String {
        value.map { amount.decimal($0, places: 2) + (unit.isEmpty ? "" : "\u{a0}" + unit) } ?? amount.words("unit.none")
    }

    private func x(_ step: Int) -> Int {
        axis.x(Timestamp(milliseconds: range.lowerBound.milliseconds + Int64(step) * 3_600_000), of: Self.width)
    }

    /// Steps, since a plan holds for an hour.
    private func path(_ line: Line, _ scale: PlotScale) -> String {
        var path = CompactPath(), isDown = false
        for (step, value) in line.values.enumerated() {
            guard let value else {
                isDown = false
                continue
            }
            let y = scale.y(value, of: Self.height)
            if isDown { path.line(x(step), y) } else { path.move(x(step), y) }
            path.line(x(step + 1), y)
            isDown = true
        }
        return path.text
    }

    private func band(_ line: Line, _ scale: PlotScale) -> String {
        var path = CompactPath()
        for (step, value) in line.values.enumerated() {
            guard let value, line.errors.indices.contains(step), let error = line.errors[step], error > 0 else { continue }
            let (top, bottom) = (scale.y(value + error, of: Self.height), scale.y(value - error, of: Self.height))
            path.move(x(step), top)
            path.line(x(step + 1), top)
            path.line(x(step + 1), bottom)
            path.line(x(step), bottom)
            path.close()
        }
        return path.text
    }

    private var rows: [[String: Any]] {
        (0..<min(48, count)).map { step in
            [
                "time": axis.label(Timestamp(milliseconds: range.lowerBound.milliseconds + Int64(step) * 3_600_000)),
                "cells": lines.map { said($0.values.indices.contains(step) ? $0.values[step] : nil) },
            ]
        }
    }
}
