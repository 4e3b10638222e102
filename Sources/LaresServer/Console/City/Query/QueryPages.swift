import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// The page that puts questions to the API together, shows the call, makes it, and draws the answer.
struct QueryPages: Sendable {
    let city: CityPages

    private var console: Console { city.console }

    func addRoutes(to router: Router<LaresContext>) { router.get("/query", use: show) }

    @Sendable private func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let form = QueryForm(request, zone: console.amount(viewer).timeZone), words = console.words(viewer)
            let find = request.queryFields.get("find") ?? (form.series == nil ? "" : nil)
            let said = await city.said(viewer, form.series.map { [$0] } ?? [])
            var fields = Self.formFields(form, words)
            fields.merge(
                try await city.findFields(viewer, action: "/query", find, hidden: [("what", form.what.rawValue)], isNumeric: false) {
                    "/query?what=\(form.what.rawValue)&series=\($0.queried)"
                }
            ) { $1 }
            (fields["seriesName"], fields["series"]) = (form.series.map { said.name($0) } ?? false, form.series?.description ?? "")
            fields["sentence"] = words(form.series == nil ? "query.choose" : "query.text")
            fields.merge(Self.nothing) { $1 }
            let trouble = try await answer(form, said, viewer, context, &fields)
            fields.merge(Trouble.fields(trouble, title: words("query.wrong"), form: ["until", "width", "horizon"])) { $1 }
            return try console.html(
                .query, title: words("query.title"), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
        }
    }

    /// Makes the call; gives what went wrong.
    private func answer(
        _ form: QueryForm, _ said: SeriesWords, _ viewer: Viewer, _ context: LaresContext, _ fields: inout [String: Any]
    ) async throws -> Trouble? {
        let words = said.words
        guard !form.isWrong else { return Trouble(words("query.badTime"), field: "until") }
        guard let call = form.call else { return nil }
        fields["call"] = [
            "url": viewer.origin + call.target, "curl": call.curl(viewer.origin, needsKey: console.settings.asksForKey),
        ]
        if form.what != .forecasts, let file = form.file { fields["csv"] = file.target }
        do {
            let start = ContinuousClock.now
            let answer = try await call.answer(handler(form.what), context)
            fields["took"] = words("query.took", ["n": said.amount.figure((ContinuousClock.now - start) / .milliseconds(1))])
            fields.merge(QueryAnswer(form: form, json: answer, said: said).fields) { $1 }
            return nil
        } catch let error as APIError {
            return Trouble(words("query.refused"), detail: error.message, field: Self.field(error))
        }
    }

    /// The handler of the API's own route.
    private func handler(_ what: QueryForm.What) -> @Sendable (Request, LaresContext) async throws -> Response {
        let history = HistoryRoutes(
            services: city.services, tables: HistoryData(services: city.services, automations: console.automations),
            ingest: city.city.ingest, guardian: console.guardian, limits: BodyLimits(each: 0, budget: BodyBudget(limit: 0)))
        switch what {
        case .history: return history.history
        case .statistics: return history.statistics
        case .forecasts:
            return ForecastRoutes(
                forecasting: city.city.forecasting, onRequest: city.city.forecastsOnRequest, services: city.services,
                ingest: city.city.ingest, guardian: console.guardian
            ).forecast
        }
    }

    private static func field(_ error: APIError) -> String? { error.param.flatMap { ["width", "horizon"].contains($0) ? $0 : nil } }

    private static var nothing: [String: Any] {
        [
            "call": false, "csv": false, "took": false, "chart": false, "heads": [String](), "rows": [[String: Any]](), "any": false,
            "rest": false, "answered": false,
        ]
    }

    private static func formFields(_ form: QueryForm, _ words: Words) -> [String: Any] {
        func choices(_ all: [String], _ chosen: String, _ word: (String) -> String) -> [[String: Any]] {
            all.map { ["value": $0, "word": word($0), "chosen": $0 == chosen] }
        }
        let periods = form.what == .forecasts ? ["hour", "day"] : ["five_minutes", "hour", "day"]
        return [
            "whats": QueryForm.What.allCases.map { what -> [String: Any] in
                let series = form.series.map { "&series=\($0.queried)" } ?? ""
                return [
                    "href": "/query?what=\(what.rawValue)\(series)", "word": words("query.what.\(what.rawValue)"),
                    "current": what == form.what,
                ]
            }, "what": form.what.rawValue, "isHistory": form.what == .history, "isForecast": form.what == .forecasts,
            "isStatistics": form.what == .statistics,
            "spans": choices(DashboardPanel.Span.allCases.map(\.rawValue), form.span.rawValue) { words("span.\($0)") },
            "periods": choices(periods, form.period) { words("query.period.\($0)") }, "untilValue": form.until,
            "widthValue": "\(form.width)",
            "horizonValue": "\(form.horizon)",
        ]
    }
}
