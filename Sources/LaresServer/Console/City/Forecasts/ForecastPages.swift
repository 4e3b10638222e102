import Foundation
import HTTPTypes
import Hummingbird
import LaresForecast
import LaresPlaces
import LaresThings

/// The page of forecasts: what a series was and will be, and how far that can be trusted.
struct ForecastPages: Sendable {
    let city: CityPages
    let onRequest: ForecastsOnRequest

    var console: Console { city.console }

    func addRoutes(to router: Router<LaresContext>) { router.get("/forecasts", use: show) }

    @Sendable private func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let query = request.queryFields, words = console.words(viewer)
            let period = query.get("period").flatMap { ForecastPeriod(rawValue: $0) } ?? .hour
            let asked = query.get("horizon").flatMap { Int($0) } ?? period.usualHorizon
            let horizon = min(max(asked, period.horizons.lowerBound), period.horizons.upperBound)
            let key = query.get("series").flatMap { SeriesKey($0) }
            let series = try await key.asyncMap { try await city.search(viewer.caller).series($0) } ?? nil
            var fields: [String: Any] = [
                "chart": false, "short": false, "shortDetail": false, "anySeries": series != nil, "unknown": key != nil && series == nil,
                "csv": false, "note": false,
                "sentence": words(series == nil ? "forecasts.choose" : "forecasts.waiting"), "series": series?.key.description ?? "",
                "about": false,
                "horizons": Self.horizons(period).map {
                    ["value": "\($0)", "word": Self.word($0, period, words), "chosen": $0 == horizon] as [String: Any]
                },
                "periods": ForecastPeriod.allCases.map {
                    ["value": $0.rawValue, "word": words("forecasts.period.\($0.rawValue)"), "chosen": $0 == period] as [String: Any]
                }, "queryHref": false,
            ]
            let find = query.get("find") ?? (series == nil ? "" : nil)
            fields.merge(
                try await city.findFields(viewer, action: "/forecasts", find, hidden: [("period", period.rawValue)]) {
                    "/forecasts?series=\($0.queried)&period=\(period.rawValue)"
                }
            ) { $1 }
            if let series { try await add(series, horizon, period, viewer, &fields) }
            return try console.html(.forecasts, title: words("forecasts.title"), fields, viewer: viewer)
        }
    }

    private static func horizons(_ period: ForecastPeriod) -> [Int] { period == .hour ? [6, 24, 48, 168] : [7, 14, 30, 60] }

    private static func word(_ steps: Int, _ period: ForecastPeriod, _ words: Words) -> String {
        words("forecasts.steps.\(period.rawValue)", ["n": "\(steps)"])
    }

    /// By the registry's forecaster, where one knows the series and looks so far ahead; else learnt now.
    private func answer(_ series: Series, _ horizon: Int, _ period: ForecastPeriod) async throws -> SeriesForecast {
        if let trained = try? await city.city.forecasting?.forecast(of: series), trained.period == period,
            trained.forecast.mean.count >= horizon
        {
            return trained.prefix(horizon)
        }
        return try await onRequest.forecast(of: series, steps: horizon, every: period)
    }

    private func add(
        _ series: Series, _ horizon: Int, _ period: ForecastPeriod, _ viewer: Viewer, _ fields: inout [String: Any]
    ) async throws {
        let said = await city.said(viewer, [series.key]), words = said.words
        fields["about"] = said.name(series.key)
        fields["queryHref"] = "/query?what=forecasts&series=\(series.key.queried)&horizon=\(horizon)&period=\(period.rawValue)"
        guard series.kind != .state else { return fields["short"] = words("forecasts.texts") }
        do {
            let view = ForecastView(answer: try await answer(series, horizon, period), said: said)
            (fields["chart"], fields["sentence"], fields["note"]) = (view.fields, view.sentence, view.note)
        } catch let error as ForecastError {
            fields["sentence"] = words("forecasts.none")
            fields["short"] = words(
                error.code == .tooShort ? "forecasts.short" : error.code == .busy ? "forecasts.busy" : "forecasts.failed")
            fields["shortDetail"] = error.message
        }
    }
}
