import HTTPTypes
import Hummingbird
import LaresAccess
import LaresForecast
import LaresJSON
import LaresPlaces
import LaresThings

/// `/lares/v1/forecasts`: what a series will be, with intervals, the model's version and how it did in a back-test.
struct ForecastRoutes {
    let forecasting: Forecasting?
    let services: HomeServices?
    let guardian: HomeGuard?

    var routes: [APIRoute] { [APIRoute(method: .get, path: "/lares/v1/forecasts", handler: forecast)] }

    /// `?series=hall/meter/power&horizon=24&period=hour`
    func forecast(_ request: Request, _ context: LaresContext) async throws -> Response {
        guard let forecasting, let services else { throw APIError.noHome }
        let query = request.queryFields
        guard let key = query.get("series").flatMap({ SeriesKey($0) }) else {
            throw APIError.invalid("'series' must name a series, such as hall/meter/power", param: "series")
        }
        guard let period = ForecastPeriod(rawValue: query.get("period") ?? "hour") else {
            throw APIError.invalid("'period' must be hour or day", param: "period")
        }
        let horizon = query.get("horizon").map { Int($0) ?? 0 } ?? period.usualHorizon
        guard period.horizons.contains(horizon) else {
            let range = period.horizons
            throw APIError.invalid("'horizon' must be a whole number from \(range.lowerBound) to \(range.upperBound)", param: "horizon")
        }
        let sight = try SeriesSight(HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api))
        do {
            let search = SeriesSearch(telemetry: services.telemetry, home: services.home, sight: sight)
            guard let series = try await search.series(key) else {
                throw APIError(
                    .notFound, type: "invalid_request_error", code: "unknown", "nothing was ever reported for '\(key)'", param: "series")
            }
            guard series.kind != .state else { throw APIError.invalid("'\(key)' has texts: only numbers are forecast", param: "series") }
            return .json(try await forecasting.forecast(of: series, steps: horizon, every: period).json)
        } catch let error as TelemetryError {
            throw APIError(telemetry: error)
        } catch let error as ForecastError {
            throw APIError(forecast: error)
        }
    }
}

extension APIError {
    /// How an error of forecasting looks to a client.
    init(forecast error: ForecastError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .busy: .serviceUnavailable
            case .tooShort: .conflict
            default: .badRequest
            }
        self.init(
            status, type: status == .serviceUnavailable ? "server_error" : "invalid_request_error", code: error.code.name, error.message,
            retryAfter: status == .serviceUnavailable ? 5 : nil)
    }
}
