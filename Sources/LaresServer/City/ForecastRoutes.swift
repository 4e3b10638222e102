import HTTPTypes
import Hummingbird
import LaresAccess
import LaresForecast
import LaresJSON
import LaresPlaces
import LaresServing
import LaresThings

/// `/lares/v1/forecasts`: what a series will be, with intervals, the model and its version, and how it did in a back-test.
struct ForecastRoutes {
    let forecasting: Forecasting?
    let onRequest: ForecastsOnRequest?
    let services: HomeServices?
    let ingest: Ingest?
    let guardian: HomeGuard?

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/forecasts", handler: forecast),
            APIRoute(method: .get, path: "/lares/v1/forecasts/events", handler: events),
        ]
    }

    /// `?series=hall/meter/power&horizon=24&period=hour`, or `?series=…&model=load:3`.
    ///
    /// By a forecaster of the registry where `model` names one, or one knows the series and looks so far ahead at such steps; else learnt now.
    func forecast(_ request: Request, _ context: LaresContext) async throws -> Response {
        guard let onRequest, let services else { throw APIError.noHome }
        let query = request.queryFields, model = query.get("model")
        guard let key = query.get("series").flatMap({ SeriesKey($0) }) else {
            throw APIError.invalid("'series' must name a series, such as hall/meter/power", param: "series")
        }
        let asked = query.get("period"), period = try Self.period(asked)
        let horizon = try query.get("horizon").map { try Self.horizon($0, period, isNamed: model != nil) }
        let sight = try await SeriesSight(
            HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api), ingest)
        do {
            let search = SeriesSearch(telemetry: services.telemetry, home: services.home, sight: sight)
            guard let series = try await search.series(key) else {
                throw APIError(
                    .notFound, type: "invalid_request_error", code: "unknown", "nothing was ever reported for '\(key)'", param: "series")
            }
            guard series.kind != .state else { throw APIError.invalid("'\(key)' has texts: only numbers are forecast", param: "series") }
            if let model {
                guard let answer = try await forecasting?.forecast(of: series, by: model, steps: horizon) else { throw APIError.noHome }
                return .json(answer.json)
            }
            // Where the registry's can't say anything now, it is learnt: the answer has no forecaster then.
            if let answer = try? await forecasting?.forecast(of: series), asked == nil || answer.period == period,
                answer.forecast.mean.count >= horizon ?? 1
            {
                return .json((horizon.map { answer.prefix($0) } ?? answer).json)
            }
            return .json(try await onRequest.forecast(of: series, steps: horizon ?? period.usualHorizon, every: period).json)
        } catch let error as TelemetryError {
            throw APIError(telemetry: error)
        } catch let error as ForecastError {
            throw APIError(forecast: error)
        } catch let error as RegistryError {
            throw APIError(error)
        }
    }

    private static func period(_ text: String?) throws -> ForecastPeriod {
        guard let period = ForecastPeriod(rawValue: text ?? "hour") else {
            throw APIError.invalid("'period' must be hour or day", param: "period")
        }
        return period
    }

    private static func horizon(_ text: String, _ period: ForecastPeriod, isNamed: Bool) throws -> Int {
        let range = isNamed ? 1...10_000 : period.horizons
        guard let horizon = Int(text), range.contains(horizon) else {
            throw APIError.invalid("'horizon' must be a whole number from \(range.lowerBound) to \(range.upperBound)", param: "horizon")
        }
        return horizon
    }

    /// `?series=…`, which may be repeated: forecasts of the registry's forecasters as they are written, as server-sent events; without it, all that the
    /// caller sees.
    func events(_ request: Request, _ context: LaresContext) async throws -> Response {
        guard let forecasting, let services else { throw APIError.noHome }
        let wanted = Set(request.queryFields.all("series"))
        let sight = HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api)
        _ = try await SeriesSight(sight, ingest)
        let updates = await forecasting.changes()
        let presence = await context.channel.clientPresence()
        return .events { events in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (merged, continuation) = AsyncThrowingStream<[Forecast], any Error>.makeStream(bufferingPolicy: .bufferingNewest(64))
                group.addTask {
                    for await forecasts in updates { continuation.yield(forecasts) }
                    continuation.finish()
                }
                group.addTask {
                    await presence.waitUntilGone()
                    continuation.finish(throwing: presence.departure)
                }
                defer { group.cancelAll() }
                for try await forecasts in merged {
                    // The policy may have changed since the last.
                    let sight = try await SeriesSight(sight, ingest)
                    for forecast in forecasts where wanted.isEmpty || wanted.contains(forecast.series) {
                        guard let key = SeriesKey(forecast.series), sight.shows(key) else { continue }
                        try await events.send(forecast.json)
                    }
                }
            }
        }
    }
}

extension APIError {
    /// How an error of forecasting looks to a client.
    init(forecast error: ForecastError) {
        let status: HTTPResponse.Status =
            switch error.code {
            case .busy: .serviceUnavailable
            case .tooShort, .waiting: .conflict
            default: .badRequest
            }
        self.init(
            status, type: status == .serviceUnavailable ? "server_error" : "invalid_request_error", code: error.code.name, error.message,
            retryAfter: status == .serviceUnavailable ? 5 : nil)
    }
}
