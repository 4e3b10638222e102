public import Foundation
internal import LaresThings

/// What time brings.
extension SenseEngine {
    /// Lets time pass; worth calling every few seconds.
    ///
    /// When it wasn't called for ten minutes, or the clock was set back, no sensor is blamed for the time in between.
    /// - Returns: What was found by it.
    public mutating func pass(to date: Date) -> [SenseFinding] {
        let now = date.timeIntervalSince1970
        guard now.isFinite else { return [] }
        var findings: [SenseFinding] = []
        bound(by: now)
        for place in sensors.indices where !sensors[place].isGone { pass(place, to: date, &findings) }
        for area in areas.indices where !areas[area].isGone { judge(area, at: now, &findings) }
        if !(0..<Self.airing).contains(now - airedAt) {
            airedAt = now
            air(at: now, &findings)
        }
        passedAt = now
        return findings
    }

    /// Whether so many seconds without ``pass(to:)`` mean that nobody was there, or that the clock was set back.
    static func isAbsence(_ away: Double) -> Bool { away > absence || away < -1 }

    mutating func bound(by now: Double) {
        let away = now - passedAt
        guard Self.isAbsence(away) else { return }
        passedAt = now
        for place in sensors.indices {
            sensors[place].health.shift(by: away)
            sensors[place].health.bound(by: now)
            sensors[place].meter?.bound(by: now)
        }
        for area in areas.indices { areas[area].occupancy.bound(by: now) }
    }

    private mutating func pass(_ place: Int, to date: Date, _ findings: inout [SenseFinding]) {
        let now = date.timeIntervalSince1970
        var verdicts: [SensorHealth.Verdict] = []
        sensors[place].health.pass(to: now, into: &verdicts)
        if let area = sensors[place].area, sensors[place].source != nil {
            sensors[place].health.compare(with: areas[area].occupancy.activity, at: now, into: &verdicts)
        }
        if !verdicts.isEmpty { take(verdicts, of: place, at: date, &findings) }
        if let step = sensors[place].meter?.pass(to: now) { tell(step, of: place, at: date, &findings) }
    }
}

/// The air of rooms.
extension SenseEngine {
    private mutating func air(at now: Double, _ findings: inout [SenseFinding]) {
        let outside = mean(areas.filter { limits.outdoors.contains($0.id) && !$0.isGone }.flatMap(\.air), of: .temperature)
        for area in areas.indices where !areas[area].isGone && !limits.outdoors.contains(areas[area].id) {
            let (id, members) = (areas[area].id, areas[area].air)
            let comfort = areas[area].comfort.judge(
                temperature: mean(members, of: .temperature), humidity: mean(members, of: .humidity),
                carbonDioxide: mean(members, of: .carbonDioxide), outside: outside, at: now)
            // What can't be told any more is news as well: what was true once isn't how it is.
            let found = comfort.map { SenseFinding.comfort(id, $0.rounded) } ?? (members.isEmpty ? .airGone(id) : .airUnknown(id))
            guard found != areas[area].toldAir else { continue }
            areas[area].toldAir = found
            findings.append(found)
        }
    }

    /// What sensors without a fault say together.
    private func mean(_ members: [Int], of kind: SensorKind) -> Double? {
        var (sum, count) = (0.0, 0)
        for place in members where sensors[place].kind == kind && sensors[place].health.isTrusted && isOnline(sensors[place].address.thing)
        {
            guard let value = sensors[place].health.value else { continue }
            (sum, count) = (sum + value, count + 1)
        }
        return count == 0 ? nil : sum / Double(count)
    }
}

extension RoomComfort {
    /// To half degrees, whole percents and fifties of ppm, so that it is news only when somebody could feel it.
    var rounded: RoomComfort {
        func to(_ step: Double, _ number: Double?) -> Double? { number.map { ($0 / step).rounded() * step } }
        return RoomComfort(
            temperature: to(0.5, temperature), humidity: to(1, humidity), carbonDioxide: to(50, carbonDioxide), dewPoint: to(0.5, dewPoint),
            feelsLike: to(0.5, feelsLike), surfaceHumidity: to(1, surfaceHumidity), air: air, mould: mould, verdict: verdict)
    }
}
