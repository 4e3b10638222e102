import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// `/lares/v1/dashboards`: what people put together to look at, and what it shows, bounded by pixels.
struct DashboardRoutes {
    let store: DashboardStore?
    let watching: Watching?
    let services: HomeServices?
    let ingest: Ingest?
    let guardian: HomeGuard?
    let audit: AuditLog?
    let limits: BodyLimits

    /// Buckets of one answer, of all panels together.
    static let mostBuckets = 500_000

    var routes: [APIRoute] {
        let all = "/lares/v1/dashboards", one = all + "/{dashboard}"
        return [
            APIRoute(method: .get, path: all, handler: list),
            APIRoute(method: .post, path: all, handler: make),
            APIRoute(method: .get, path: one, handler: show),
            APIRoute(method: .put, path: one, handler: change),
            APIRoute(method: .delete, path: one, handler: remove),
            APIRoute(method: .get, path: one + "/data", handler: data),
        ]
    }

    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        let sight = try await sight(context)
        let shown = try require().all().filter { DashboardPages.sees($0, context.caller) }
        return .json(["dashboards": .array(shown.map { $0.told(sight) })])
    }

    func make(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireRuleMaker()
        let form = try DashboardForm(try await request.json(within: limits).json), sight = try await sight(context)
        let board = Dashboard(title: form.title, owner: context.caller.name, isShared: form.isShared, panels: form.panels)
        guard let board, let number = try require().add(board), let made = try require().dashboard(number) else {
            throw APIError(
                .conflict, type: "invalid_request_error", code: "too_many",
                "there are \(Dashboard.most) dashboards already: remove some")
        }
        note(number, context)
        return .json(made.told(sight), status: .created)
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(try found(context).told(try await sight(context)))
    }

    /// Takes the place of what it was; its owner stays. Series that the caller doesn't see stay where they are.
    func change(_ request: Request, _ context: LaresContext) async throws -> Response {
        let board = try changeable(context), sight = try await sight(context)
        let form = try DashboardForm(try await request.json(within: limits).json)
        let changed = try require().change(board.number) { board in
            let hidden = Dictionary(board.panels.map { ($0.number, $0.series.filter { !sight.shows($0) }) }) { $1 }
            (board.title, board.isShared) = (form.title, form.isShared)
            board.panels = form.panels.map { panel in
                var panel = panel
                let kept = (hidden[panel.number] ?? []).filter { !panel.series.contains($0) }
                panel.series = Array((panel.series + kept).prefix(DashboardPanel.mostSeries))
                return panel
            }
        }
        guard let changed else { throw Self.unknown(context) }
        note(changed.number, context)
        return .json(changed.told(sight))
    }

    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        let board = try changeable(context)
        guard try require().remove(board.number) else { throw Self.unknown(context) }
        note(board.number, context)
        return .json(["removed": .int(board.number)])
    }

    private func note(_ number: Int, _ context: LaresContext) {
        audit.note(.homeChanged, "dashboard/\(number)", by: context.caller, context.logger)
    }

    private func found(_ context: LaresContext) throws -> Dashboard {
        guard let number = Int(context.parameter("dashboard") ?? ""), let board = try require().dashboard(number),
            DashboardPages.sees(board, context.caller)
        else { throw Self.unknown(context) }
        return board
    }

    private func changeable(_ context: LaresContext) throws -> Dashboard {
        try context.requireRuleMaker()
        let board = try found(context)
        guard DashboardPages.mayChange(board, context.caller) else {
            throw APIError(
                .forbidden, type: "permission_error", code: "not_allowed",
                "the dashboard is \(board.owner)'s: they or an administrator may change it")
        }
        return board
    }

    private static func unknown(_ context: LaresContext) -> APIError {
        APIError(
            .notFound, type: "invalid_request_error", code: "unknown",
            "there is no dashboard '\((context.parameter("dashboard") ?? "").prefix(20))'")
    }

    private func require() throws -> DashboardStore {
        guard let store else { throw APIError.noHome }
        return store
    }

    private func sight(_ context: LaresContext) async throws -> SeriesSight {
        try context.requireResident()
        guard let services else { throw APIError.noHome }
        return try await SeriesSight(
            HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api), ingest)
    }
}

/// What dashboards show.
extension DashboardRoutes {
    /// `?width=1000` and, in place of the panels' own spans, `span=week` or `from=…&to=…`: at most so many buckets for each series, fewer where that
    /// would be more than an answer may have.
    func data(_ request: Request, _ context: LaresContext) async throws -> Response {
        let board = try found(context), sight = try await sight(context), query = HistoryQuery(request)
        guard let services else { throw APIError.noHome }
        let given = request.queryFields
        var fixed: Range<Timestamp>?
        if given.get("from") != nil || given.get("to") != nil { fixed = try query.range() }
        let span = try given.get("span").map { text in
            guard let span = DashboardPanel.Span(rawValue: text) else {
                throw APIError.invalid("'span' may be hour, day, week, month or year", param: "span")
            }
            return span
        }
        let charted = board.panels.filter { $0.kind == .chart }.reduce(0) { $0 + $1.series.count }
        let width = max(2, min(try query.width(), Self.mostBuckets / max(1, charted)))
        let search = SeriesSearch(telemetry: services.telemetry, home: services.home, sight: sight)
        let now = Timestamp(Date())
        do {
            var panels: [JSON] = []
            for panel in board.panels {
                let seconds = Int64((span ?? panel.span).seconds)
                let range = fixed ?? Timestamp(milliseconds: now.milliseconds - seconds * 1_000)..<now
                panels.append(try await shown(panel, in: range, width, search))
            }
            return .json(["number": .int(board.number), "title": .string(board.title), "panels": .array(panels)])
        } catch let error as TelemetryError { throw APIError(telemetry: error) }
    }

    private func shown(_ panel: DashboardPanel, in range: Range<Timestamp>, _ width: Int, _ search: SeriesSearch) async throws -> JSON {
        let series = try await search.series(panel.series)
        var members: JSON.Members = [
            "number": .int(panel.number), "kind": .string(panel.kind.rawValue), "title": .string(panel.title),
            "from": range.lowerBound.seconds, "to": range.upperBound.seconds, "hidden": .int(panel.series.count - series.count),
        ]
        switch panel.kind {
        case .chart: members.append("series", .array(try await charts(series.filter { $0.kind != .state }, range, width, search.telemetry)))
        case .latest:
            let latest = try await search.telemetry.latest(of: series.map(\.id))
            members.append(
                "series",
                .array(
                    series.map {
                        ["series": .string($0.key.description), "kind": .string($0.kind.rawValue), "latest": latest[$0.id]?.json ?? .null]
                    }))
        case .alarms: members.append("alarms", .array(try await alarms(of: panel, search.sight)))
        }
        return .object(members)
    }

    /// All at once: a store on servers makes few questions of them.
    private func charts(_ series: [Series], _ range: Range<Timestamp>, _ width: Int, _ telemetry: any TelemetryStore) async throws -> [JSON]
    {
        try await withThrowingTaskGroup(of: (Int, JSON).self) { group in
            for (place, one) in series.enumerated() {
                group.addTask {
                    let chart = try await telemetry.timedBuckets(of: one, in: range, atMost: width)
                    return (
                        place,
                        [
                            "series": .string(one.key.description), "kind": .string(one.kind.rawValue),
                            "width_seconds": .double(Double(chart.width) / 1_000), "buckets": .array(chart.buckets.map(\.json)),
                        ]
                    )
                }
            }
            var found: [(Int, JSON)] = []
            for try await one in group { found.append(one) }
            return found.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Those that aren't over, of the panel's things, or of all that the caller sees.
    private func alarms(of panel: DashboardPanel, _ sight: SeriesSight) async throws -> [JSON] {
        guard let watching else { return [] }
        let things = Set(panel.series.map(\.thing))
        return try await watching.alarms(limit: 1_000).filter { alarm in
            alarm.clearedAt == nil && sight.shows(alarm.series) && (things.isEmpty || things.contains(alarm.series.thing))
        }.prefix(100).map(\.json)
    }
}
