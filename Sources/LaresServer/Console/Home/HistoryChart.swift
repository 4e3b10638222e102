import Foundation
import LaresThings

/// A property of numbers over time as a picture, a sentence and a table. A value holds until the next is reported, unless nothing is heard for longer.
struct HistoryChart {
    let property: Property
    let chart: BucketedSeries
    let span: HistorySpan
    let said: ThingWords

    private var range: Range<Timestamp> { span.range }

    private var words: Words { said.words }
    /// The pixels of the picture.
    static let width = 480

    /// The fields of the template `history`; nil when there is nothing to draw.
    var fields: [String: Any]? {
        guard let last = chart.buckets.last else { return nil }
        let (least, greatest) = (chart.buckets.map(\.min).min() ?? 0, chart.buckets.map(\.max).max() ?? 0)
        let scale = scale(least, greatest), marks = span.marks(said.amount).fields
        return [
            "heading": said.label(property), "line": line(scale), "band": band(scale), "xs": marks, "gaps": gapPath,
            "anyGaps": !gaps.isEmpty, "grid": grid(scale, marks),
            "ys": scale.ticks.map { said.unit(scale.label($0, said.amount), of: property) }, "rows": rows,
            "summary": summary(last.last, least, greatest),
        ]
    }

    private func summary(_ last: Double, _ least: Double, _ greatest: Double) -> String {
        func value(_ number: Double) -> String { said.value(.number(number), of: property) }
        let isPast = span.end != nil
        let key =
            value(least) == value(greatest)
            ? (isPast ? "history.steadyPast" : "history.steady") : (isPast ? "history.summaryPast" : "history.summary")
        return words(
            key,
            ["when": span.words(said.amount), "last": value(last), "least": value(least), "greatest": value(greatest)])
    }

    /// What flows or shines begins at nought; temperatures, voltages and what a meter has counted so far don't. What stays as it is lies in the middle.
    private func scale(_ least: Double, _ greatest: Double) -> PlotScale {
        let isAmount = property.quantity.map(Self.amounts.contains) ?? false
        if isAmount, least >= 0 { return PlotScale(0, max(greatest, 1), fromZero: true) }
        let lacking = max(abs(greatest) * 0.02, 0.4) - (greatest - least)
        guard lacking > 0 else { return PlotScale(least, greatest, fromZero: false) }
        return PlotScale(least >= 0 ? max(0, least - lacking / 2) : least - lacking / 2, greatest + lacking / 2, fromZero: false)
    }

    private static let amounts: Set<String> = [
        "power", "apparent_power", "reactive_power", "current", "illuminance", "irradiance", "pm25", "pm10",
    ]

    private func grid(_ scale: PlotScale, _ marks: [[String: Any]]) -> String {
        scale.ticks.map { "M0 \(scale.y($0, of: 100))H100" }.joined()
            + marks.compactMap { $0["x"] as? String }.map { "M\($0) 0V100" }.joined()
    }

    private func x(_ time: Timestamp) -> Double {
        let (from, to) = (range.lowerBound.milliseconds, range.upperBound.milliseconds)
        return 100 * Double(time.milliseconds - from) / Double(to - from)
    }

    private func point(_ x: Double, _ value: Double, _ scale: PlotScale) -> String {
        String(format: "%.2f %.2f", min(100, max(0, x)), scale.height(value) * 100)
    }

    /// Stretch by stretch: between them nothing was known.
    private func line(_ scale: PlotScale) -> String {
        let path = chart.stretches(until: range.upperBound).map { stretch in
            var path = "", before: Double?
            for bucket in stretch.buckets {
                let at = x(bucket.start)
                path += before.map { "L\(point(at, $0, scale))L\(point(at, bucket.mean, scale))" } ?? "M\(point(at, bucket.mean, scale))"
                before = bucket.last
            }
            return before.map { path + "L\(point(x(stretch.end), $0, scale))" } ?? path
        }.joined()
        return path.isEmpty ? "M0 0" : path
    }

    private var gaps: [Range<Timestamp>] { chart.gaps(in: range) }

    private var gapPath: String {
        gaps.map { gap in
            String(format: "M%.2f 0H%.2fV100H%.2fZ", x(gap.lowerBound), x(gap.upperBound), x(gap.lowerBound))
        }.joined()
    }

    /// Least and greatest of each pixel, so that a spike is seen.
    private func band(_ scale: PlotScale) -> String {
        chart.buckets.filter { $0.max > $0.min }.map { bucket in
            "M\(point(x(bucket.start), bucket.min, scale))L\(point(x(bucket.start), bucket.max, scale))"
        }.joined()
    }

    /// Twelve of its moments, and all gaps.
    private var rows: [[String: Any]] {
        let count = chart.buckets.count, shown = min(12, count)
        let moments = (0..<shown).map { row -> (Timestamp, [String: Any]) in
            let bucket = chart.buckets[shown == 1 ? 0 : row * (count - 1) / (shown - 1)]
            let fields: [String: Any] = [
                "time": span.moment(bucket.start.date, said.amount), "least": said.value(.number(bucket.min), of: property), "gap": false,
                "mean": said.value(.number(bucket.mean), of: property), "greatest": said.value(.number(bucket.max), of: property),
            ]
            return (bucket.start, fields)
        }
        let silences = gaps.map { gap -> (Timestamp, [String: Any]) in
            let span = words(
                "history.span",
                [
                    "from": span.moment(gap.lowerBound.date, said.amount), "to": span.moment(gap.upperBound.date, said.amount),
                ])
            return (gap.lowerBound, ["time": span, "gap": true])
        }
        return (moments + silences).sorted { $0.0 < $1.0 }.map(\.1)
    }
}
