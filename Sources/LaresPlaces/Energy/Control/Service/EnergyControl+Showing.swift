internal import Foundation
public import LaresControl
public import LaresJSON
internal import LaresThings

/// What people and programs see of it.
extension EnergyControl {
    /// How it stands, as the API gives it.
    public var shown: JSON {
        let now = clock.now.timeIntervalSince1970
        var members: JSON.Members = [
            "enabled": .bool(settings.isEnabled), "stage": .string(state.trust.stage.rawValue), "mode": .string(state.mode.word),
            "faults": .array(state.faults.map { .string($0) }), "orders": .array(state.orders.map(\.json)),
            "trial": [
                "days": .int(state.trust.trialled), "needed": .int(EnergyTrust.trialDays),
                "share": state.trust.share.map { .round($0) } ?? .null,
                "least_share": .number(EnergyTrust.forward), "most_share": .number(EnergyTrust.back),
            ],
            "totals": state.totals.json,
        ]
        members["takeover"] = state.mode.takeover.map { takeover in
            var members: JSON.Members = ["by": .string(takeover.by), "at": .double(takeover.at), "why": .string(takeover.reason)]
            if case .manual(_, let kilowatts, let until) = state.mode {
                members["kw"] = .round(kilowatts)
                members["until"] = until.map { .double($0) } ?? .null
            }
            return .object(members)
        }
        members["hour"] = state.hour.map { .string(ISO8601.text($0 * 3_600)) }
        members["battery"] = settings.battery.map { battery in
            let share = reading(battery.charge, capacity: battery.capacity, at: now)?.share
            return [
                "charge": share.map { .round($0) } ?? .null, "capacity_kwh": .number(battery.capacity), "power_kw": .number(battery.power),
                "reserve": .number(battery.reserve),
            ]
        }
        members["promises"] = .array(
            (state.flexible?.promises ?? []).map {
                ["from": .string(ISO8601.text($0.firstHour * 3_600)), "hours": .int($0.hours), "kw": .round($0.change)]
            })
        return .object(members)
    }

    /// What is planned; nil before the first plan.
    public var plan: EnergyPlan? { state.plan }

    /// Who has the say.
    public var mode: EnergyMode { state.mode }

    /// How far the controller is trusted.
    public var stage: Stage { state.trust.stage }

    /// What is wrong now.
    public var faults: [String] { state.faults }

    /// What was ordered for this hour.
    public var orders: [DeviceOrder] { state.orders }

    /// What the trial has come to.
    public var totals: EnergyTotals { state.totals }

    /// What happened, newest first.
    ///
    /// - Parameters:
    ///   - limit: So many entries at most.
    ///   - number: Those before this one.
    ///   - kind: Those of a kind: "decision", "order", "stage", "takeover", "handback", "settings", "fault", "request", "promise"; nil: all.
    /// - Throws: An error of the database.
    public func history(limit: Int, before number: Int = .max, kind: String? = nil) throws -> [JSON] {
        try store.history(limit: limit, before: number, kind: kind)
    }
}

extension EnergyTotals {
    fileprivate var json: JSON {
        [
            "since": since.map { .double($0) } ?? .null, "hours": .int(hours), "without": .round(without), "rule": .round(ruled),
            "plan": .round(controlled),
        ]
    }
}

extension EnergyPlan {
    /// The plan as the API gives it, an element for each hour.
    public var json: JSON {
        func value(_ row: [Double], _ step: Int) -> JSON { step < row.count ? .round(row[step]) : .null }
        let hours = buying.indices.map { step -> JSON in
            [
                "from": .string(ISO8601.text((firstHour + step) * 3_600)), "price": value(buying, step), "feed_in": value(selling, step),
                "load_kwh": value(load, step), "solar_kwh": value(solar, step), "error_kwh": value(error, step),
                "battery_kwh": value(battery, step), "charge": value(share, step),
            ]
        }
        return ["from": .string(ISO8601.text(firstHour * 3_600)), "hours": .array(hours)]
    }
}
