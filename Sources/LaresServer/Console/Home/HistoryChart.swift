import Foundation
import LaresThings

/// A property's last day as a picture, a sentence and a table. A value holds until the next is reported, unless nothing is heard for longer.
struct HistoryChart {
    let property: Property
    let chart: BucketedSeries
    let range: Range<Timestamp>
    let said: ThingWords

    private var words: Words { said.words }
    /// The pixels of the picture.
    static let width = 480

    /// The fields of the template `history`; nil when there is nothing to draw.
    var fields: [String: Any]? {
        guard let last = chart.buckets.last else { return nil }
        let (least, greatest) = (chart.buckets.map(\.min).min() ?? 0, chart.buckets.map(\.max).max() ?? 0)
        let scale = Span(least, greatest, fromZero: property.accumulation != nil && least >= 0)
        return [
            "heading": said.label(property), "line": line(scale), "band": band(scale), "xs": times, "gaps": gapPath,
            "anyGaps": !gaps.isEmpty,
            "ys": scale.ticks.map { said.value(.number($0), of: property) }, "rows": rows,
            "summary": words(
                "history.summary",
                [
                    "last": said.value(.number(last.last), of: property), "least": said.value(.number(least), of: property),
                    "greatest": said.value(.number(greatest), of: property),
                ]),
        ]
    }

    private func x(_ time: Timestamp) -> Double {
        let (from, to) = (range.lowerBound.milliseconds, range.upperBound.milliseconds)
        return 100 * Double(time.milliseconds - from) / Double(to - from)
    }

    private func point(_ x: Double, _ value: Double, _ scale: Span) -> String {
        String(format: "%.2f %.2f", min(100, max(0, x)), 100 - 100 * scale.part(value))
    }

    /// Stretch by stretch: between them nothing was known.
    private func line(_ scale: Span) -> String {
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
    private func band(_ scale: Span) -> String {
        chart.buckets.filter { $0.max > $0.min }.map { bucket in
            "M\(point(x(bucket.start), bucket.min, scale))L\(point(x(bucket.start), bucket.max, scale))"
        }.joined()
    }

    private var times: [String] {
        (0...4).map { part in
            let span = range.upperBound.milliseconds - range.lowerBound.milliseconds
            return said.amount.time(Timestamp(milliseconds: range.lowerBound.milliseconds + span * Int64(part) / 4).date)
        }
    }

    /// Twelve of its moments, and all gaps.
    private var rows: [[String: Any]] {
        let count = chart.buckets.count, shown = min(12, count)
        let moments = (0..<shown).map { row -> (Timestamp, [String: Any]) in
            let bucket = chart.buckets[shown == 1 ? 0 : row * (count - 1) / (shown - 1)]
            let fields: [String: Any] = [
                "time": said.amount.time(bucket.start.date), "least": said.value(.number(bucket.min), of: property), "gap": false,
                "mean": said.value(.number(bucket.mean), of: property), "greatest": said.value(.number(bucket.max), of: property),
            ]
            return (bucket.start, fields)
        }
        let silences = gaps.map { gap -> (Timestamp, [String: Any]) in
            let span = words(
                "history.span", ["from": said.amount.time(gap.lowerBound.date), "to": said.amount.time(gap.upperBound.date)])
            return (gap.lowerBound, ["time": span, "gap": true])
        }
        return (moments + silences).sorted { $0.0 < $1.0 }.map(\.1)
    }
}

/// A scale between two numbers in four even steps.
private struct Span {
    let low: Double
    let high: Double

    init(_ least: Double, _ greatest: Double, fromZero: Bool) {
        let low = fromZero ? min(0, least) : least
        let room = max(greatest - low, abs(greatest) * 0.05, 0.4)
        self.low = fromZero ? low : low - room * 0.1
        high = greatest + room * 0.1
    }

    /// Where a number lies between them, from 0 to 1.
    func part(_ number: Double) -> Double { min(1, max(0, (number - low) / (high - low))) }

    /// From the greatest down.
    var ticks: [Double] { (0...4).map { high - (high - low) * Double($0) / 4 } }
}
