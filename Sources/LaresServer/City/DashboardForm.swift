import LaresJSON
import LaresPlaces
import LaresThings

/// Dashboards as the API has them: series by their names.
///
///     {"title": "Air", "shared": true, "panels": [{"kind": "chart", "title": "NO₂", "span": "week", "series": ["air,station=7/no2"]}]}
struct DashboardForm {
    let title: String
    let isShared: Bool
    let panels: [DashboardPanel]

    /// Reads and checks one; unknown members are errors.
    ///
    /// - Throws: ``APIError`` that names the place.
    init(_ json: JSON) throws {
        do throws(JSONError) {
            var fields = try JSONFields(json)
            title = try fields.string("title") ?? ""
            isShared = try fields.bool("shared") ?? true
            panels = try Self.panels(try fields.objects("panels") ?? [])
            try fields.end()
            guard (1...Dashboard.longestTitle).contains(title.count) else {
                throw fields.error("title", "must have 1 to \(Dashboard.longestTitle) characters")
            }
            guard panels.count <= Dashboard.mostPanels else {
                throw fields.error("panels", "may be \(Dashboard.mostPanels) at most")
            }
        } catch { throw APIError.invalid("the dashboard: \(error.message)") }
    }

    /// Panels keep the numbers they are given with; others get the next.
    private static func panels(_ all: [JSONFields]) throws(JSONError) -> [DashboardPanel] {
        var (panels, taken) = ([DashboardPanel](), Set<Int>())
        for var fields in all {
            guard let kind: DashboardPanel.Kind = try fields.choice("kind") else {
                throw fields.error("kind", "must be chart, latest or alarms")
            }
            let number = try fields.int("number", in: 1...1_000_000) ?? (taken.max() ?? 0) + 1
            guard taken.insert(number).inserted else { throw fields.error("number", "is another panel's too") }
            let (title, span) = (try fields.string("title") ?? "", try fields.choice("span", of: DashboardPanel.Span.self) ?? .day)
            var series: [SeriesKey] = []
            for name in try fields.strings("series") ?? [] {
                guard let key = SeriesKey(name) else { throw fields.error("series", "must be names such as hall/meter/power") }
                series.append(key)
            }
            try fields.end()
            guard let panel = DashboardPanel(number: number, kind: kind, title: title, span: span, series: series) else {
                throw fields.error(
                    "series",
                    "may be \(DashboardPanel.mostSeries), each once, and the title may have \(Dashboard.longestTitle) characters")
            }
            panels.append(panel)
        }
        return panels
    }
}

extension Dashboard {
    /// The dashboard as somebody is told of it: with the series that they see.
    func told(_ sight: SeriesSight) -> JSON {
        [
            "number": .int(number), "title": .string(title), "owner": .string(owner), "shared": .bool(isShared),
            "panels": .array(panels.map { $0.told(sight) }),
        ]
    }
}

extension DashboardPanel {
    func told(_ sight: SeriesSight) -> JSON {
        let shown = series.filter(sight.shows)
        return [
            "number": .int(number), "kind": .string(kind.rawValue), "title": .string(title), "span": .string(span.rawValue),
            "series": .array(shown.map { .string($0.description) }), "hidden": .int(series.count - shown.count),
        ]
    }
}
