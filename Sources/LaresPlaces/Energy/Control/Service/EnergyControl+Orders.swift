internal import Foundation
internal import LaresControl
public import LaresJSON
internal import LaresThings

/// What devices are ordered to do for an hour, and the record of why.
extension EnergyControl {
    /// The orders of an hour, as far as people let the controller give any.
    func orders(_ occasion: Occasion, _ decision: BatteryDecision) -> [DeviceOrder] {
        switch state.mode {
        case .paused: return []
        case .manual(_, let kilowatts, _): return settings.battery.map { [manual($0, kilowatts, occasion.hour)] } ?? []
        case .automatic: break
        }
        var orders: [DeviceOrder] = []
        if let battery = settings.battery, state.trust.stage != .shadow || settings.sendsInShadow {
            orders.append(order("battery", battery.order, decision.sent, occasion.hour, decision.reason))
        }
        var planned = decision.loads.makeIterator()
        for flexible in occasion.loads {
            let energy = flexible.load == nil ? nil : planned.next()
            let isPlanned = state.trust.stage != .shadow && energy != nil
            guard let kilowatts = isPlanned ? energy : flexible.usual else { continue }
            var order = order(flexible.name, flexible.order, kilowatts, occasion.hour, isPlanned ? "plan" : "rule")
            order.target = flexible.target.map { $0(kilowatts) }
            orders.append(order)
        }
        return orders
    }

    /// A new order with a number of its own.
    func order(_ device: String, _ address: PropertyAddress, _ kilowatts: Double, _ hour: Int, _ reason: String) -> DeviceOrder {
        defer { state.nextOrder += 1 }
        return DeviceOrder(
            id: "energy-\(state.nextOrder)", address: "\(address)", device: device, kilowatts: kilowatts, hour: hour, reason: reason)
    }

    /// What a person wants of the battery, as far as it can.
    func manual(_ battery: ControlledBattery, _ kilowatts: Double, _ hour: Int) -> DeviceOrder {
        order("battery", battery.order, min(max(kilowatts, -battery.power), battery.power), hour, "manual")
    }

    /// What was decided, and on what: readings, forecast, price, plan, stage.
    func record(_ occasion: Occasion, _ decision: BatteryDecision) -> JSON {
        var members: JSON.Members = [
            "hour": .string(ISO8601.text(occasion.hour * 3_600)), "stage": .string(state.trust.stage.rawValue),
            "mode": .string(state.mode.word), "faults": .array(occasion.faults.map { .string($0) }),
        ]
        if settings.battery != nil {
            members["reason"] = .string(decision.reason)
            members["planned_kw"] = .round(decision.usual)
            members["ruled_kw"] = .round(decision.ruled)
            members["sent_kw"] = .round(decision.sent)
            members["charge"] = decision.share.map { .round($0) } ?? .null
            if decision.promised != 0 { members["promised_kw"] = .round(decision.promised) }
        }
        members["price"] = occasion.ahead.first.map { .round($0.buying) } ?? .null
        if let load = occasion.forecast?.load.first?.first, let solar = occasion.forecast?.solar.first?.first {
            members["forecast_kwh"] = .round(load - solar)
        } else {
            members["forecast_kwh"] = .null
        }
        members["used_kwh"] = .round(occasion.seen.load.first ?? .nan)
        members["solar_kwh"] = .round(occasion.seen.solar.first ?? .nan)
        members["orders"] = .array(state.orders.map(\.json))
        return .object(members)
    }
}

extension DeviceOrder {
    /// The order as the API gives it.
    public var json: JSON {
        var members: JSON.Members = [
            "id": .string(id), "device": .string(device), "property": .string(address), "kw": .round(kilowatts),
            "hour": .string(ISO8601.text(hour * 3_600)), "reason": .string(reason), "state": .string(progress.rawValue),
            "tries": .int(tries),
        ]
        members["value"] = value.map { .round($0) } ?? isOn.map { .bool($0) }
        members["trouble"] = trouble.map { .string($0) }
        members["sent_at"] = sentAt.map { .double($0) }
        return .object(members)
    }
}

extension JSON {
    /// A number to a ten-thousandth; null for none.
    static func round(_ number: Double) -> JSON { number.isFinite ? .number((number * 10_000).rounded() / 10_000) : .null }
}
