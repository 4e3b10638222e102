internal import Foundation
public import LaresForecast
public import LaresJSON
public import LaresThings

/// What people and programs ask of it.
extension Forecasting {
    /// What a series will be, by a forecaster of the registry.
    ///
    /// - Parameters:
    ///   - series: Which one.
    ///   - reference: "load", or "load:3" for a version or alias of it; nil: the forecaster that knows the series, in production.
    ///   - steps: So many; nil: all that it was tried on.
    /// - Returns: nil when no forecaster knows the series and none was named.
    /// - Throws: `ForecastError` for a forecaster that doesn't know the series, or more steps than it was tried on; what the registry throws.
    public func forecast(of series: Series, by reference: String? = nil, steps: Int? = nil) async throws -> SeriesForecast? {
        let key = series.key.description
        let one: LiveForecaster
        if let reference {
            one = try await forecaster(reference)
        } else {
            if owners[key] == nil { await arrange() }
            guard let name = owners[key], let model = known.first(where: { $0.name == name }) else { return nil }
            one = try await ready(Place(name: name, number: model.production.number))
        }
        if let waiting = one.waiting { throw ForecastError(.waiting, "'\(one.name)' version \(one.number): \(waiting)") }
        guard let forecast = one.latest.first(where: { $0.series == key }) else {
            throw ForecastError(.badSetting, "'\(one.name)' version \(one.number) doesn't forecast '\(key)': name another model, or none")
        }
        let count = steps ?? forecast.mean.count
        guard (1...forecast.mean.count).contains(count) else {
            throw ForecastError(
                .badSetting, "\(count) steps are asked for: '\(one.name)' was tried on 1 to \(forecast.mean.count)")
        }
        let first = max(0, forecast.start - Int64(max(3 * forecast.mean.count, 168)) * forecast.step)
        let history = try await telemetry.values(of: series, from: first, until: forecast.start, step: forecast.step)
        return SeriesForecast(
            series: series, period: ForecastPeriod.allCases.first { $0.milliseconds == forecast.step }, isGrowth: series.kind == .meter,
            start: Timestamp(milliseconds: first), history: history, forecast: forecast.prefix(count), learnt: nil,
            live: one.score.json)
    }

    /// A forecaster that is served, or any other version of one, made ready for this.
    private func forecaster(_ reference: String) async throws -> LiveForecaster {
        let parts = reference.split(separator: ":", maxSplits: 1).map(String.init)
        let name = parts.first ?? "", version = try models.version(of: name, parts.count > 1 ? parts[1] : nil)
        let place = Place(name: name, number: version.number)
        if live[place] != nil { return try await ready(place) }
        let other = LiveForecaster(name, version.number, try await model(at: version.path))
        return try await advanced(other) ?? other
    }

    private func ready(_ place: Place) async throws -> LiveForecaster {
        guard let one = live[place] else { throw ForecastError(.busy, "'\(place.name)' is being loaded: ask again in a second") }
        return one.latest.isEmpty ? try await advanced(one) ?? one : one
    }

    /// How the versions of a forecaster that are served do; nil: there is none of that name.
    public func standing(of name: String) -> JSON? {
        guard let model = known.first(where: { $0.name == name }) else { return nil }
        func version(_ one: TrainedModel.Version, _ role: String) -> JSON? {
            guard let live = live[Place(name: name, number: one.number)], case .object(var members) = live.score.json else { return nil }
            members["version"] = .int(one.number)
            members["role"] = .string(role)
            return .object(members)
        }
        let versions = [version(model.production, "production"), model.candidate.flatMap { version($0, "shadow") }].compactMap(\.self)
        return ["versions": .array(versions), "trouble": troubles[name].map { .string($0) } ?? .null]
    }

    /// The forecasts of a thing's series that are written now, with the ends of their intervals of the lowest level, by property.
    public func forecasts(of thing: String) -> [String: (forecast: Forecast, lower: Double, upper: Double)] {
        var found: [String: (forecast: Forecast, lower: Double, upper: Double)] = [:]
        for key in things[thing] ?? [] {
            let name = key.description
            guard let owner = owners[name], let model = known.first(where: { $0.name == owner }),
                let one = live[Place(name: owner, number: model.production.number)],
                let forecast = one.latest.first(where: { $0.series == name }), let lower = one.interval(forecast).lower.first,
                let upper = one.interval(forecast).upper.first
            else { continue }
            found[key.property] = (forecast, lower, upper)
        }
        return found
    }
}
