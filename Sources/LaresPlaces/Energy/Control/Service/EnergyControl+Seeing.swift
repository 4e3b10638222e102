internal import Foundation
internal import LaresControl
internal import LaresThings

/// What it sees: hours that are over, and what things say now.
extension EnergyControl {
    /// Has the forecaster see all hours before one, and gives the last of them.
    func see(until hour: Int, _ hours: EnergyHours) async throws -> SeenHour {
        if let last, taken == hour - 1 { return last }
        let isFar = taken.map { $0 >= hour || $0 < hour - 72 } ?? true
        let first = isFar ? hour - Self.pastDays * 24 : (taken ?? hour) + 1, began = revision
        let seen = try await hours.seen(first..<hour, from: telemetry)
        guard let newest = seen.last else { throw EnergyError(.notReady, "no hour is over yet") }
        // Settings that were changed meanwhile count other things: what was read isn't learnt from.
        guard began == revision else { return newest }
        var learner = isFar ? makeForecaster() : forecaster ?? makeForecaster()
        if isFar { lastCounted = nil }
        // What comes before the first hour that was counted is no past at all.
        let begin = isFar ? seen.firstIndex { !$0.load[0].isNaN } ?? seen.count - 1 : 0
        for (place, one) in seen.enumerated().dropFirst(begin) {
            learner.take(one)
            if !one.load[0].isNaN { lastCounted = first + place }
            // Of the last two weeks it also says what it would have said, so that it knows how far it is off.
            if isFar, place > seen.count - 336, place + 1 < seen.count {
                _ = try? learner.forecast(seen[(place + 1)...].prefix(Self.horizon).map(\.known))
            }
        }
        (forecaster, taken, last) = (learner, hour - 1, newest)
        return newest
    }

    /// What the next hours bring; nil when there is nothing to tell it from.
    func forecast(_ ahead: [KnownHour], at hour: Int) -> EnergyForecast? {
        guard !ahead.isEmpty, var learner = forecaster, let lastCounted, lastCounted > hour - 7 * 24 else { return nil }
        let forecast = try? learner.forecast(ahead)
        forecaster = learner
        return forecast
    }

    /// What a battery says of its charge; nil: nothing, or nothing new for too long.
    func reading(_ address: PropertyAddress, capacity: Double, at now: Double) -> BatteryReading? {
        guard let number = fresh(address, at: now)?.number else { return nil }
        let unit = port.property(address)?.unit
        if let energy = unit?.convert(number, to: .kilowattHour) { return BatteryReading(share: energy / capacity) }
        return BatteryReading(share: number / 100)
    }

    /// What a property says, if its thing is there and said so lately.
    func fresh(_ address: PropertyAddress, at now: Double) -> PropertyValue? {
        guard port.availability(of: address.thing) != .offline, let state = port.state(of: address), let reported = state.reported,
            let at = state.reportedAt?.timeIntervalSince1970, now - at <= Double(settings.silentMinutes) * 60
        else { return nil }
        return reported
    }
}

/// Says one forecast.
struct GivenForecaster: EnergyForecaster {
    let forecast: EnergyForecast?

    mutating func take(_ hour: SeenHour) {}

    mutating func forecast(_ ahead: [KnownHour]) throws -> EnergyForecast {
        guard let forecast else { throw EnergyError(.notReady, "there is no forecast") }
        return forecast
    }
}
