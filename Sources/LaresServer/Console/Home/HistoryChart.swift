import Foundation
import LaresThings

/// A property's last day as a picture, a sentence and a table. A value holds until the next is reported.
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
            "heading": said.label(property), "line": line(scale), "band": band(scale), "xs": times,
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

    private func line(_ scale: Span) -> String {
        var path = "", before: Double?
        for bucket in chart.buckets {
            let at = x(bucket.start)
            path += before.map { "L\(point(at, $0, scale))L\(point(at, bucket.mean, scale))" } ?? "M\(point(at, bucket.mean, scale))"
            before = bucket.last
        }
        return before.map { path + "L\(point(100, $0, scale))" } ?? "M0 0"
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

    private var rows: [[String: Any]] {
        let count = chart.buckets.count, shown = min(12, count)
        return (0..<shown).map { row in
            let bucket = chart.buckets[shown == 1 ? 0 : row * (count - 1) / (shown - 1)]
            return [
                "time": said.amount.time(bucket.start.date), "least": said.value(.number(bucket.min), of: property),
                "mean": said.value(.number(bucket.mean), of: property), "greatest": said.value(.number(bucket.max), of: property),
            ]
        }
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
