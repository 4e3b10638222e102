import Foundation
import LaresJSON
import LaresThings

/// An answer of the API as a picture and a table.
struct QueryAnswer: Sendable {
    let form: QueryForm
    let json: JSON
    let said: SeriesWords

    private var words: Words { said.words }
    private var amount: Amount { said.amount }
    private var key: SeriesKey { form.series ?? SeriesKey(thing: "", property: "") }
    /// Rows of the table.
    private static let most = 100

    /// The fields of the page `query` that an answer fills.
    var fields: [String: Any] {
        let (heads, rows) = table
        return [
            "chart": chart.map { $0 as Any } ?? false, "heads": heads.map { words("query.head.\($0)") },
            "rows": rows.prefix(Self.most).map { ["time": $0[0], "cells": Array($0.dropFirst())] },
            "any": !rows.isEmpty, "answered": true,
            "rest": rows.count > Self.most ? words("query.rest", ["n": amount.whole(rows.count - Self.most)]) : false,
        ]
    }

    private func time(_ json: JSON?) -> String { json?.number.map { amount.moment(Date(timeIntervalSince1970: $0)) } ?? "" }

    private func value(_ json: JSON?) -> String {
        json?.number.map { said.value($0, of: key) } ?? json?.text?.printable ?? words("unit.none")
    }

    private func number(_ json: JSON?) -> String { json?.number.map { amount.figure($0) } ?? words("unit.none") }

    /// The heads of columns behind the time, and rows with the time first; the latest first where they are of the past.
    private var table: (heads: [String], rows: [[String]]) {
        switch form.what {
        case .history where json["readings"] != nil:
            (["value"], (json["readings"]?.elements ?? []).reversed().map { [time($0["time"]), value($0["value"])] })
        case .history:
            (["count", "least", "mean", "most", "last"], (json["buckets"]?.elements ?? []).reversed().map(row))
        case .statistics:
            (["count", "least", "mean", "most", "last"], (json["statistics"]?.elements ?? []).reversed().map(row))
        case .forecasts: (["expected", "eight", "nineteen"], forecast)
        }
    }

    private func row(_ part: JSON) -> [String] {
        [time(part["start"]), number(part["count"]), value(part["min"]), value(part["mean"]), value(part["max"]), value(part["last"])]
    }

    private var forecast: [[String]] {
        let start = json["start"]?.number ?? 0, step = json["step_seconds"]?.number ?? 0, intervals = json["intervals"]?.elements ?? []
        return (json["mean"]?.elements ?? []).enumerated().map { place, mean in
            let ranges = intervals.map { interval in
                words(
                    "forecasts.range",
                    ["from": value(interval["lower"]?.elements?[place]), "to": value(interval["upper"]?.elements?[place])])
            }
            return [amount.moment(Date(timeIntervalSince1970: start + step * Double(place))), value(mean)] + ranges
        }
    }

    private var chart: [String: Any]? {
        let parts = (json["buckets"] ?? json["statistics"])?.elements ?? []
        let buckets = parts.compactMap { part -> Bucket? in
            guard let start = part["start"]?.number, let min = part["min"]?.number, let mean = part["mean"]?.number,
                let max = part["max"]?.number, let last = part["last"]?.number
            else { return nil }
            return Bucket(
                start: Timestamp(milliseconds: Int64(start * 1_000)), count: 1, min: min, mean: mean, max: max, last: last)
        }
        let periods: [String: Int64] = ["five_minutes": 300_000, "hour": 3_600_000, "day": 86_400_000]
        let width = json["width_seconds"]?.number.map { Int64($0 * 1_000) } ?? periods[form.period] ?? 3_600_000
        let kind = SeriesKind(rawValue: json["kind"]?.text ?? "") ?? .measurement
        let line = LineChart.Line(key: key, kind: kind, chart: BucketedSeries(width: max(1, width), buckets: buckets))
        return LineChart(lines: [line], range: form.range, said: said).fields
    }
}
