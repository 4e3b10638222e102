import Foundation
import LaresPlaces
import LaresThings

/// A panel of a dashboard as somebody sees it: of its series, those that they may see.
struct PanelView: Sendable {
    let city: CityPages
    let panel: DashboardPanel
    let search: SeriesSearch
    let viewer: Viewer

    private var words: Words { city.console.words(viewer) }

    /// The fields of the template `panel`.
    ///
    /// - Throws: `TelemetryError`.
    func fields() async throws -> [String: Any] {
        let series = try await search.series(panel.series)
        let said = await city.said(viewer, series.map(\.key))
        var fields: [String: Any] = [
            "id": "panel-\(panel.number)", "heading": heading, "chart": false, "small": false, "latest": false, "alarms": false,
            "empty": false, "hiddenSeries": hidden(series.count),
        ]
        switch panel.kind {
        case .chart: try await addChart(series, said, &fields)
        case .latest: try await addLatest(series, said, &fields)
        case .alarms: try await addAlarms(said, &fields)
        }
        return fields
    }

    private var heading: String {
        panel.title.isEmpty
            ? words("panel.kind.\(panel.kind.rawValue)")
            : panel.title.printable
    }

    /// Says that there is more than they may see, or than there is any more.
    private func hidden(_ shown: Int) -> Any {
        let count = panel.series.count - shown
        return count > 0 ? words("panel.hidden", ["n": "\(count)"]) : false
    }

    private func addChart(_ series: [Series], _ said: SeriesWords, _ fields: inout [String: Any]) async throws {
        let numbers = series.filter { $0.kind != .state }
        guard !numbers.isEmpty else { return fields["empty"] = words("panel.noSeries") }
        let range = PageSpan(seconds: panel.span.seconds).range
        let isOne = numbers.count <= LineChart.most && Set(numbers.map { said.unit(of: $0.key) }).count == 1
        let lines = try await city.charts(numbers, in: range, atMost: isOne ? LineChart.buckets : SmallChart.buckets(of: numbers.count))
        guard lines.contains(where: { !$0.chart.buckets.isEmpty }) else {
            return fields["empty"] = words("panel.nothing.\(panel.span.rawValue)")
        }
        if isOne {
            fields["chart"] = LineChart(lines: lines, range: range, said: said).fields.map { $0 as Any } ?? false
        } else {
            fields["small"] = ["pictures": lines.map { SmallChart(line: $0, range: range, said: said).fields }]
        }
    }

    private func addLatest(_ series: [Series], _ said: SeriesWords, _ fields: inout [String: Any]) async throws {
        guard !series.isEmpty else { return fields["empty"] = words("panel.noSeries") }
        let latest = try await city.telemetry.latest(of: series.map(\.id)), amount = said.amount
        fields["latest"] = [
            "values": series.map { one -> [String: Any] in
                let reading = latest[one.id]
                return [
                    "series": said.name(one.key), "href": "/query?series=\(one.key.queried)", "last": said.value(reading, of: one.key),
                    "ago": reading.map { amount.ago($0.time.date, now: .now) } ?? words("panel.silent"),
                    "exact": reading.map { amount.exact($0.time.date) } ?? false,
                ]
            }
        ]
    }

    /// Those that aren't over, of the panel's things or of all.
    private func addAlarms(_ said: SeriesWords, _ fields: inout [String: Any]) async throws {
        guard let watching = city.city.watching else { return fields["empty"] = words("panel.noAlarms") }
        let things = Set(panel.series.map(\.thing))
        let open = try await watching.alarms(limit: 1_000).filter { alarm in
            alarm.state != .cleared && search.sight.tells(of: alarm.series.thing)
                && (things.isEmpty || things.contains(alarm.series.thing))
        }
        guard !open.isEmpty else { return fields["empty"] = words("panel.noAlarms") }
        let rows = AlarmRows(said: said, now: .now, mayAct: false)
        fields["alarms"] = ["rows": open.prefix(20).map(rows.row)]
    }
}
