import Foundation
import LaresThings

/// Up to five series in one picture, with its table. A gap is a gap, and of each pixel the least and the greatest are seen.
struct LineChart: Sendable {
    /// One series as it went.
    struct Line: Sendable {
        let key: SeriesKey
        let kind: SeriesKind
        let chart: BucketedSeries
    }

    let lines: [Line]
    let range: Range<Timestamp>
    let said: SeriesWords

    /// The units of the picture.
    static let (width, height) = (1_000, 250)
    /// Series that one picture may have.
    static let most = 5
    /// Buckets of one series.
    static let buckets = 480

    private var amount: Amount { said.amount }
    private var axis: TimeAxis { TimeAxis(range: range, amount: amount) }

    /// The fields of the template `lines`; nil when there is nothing to draw.
    var fields: [String: Any]? {
        let known = lines.filter { !$0.chart.buckets.isEmpty }
        guard let least = known.flatMap({ $0.chart.buckets.map(\.min) }).min(),
            let greatest = known.flatMap({ $0.chart.buckets.map(\.max) }).max(), let first = lines.first
        else { return nil }
        let scale = PlotScale(least, greatest, fromZero: lines.contains { $0.kind == .power || $0.kind == .meter } && least >= 0)
        let silences = lines.map { SeriesSilence($0.chart, in: range) }
        let gaps = lines.count == 1 ? silences[0].gaps : []
        return [
            "ys": scale.ticks.enumerated().map { place, tick in
                scale.label(tick, amount) + (place == 0 && !said.unit(of: first.key).isEmpty ? "\u{a0}" + said.unit(of: first.key) : "")
            },
            "grid": scale.ticks.map { "M0 \(scale.y($0, of: Self.height))H\(Self.width)" }.joined(),
            "lines": zip(lines, silences).enumerated().map { place, one in drawn(one.0, one.1, place + 1, scale) },
            "gaps": gaps.map { axis.area($0, Self.width, Self.height) }.joined(), "anyGaps": !gaps.isEmpty, "xs": axis.labels,
            "keys": lines.enumerated().map { place, line in key(line, place + 1) }, "heads": lines.map { said.name($0.key) }, "rows": rows,
            "anyRows": true,
            "now": false,
        ]
    }

    private func drawn(_ line: Line, _ silence: SeriesSilence, _ colour: Int, _ scale: PlotScale) -> [String: Any] {
        let half = line.chart.width / 2
        func x(_ bucket: Bucket) -> Int { axis.x(Timestamp(milliseconds: bucket.start.milliseconds + half), of: Self.width) }
        var (path, band) = (CompactPath(), CompactPath())
        for stretch in silence.stretches {
            for (place, bucket) in stretch.enumerated() {
                let at = (x(bucket), scale.y(bucket.mean, of: Self.height))
                if place == 0 { path.move(at.0, at.1) } else { path.line(at.0, at.1) }
            }
            if stretch.count == 1 { path.dot() }
            guard stretch.contains(where: { $0.max > $0.min }) else { continue }
            for (place, bucket) in stretch.enumerated() {
                let at = (x(bucket), scale.y(bucket.max, of: Self.height))
                if place == 0 { band.move(at.0, at.1) } else { band.line(at.0, at.1) }
            }
            for bucket in stretch.reversed() { band.line(x(bucket), scale.y(bucket.min, of: Self.height)) }
            band.close()
        }
        return ["path": path.text, "band": band.text, "colour": "\(colour)"]
    }

    private func key(_ line: Line, _ colour: Int) -> [String: Any] {
        let last = line.chart.buckets.last.map { said.value($0.last, of: line.key) } ?? said.words("unit.none")
        return ["colour": "\(colour)", "series": said.name(line.key), "last": last, "href": "/query?series=\(line.key.queried)"]
    }

    /// Twelve moments of the picture, with the mean of each series.
    private var rows: [[String: Any]] {
        let starts = Set(lines.flatMap { $0.chart.buckets.map(\.start) }).sorted(), shown = min(12, starts.count)
        let values = lines.map { line in Dictionary(line.chart.buckets.map { ($0.start, $0.mean) }) { $1 } }
        return (0..<shown).map { row in
            let start = starts[shown == 1 ? 0 : row * (starts.count - 1) / (shown - 1)]
            return [
                "time": axis.label(start),
                "cells": zip(lines, values).map { line, means in
                    means[start].map { said.value($0, of: line.key) } ?? said.words("unit.none")
                },
            ]
        }
    }
}

/// Times along the foot of a picture.
struct TimeAxis: Sendable {
    let range: Range<Timestamp>
    let amount: Amount

    private var span: Int64 { range.upperBound.milliseconds - range.lowerBound.milliseconds }

    /// Where a time lies, in units of a picture of so many.
    func x(_ time: Timestamp, of width: Int) -> Int {
        let part = Double(time.milliseconds - range.lowerBound.milliseconds) / Double(max(1, span))
        return Int((Double(width) * min(1, max(0, part))).rounded())
    }

    /// An upright stripe.
    func area(_ part: Range<Timestamp>, _ width: Int, _ height: Int) -> String {
        let (from, to) = (x(part.lowerBound, of: width), x(part.upperBound, of: width))
        return "M\(from) 0H\(max(to, from + 1))V\(height)H\(from)z"
    }

    /// Five times, evenly spread.
    var labels: [String] { (0...4).map { foot(Timestamp(milliseconds: range.lowerBound.milliseconds + span * Int64($0) / 4)) } }

    private func foot(_ time: Timestamp) -> String { span <= 2 * 86_400_000 ? amount.time(time.date) : amount.shortDate(time.date) }

    /// A moment in a table.
    func label(_ time: Timestamp) -> String { span <= 86_400_000 ? amount.time(time.date) : amount.moment(time.date) }
}
