import Foundation
import HTTPTypes
import LaresAccess
import LaresForecast
import LaresJSON
import LaresPlaces
import LaresStandards
import LaresThings

/// Things of the home as entities: `urn:ngsi-ld:Thing:hall:lamp` of the types Thing and Light, a property for each of theirs.
///
/// They are seen by whoever sees them by the home's policy, and a change of a property is a command, judged as every command is.
struct NGSIThings: NGSIView {
    let sight: HomeSight
    let changes: ThingChanges
    var forecasting: Forecasting?

    static let prefix = "urn:ngsi-ld:Thing:"

    func has(_ id: String) -> Bool { Self.thing(id) != nil }

    func entity(_ id: String) async -> NGSIEntity? {
        guard let name = Self.thing(id) else { return nil }
        guard let view = try? sight.thing(name) else { return nil }
        return await withForecasts(Self.entity(view), view)
    }

    func entities() async -> [NGSIEntity] {
        var entities: [NGSIEntity] = []
        for view in (try? sight.things()) ?? [] { entities.append(await withForecasts(Self.entity(view), view)) }
        return entities
    }

    /// What is expected of each property next, as `power_forecast`, with the ends of its interval, whose it is and how that did before.
    private func withForecasts(_ entity: NGSIEntity, _ view: ThingView) async -> NGSIEntity {
        guard let forecasting else { return entity }
        var entity = entity
        for (property, one) in await forecasting.forecasts(of: view.thing.id.description) {
            guard let mean = one.forecast.mean.first else { continue }
            var attribute = NGSIAttribute(.property, .double(mean))
            attribute.observedAt = NGSITime.text(Int(one.forecast.start) * 1_000)
            attribute.unitCode = view.thing.property(property)?.unit.flatMap { Self.codes[$0.description] }
            let parts: [(String, JSON)] = [
                ("lower", .double(one.lower)), ("upper", .double(one.upper)), ("model", .string(one.forecast.forecaster ?? "")),
                ("version", .string(one.forecast.version)), ("backtestMAE", .double(one.forecast.score.mae)),
            ]
            for (name, value) in parts { attribute.attributes[LDContext.core.expand(name)] = [NGSIAttribute(.property, value)] }
            entity.attributes[LDContext.core.expand(property + "_forecast")] = [attribute]
        }
        return entity
    }

    func change(_ fragment: NGSIEntity) async throws -> NGSIUpdateResult {
        guard let name = Self.thing(fragment.id), let view = try sight.thing(name) else {
            throw NGSIError(.resourceNotFound, "there is no thing '\(fragment.id.prefix(200))'")
        }
        var members = JSON.Members()
        for group in fragment.attributes.groups {
            guard group.instances.count == 1, let value = group.instances[0].value else {
                throw NGSIError(.badRequestData, "'\(group.name.prefix(200))' of a thing has one value")
            }
            members.append(LDContext.core.compact(group.name), value)
        }
        do {
            _ = try await changes.carryOut(try ThingOrder(.object(members), for: view.thing))
        } catch let error as APIError {
            throw NGSIError(error)
        }
        var result = NGSIUpdateResult()
        result.updated = fragment.attributes.names
        return result
    }

    /// Names of things have no colon, and a slash at most.
    static func thing(_ id: String) -> ThingID? {
        guard id.hasPrefix(prefix) else { return nil }
        return ThingID(String(id.dropFirst(prefix.count).map { $0 == ":" ? "/" : $0 }))
    }

    private static func entity(_ view: ThingView) -> NGSIEntity {
        let id = prefix + String(view.thing.id.description.map { $0 == "/" ? ":" : $0 })
        let kind = view.thing.category.description.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        var entity = NGSIEntity(id: id, types: ["Thing", kind].filter { !$0.isEmpty }.map { LDContext.core.expand($0) })
        var latest = 0
        for property in view.thing.properties {
            let state = view.states[property.name]
            guard let value = state?.reported else { continue }
            var attribute = NGSIAttribute(.property, value.json)
            attribute.unitCode = property.unit.flatMap { codes[$0.description] }
            if let date = state?.reportedAt {
                let micros = Int(date.timeIntervalSince1970 * 1_000_000)
                (attribute.observedAt, attribute.createdAt, attribute.modifiedAt) = (NGSITime.text(micros), micros, micros)
                latest = max(latest, micros)
            }
            entity.attributes[LDContext.core.expand(property.name)] = [attribute]
        }
        entity.attributes[LDContext.core.expand("name")] = [NGSIAttribute(.property, .string(view.thing.name))]
        if let area = view.thing.area {
            entity.attributes[LDContext.core.expand("area")] = [NGSIAttribute(.property, .string(area.description))]
        }
        (entity.createdAt, entity.modifiedAt) = (latest, latest)
        return entity
    }

    /// Units by UN/CEFACT Recommendation 20.
    private static let codes: [String: String] = [
        "%": "P1", "°C": "CEL", "°F": "FAH", "K": "KEL", "W": "WTT", "kW": "KWT", "Wh": "WHR", "kWh": "KWH", "V": "VLT", "A": "AMP",
        "mA": "4K",
        "lx": "LUX", "lm": "LUM", "hPa": "A97", "mbar": "MBR", "Pa": "PAL", "bar": "BAR", "ppm": "59", "m": "MTR", "cm": "CMT", "mm": "MMT",
        "km/h": "KMH", "m/s": "MTS", "s": "SEC", "min": "MIN", "h": "HUR", "d": "DAY", "Hz": "HTZ", "dB": "2N", "L": "LTR", "m³": "MTQ",
        "g": "GRM", "kg": "KGM", "µg/m³": "GQ", "VA": "D46", "°": "DD", "mm/h": "H67",
    ]
}

extension NGSIError {
    /// What a refused command is in NGSI-LD.
    fileprivate init(_ error: APIError) {
        let code: Code =
            switch error.status.code {
            case 403: .notAllowed
            case 404: .resourceNotFound
            case 409: .conflict
            case 400: .badRequestData
            default: .operationNotSupported
            }
        self.init(code, error.message)
    }
}
