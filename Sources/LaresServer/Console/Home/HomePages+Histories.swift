import Foundation
import LaresThings

/// What a thing told over time, on its page.
extension HomePages {
    /// The most pictures at once.
    private static let mostHistories = 6

    /// The fields of the template `thing` for it.
    func histories(_ view: ThingView, _ span: HistorySpan, of chosen: String?, _ viewer: Viewer) async throws -> [String: Any] {
        let series = Dictionary(
            try await services.telemetry.series(of: view.thing.id.description).map { ($0.key.property, $0) }, uniquingKeysWith: { $1 })
        let drawable = view.thing.properties.filter { series[$0.name] != nil && $0.isDrawable }
        let first = drawable.filter { $0.name == chosen }
        let wanted = (first.isEmpty ? drawable.filter { $0.role == .primary } : first).prefix(Self.mostHistories)
        var charts: [[String: Any]] = []
        for property in wanted {
            guard let one = series[property.name], let fields = try await picture(property, one, span, viewer) else { continue }
            charts.append(fields.merging(["name": property.name, "address": one.key.description]) { $1 })
        }
        let shown = Set(wanted.map(\.name)), page = view.thing.page, words = console.words(viewer)
        let others = drawable.filter { !shown.contains($0.name) }.map { property -> [String: Any] in
            let query = span.query.isEmpty ? "?" : span.query + "&"
            return ["href": "\(page)\(query)of=\(property.name.pathEscaped)#histories", "label": said(viewer).label(property)]
        }
        return span.fields(page, words).merging(
            [
                "histories": charts, "anyHistories": !drawable.isEmpty, "noCharts": charts.isEmpty, "others": others,
                "anyOthers": !others.isEmpty, "isChosen": !first.isEmpty, "allHref": page + span.query + "#histories",
            ]) { $1 }
    }

    private func picture(_ property: Property, _ series: Series, _ span: HistorySpan, _ viewer: Viewer) async throws -> [String: Any]? {
        let said = said(viewer), telemetry = services.telemetry
        if case .number = property.kind, series.kind != .state {
            let chart = try await telemetry.timedBuckets(of: series, in: span.range, atMost: HistoryChart.width)
            return HistoryChart(property: property, chart: chart, span: span, said: said).fields.map {
                ["numbers": $0, "states": false]
            }
        }
        let chart = try await telemetry.states(of: series, in: span.range, atMost: HistoryChart.width)
        return StateLanes(property: property, chart: chart, span: span, said: said).fields.map { ["numbers": false, "states": $0] }
    }
}

extension Property {
    /// Whether there is a picture of what it was.
    fileprivate var isDrawable: Bool {
        switch kind {
        case .number, .boolean, .choice, .text: !isEvent
        case .color, .action: false
        }
    }
}
