public import Foundation
public import LaresControl
public import LaresJSON
public import LaresThings

/// What recorded days of the home would have cost with a battery, under the rule and under the plan.
///
/// ```swift
/// let replay = try await EnergyReplay(days, site: site, store: store, things: things, apart: [], telemetry: telemetry)
/// let report = try replay.report(BatteryDesign(capacity: 10, power: 5))
/// ```
public struct EnergyReplay: Sendable {
    /// The most days of a replay.
    public static let mostDays = 400

    /// How many hours there are, and of how many of them meters counted nothing.
    public let hours: Int, missing: Int
    /// The currency of its costs; nil: nobody said what energy costs.
    public let currency: String?
    private let load: [Double], solar: [Double], known: [KnownHour]

    /// Reads what was recorded. The flows of a battery that was there are taken out: what is left is what the home used and made by itself.
    ///
    /// - Throws: ``EnergyError`` with `notReady` where less than two days were counted or a tariff is missing, `tooMuch`; `TelemetryError`.
    public init(
        _ days: ClosedRange<CalendarDay>, site: Site, store: EnergyStore, things: [Thing], apart: Set<ThingID> = [],
        telemetry: any TelemetryStore, now: Date
    ) async throws {
        guard days.upperBound.ordinal - days.lowerBound.ordinal < Self.mostDays else {
            throw EnergyError(.tooMuch, "a replay has at most \(Self.mostDays) days: ask for fewer")
        }
        let source = try EnergyHours(site, store: store, things: things, apart: apart)
        let first = (site.zone.start(ofDay: days.lowerBound.ordinal) + 3_599).flooredDivision(by: 3_600).quotient
        let last = min(
            site.zone.start(ofDay: days.upperBound.ordinal + 1).flooredDivision(by: 3_600).quotient,
            Instant(flooring: now).flooredDivision(by: 3_600).quotient)
        let all = first < last ? try await source.seen(first..<last, from: telemetry) : []
        // Days before anything was counted are no days of the home.
        let begin = all.firstIndex { !$0.load[0].isNaN } ?? all.count
        let seen = Array(all[begin...])
        let counted = seen.filter { !$0.load[0].isNaN }.count
        guard counted >= 48 else {
            throw EnergyError(.notReady, "meters counted \(counted) hours of these days: a replay needs 48 at least")
        }
        guard (0..<seen.count).allSatisfy({ source.known(first + begin + $0) != nil }) else {
            throw EnergyError(.notReady, "nobody said what a kilowatt-hour cost on these days: enter a tariff that begins before them")
        }
        (hours, missing, currency) = (seen.count, seen.count - counted, try store.tariffs()?.currency)
        known = seen.map(\.known)
        // An hour that nobody counted is taken to have been nothing.
        load = seen.map { $0.load[0].isNaN ? 0 : $0.load[0] }
        solar = seen.map { $0.solar[0].isNaN ? 0 : $0.solar[0] }
    }

    /// What it would have cost. Some milliseconds of computing for each day.
    ///
    /// - Throws: `EnergyControlError`.
    public func report(_ battery: BatteryDesign, reserve: Double = 0) throws -> WouldHaveCost {
        var setting = EnergyController.Setting()
        (setting.reserve, setting.most) = (reserve, max(100, (load + solar).max() ?? 0))
        return try WouldHaveCost(
            load: load, solar: solar, buying: known.map(\.buying), selling: known.map(\.selling), hours: known.map(\.hour),
            days: known.map(\.day), battery: battery, setting: setting)
    }
}

extension WouldHaveCost {
    /// As the API gives it.
    public var json: JSON {
        [
            "without": without.json, "rule": ruled.json, "plan": controlled.json, "saved": .round(saved),
            "saved_to_rule": .round(savedToRule),
        ]
    }
}

extension WouldHaveCost.Account {
    fileprivate var json: JSON {
        [
            "cost": .round(cost), "bought_kwh": .round(bought), "sold_kwh": .round(sold), "cycles": .round(cycles),
            "planned_hours": .int(plannedHours), "hours": .int(hours),
        ]
    }
}
