public import LaresJSON
internal import LaresThings

extension Dashboard {
    /// The dashboard as plain data.
    public var json: JSON {
        [
            "number": .int(number), "title": .string(title), "owner": .string(owner), "shared": .bool(isShared),
            "panels": .array(panels.map(\.json)),
        ]
    }

    /// What ``json`` wrote; nil for anything else.
    init?(kept json: JSON, number: Int) {
        guard let found = try? Self(fields: JSONFields(json)) else { return nil }
        self = found
        self.number = number
    }

    private init?(fields: JSONFields) throws(JSONError) {
        var fields = fields
        var panels: [DashboardPanel] = []
        for panel in try fields.objects("panels") ?? [] {
            guard let panel = try DashboardPanel(panel) else { return nil }
            panels.append(panel)
        }
        self.init(
            title: try fields.string("title") ?? "", owner: try fields.string("owner") ?? "",
            isShared: try fields.bool("shared") ?? false, panels: panels)
    }
}

extension DashboardPanel {
    fileprivate var json: JSON {
        [
            "number": .int(number), "kind": .string(kind.rawValue), "title": .string(title), "span": .string(span.rawValue),
            "series": .array(series.map { .array([.string($0.thing), .string($0.property)]) }),
        ]
    }

    fileprivate init?(_ fields: JSONFields) throws(JSONError) {
        var fields = fields
        guard let kind: Kind = try fields.choice("kind"), let span: Span = try fields.choice("span") else { return nil }
        let series = (try fields.array("series") ?? []).compactMap { pair -> SeriesKey? in
            guard let names = pair.elements?.compactMap(\.text), names.count == 2 else { return nil }
            return SeriesKey(thing: names[0], property: names[1])
        }
        self.init(
            number: try fields.int("number", in: 1...1_000_000) ?? 0, kind: kind, title: try fields.string("title") ?? "", span: span,
            series: series)
    }
}
