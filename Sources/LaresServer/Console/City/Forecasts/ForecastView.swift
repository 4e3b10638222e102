import Foundation
import LaresForecast
import LaresPlaces
import LaresThings

/// A forecast as a picture, a sentence, a note on what it is worth, and a table.
struct ForecastView: Sendable {
    let answer: SeriesForecast
    let said: SeriesWords

    private var amount: Amount { said.amount }
    private var words: Words { said.words }
    private var forecast: Forecast { answer.forecast }
    private var key: SeriesKey { answer.series.key }
    private var period: ForecastPeriod { answer.period ?? .hour }
    private static let (width, height) = (1_000, 250)

    /// The history that is shown: twice as long as what is forecast, three seasons at least.
    private var shown: ArraySlice<Double> { answer.history.suffix(max(2 * forecast.mean.count, period == .hour ? 72 : 28)) }

    private var range: Range<Timestamp> {
        let step = forecast.step
        return Timestamp(
            milliseconds: forecast.start - Int64(shown.count) * step)..<Timestamp(
                milliseconds: forecast.start + Int64(forecast.mean.count) * step)
    }

    private var axis: TimeAxis { TimeAxis(range: range, amount: amount) }

    private func time(_ step: Int) -> Timestamp { Timestamp(milliseconds: forecast.start + Int64(step) * forecast.step) }

    private func value(_ number: Double) -> String { said.value(number, of: key) }

    /// "Now 372 MW. The most is expected at 19:00: 480 to 522, 8 times in 10."
    var sentence: String {
        let last = answer.history.last { $0.isFinite }.map(value) ?? words("unit.none")
        guard let inner = forecast.intervals.first, let peak = forecast.mean.indices.max(by: { forecast.mean[$0] < forecast.mean[$1] })
        else {
            return last
        }
        return words(
            "forecasts.sentence",
            ["last": last, "when": when(time(peak)), "from": value(inner.lower[peak]), "to": value(inner.upper[peak])])
    }

    private func when(_ time: Timestamp) -> String { period == .hour ? amount.moment(time.date) : amount.date(time.date) }

    /// What it was learnt from, and how it did before.
    var note: String {
        let learnt = (try? Date(forecast.version, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))).map {
            amount.moment($0)
        }
        let made = forecast.forecaster.map { words("forecasts.made.registry", ["name": $0, "version": forecast.version]) }
        return words(
            "forecasts.note",
            [
                "model": forecast.model,
                "made": made
                    ?? words(
                        "forecasts.made.request",
                        ["values": amount.whole(answer.learnt ?? 0), "version": learnt ?? forecast.version]),
                "windows": "\(forecast.score.windows)", "mae": value(forecast.score.mae),
                "smape": forecast.score.smape.isFinite ? amount.percent(forecast.score.smape / 100) : words("unit.none"),
                "mase": forecast.score.mase.isFinite ? amount.decimal(forecast.score.mase, places: 2) : words("unit.none"),
                "horizon": words("forecasts.steps.\(period.rawValue)", ["n": "\(forecast.mean.count)"]),
            ])
    }

    /// The fields of the template `forecast-chart`.
    var fields: [String: Any] {
        let known = shown.filter(\.isFinite)
        let all = known + forecast.mean + forecast.intervals.flatMap { $0.lower + $0.upper }
        let isAmount = [.power, .meter].contains(answer.series.kind)
        let scale = PlotScale(all.min() ?? 0, all.max() ?? 1, fromZero: isAmount && (all.min() ?? 0) >= 0)
        let unit = said.unit(of: key)
        return [
            "ys": scale.ticks.enumerated().map { place, tick in
                scale.label(tick, amount) + (place == 0 && !unit.isEmpty ? "\u{a0}" + unit : "")
            },
            "grid": scale.ticks.map { "M0 \(scale.y($0, of: Self.height))H\(Self.width)" }.joined(), "xs": axis.labels,
            "measured": measured(scale), "expected": line(forecast.mean, scale, from: answer.history.last),
            "inner": band(forecast.intervals.first, scale), "outer": band(forecast.intervals.last, scale), "gaps": gaps,
            "anyGaps": !gaps.isEmpty, "nowX": "\(axis.x(time(0), of: Self.width))", "rows": rows,
        ]
    }

    private func x(_ time: Timestamp) -> Int { axis.x(Timestamp(milliseconds: time.milliseconds + forecast.step / 2), of: Self.width) }

    private func measured(_ scale: PlotScale) -> String {
        var path = CompactPath(), isDown = false
        for (place, value) in shown.enumerated() {
            let at = x(Timestamp(milliseconds: range.lowerBound.milliseconds + Int64(place) * forecast.step))
            guard value.isFinite else {
                isDown = false
                continue
            }
            if isDown { path.line(at, scale.y(value, of: Self.height)) } else { path.move(at, scale.y(value, of: Self.height)) }
            isDown = true
        }
        return path.text.isEmpty ? "M0 0" : path.text
    }

    private func line(_ values: [Double], _ scale: PlotScale, from last: Double?) -> String {
        var path = CompactPath()
        if let last, last.isFinite { path.move(x(time(-1)), scale.y(last, of: Self.height)) }
        for (step, value) in values.enumerated() {
            let at = (x(time(step)), scale.y(value, of: Self.height))
            if path.text.isEmpty { path.move(at.0, at.1) } else { path.line(at.0, at.1) }
        }
        if values.count == 1, !(last?.isFinite ?? false) { path.dot() }
        return path.text
    }

    private func band(_ interval: Forecast.Interval?, _ scale: PlotScale) -> String {
        guard let interval else { return "" }
        var path = CompactPath()
        if let last = answer.history.last, last.isFinite { path.move(x(time(-1)), scale.y(last, of: Self.height)) }
        for (step, value) in interval.upper.enumerated() {
            let at = (x(time(step)), scale.y(value, of: Self.height))
            if path.text.isEmpty { path.move(at.0, at.1) } else { path.line(at.0, at.1) }
        }
        for (step, value) in interval.lower.enumerated().reversed() { path.line(x(time(step)), scale.y(value, of: Self.height)) }
        path.close()
        return path.text
    }

    private var gaps: String {
        var parts: [Range<Timestamp>] = [], begin: Int?
        for (place, value) in (Array(shown) + [0]).enumerated() {
            if !value.isFinite {
                begin = begin ?? place
            } else if let from = begin {
                let start = range.lowerBound.milliseconds
                parts.append(
                    Timestamp(
                        milliseconds: start + Int64(from) * forecast.step)..<Timestamp(milliseconds: start + Int64(place) * forecast.step))
                begin = nil
            }
        }
        return parts.map { axis.area($0, Self.width, Self.height) }.joined()
    }

    private var rows: [[String: Any]] {
        forecast.mean.indices.prefix(60).map { step in
            let spans = forecast.intervals.map { words("forecasts.range", ["from": value($0.lower[step]), "to": value($0.upper[step])]) }
            return ["time": when(time(step)), "mean": value(forecast.mean[step]), "eight": spans.first ?? "", "nineteen": spans.last ?? ""]
        }
    }
}
