import Foundation
import LaresThings

/// A property's states over time as a picture with a lane for each, a sentence and a table.
struct StateLanes {
    let property: Property
    let chart: StateChart
    let span: HistorySpan
    let said: ThingWords

    private var words: Words { said.words }
    private var amount: Amount { said.amount }

    /// The fields of the template `states`; nil when there is nothing to draw.
    var fields: [String: Any]? {
        guard let last = chart.last, !chart.lanes.isEmpty else { return nil }
        let lanes = chart.lanes + [chart.others].compactMap(\.self)
        return [
            "heading": said.label(property), "summary": summary(last), "xs": span.marks(amount).fields,
            "lanes": lanes.map { lane in
                ["state": name(lane), "path": path(lane.stretches), "gaps": path(chart.gaps)] as [String: Any]
            },
            "anyGaps": !chart.gaps.isEmpty, "isCut": chart.isCut, "times": lanes.map(row), "changes": chart.changes.map(change),
            "anyChanges": !chart.changes.isEmpty,
        ]
    }

    private func summary(_ last: String) -> String {
        let longest = chart.lanes[0], when = span.words(amount)
        if chart.lanes.count == 1, chart.others == nil, longest.state == last {
            return words(span.end == nil ? "history.one" : "history.onePast", ["last": name(of: last), "when": when])
        }
        let fields: KeyValuePairs = ["last": name(of: last), "when": when, "state": name(longest), "time": length(longest.time)]
        return words(span.end == nil ? "history.states" : "history.statesPast", fields)
    }

    private func name(_ lane: StateChart.Lane) -> String { lane.state.isEmpty ? words("history.others") : name(of: lane.state) }

    private func name(of state: String) -> String {
        let value: PropertyValue = property.kind == .boolean ? .boolean(state == "true") : .text(state)
        return said.value(value, of: property)
    }

    /// Rectangles of a lane, one pixel wide at least.
    private func path(_ stretches: [Range<Timestamp>]) -> String {
        let (from, to) = (span.range.lowerBound.milliseconds, span.range.upperBound.milliseconds)
        func x(_ time: Timestamp) -> Double { min(100, max(0, 100 * Double(time.milliseconds - from) / Double(max(1, to - from)))) }
        let path = stretches.map { stretch in
            let left = min(x(stretch.lowerBound), 100 - 100 / Double(HistoryChart.width))
            let right = max(x(stretch.upperBound), left + 100 / Double(HistoryChart.width))
            return String(format: "M%.2f 0H%.2fV100H%.2fZ", left, right, left)
        }.joined()
        return path.isEmpty ? "M0 0" : path
    }

    private func row(_ lane: StateChart.Lane) -> [String: Any] {
        let whole = Double(span.range.upperBound.milliseconds - span.range.lowerBound.milliseconds)
        return ["state": name(lane), "time": length(lane.time), "part": amount.percent(Double(lane.time) / max(1, whole))]
    }

    private func change(_ change: StateChart.Change) -> [String: Any] {
        ["time": span.moment(change.time.date, amount), "state": name(of: change.state)]
    }

    /// "5 h 12 min".
    private func length(_ milliseconds: Int64) -> String {
        let minutes = Int(milliseconds / 60_000)
        switch minutes {
        case ..<2: return amount.duration(Double(milliseconds) / 1_000)
        case ..<60: return words("time.minutes", ["n": "\(minutes)"])
        case ..<2_880: return words("time.hoursMinutes", ["hours": "\(minutes / 60)", "minutes": "\(minutes % 60)"])
        default: return words("time.daysHours", ["days": "\(minutes / 1_440)", "hours": "\(minutes / 60 % 24)"])
        }
    }
}
