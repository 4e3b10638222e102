internal import Foundation
internal import LaresControl
public import LaresJSON
internal import LaresThings

/// Its orders in the book of all orders: each is on the disk before it goes out, with what led to it and what came of it.
extension EnergyControl: OrderCarrier {
    /// As whom it orders: by which model, and up to which hour that had learnt (in hours since 1970).
    var issuer: OrderIssuer {
        let model = forecaster?.model
        let learnt = model?.hoursSinceLearning.flatMap { hours in taken.map { $0 - hours } }
        return .controller("energy", model: model?.name, version: learnt)
    }

    /// Writes an order down, each try as one of its own, valid as long as its hour.
    ///
    /// - Returns: Its id in the book; nil: the book can't be written, and the order goes out all the same, since it idles what it is for.
    /// - Throws: `OrderError` with `owned`: somebody else has it in hand; what keeps the book from being written.
    func enter(_ order: DeviceOrder) throws -> String? {
        if let entry = order.entry, order.tries == 1 { return entry }
        let request = OrderRequest(
            id: "\(order.id)-\(order.hour)-\(order.tries)", actuator: .energy, value: order.asked,
            issuer: order.isByHand ? .person(state.mode.takeover?.by ?? "lares") : issuer,
            expiresAt: Date(timeIntervalSince1970: Double(order.hour + 1) * 3_600), cause: cause(of: order))
        do {
            let (written, goesOut) = try book.send(request)
            guard goesOut else { throw OrderError(.owned, written.reason ?? "it was sent before") }
            return written.id
        } catch let error as OrderError where error.code == .owned {
            throw error
        } catch {
            note(fault: "store.failed")
            guard order.kilowatts == 0 else { throw error }
            return nil
        }
    }

    /// Writes down what came of an order.
    func close(_ entry: String?, _ order: DeviceOrder, _ progress: DeviceOrder.Progress, _ trouble: String?) {
        guard let entry, entry != order.entry else { return }
        let outcome: OrderBook.Outcome =
            switch progress {
            case .confirmed: .effective(effect(of: order))
            case .sent: .acknowledged
            default: .failed(trouble ?? "it wasn't done")
            }
        do { try book.close([(entry, outcome)]) } catch { note(fault: "store.failed") }
    }

    private func effect(of order: DeviceOrder) -> JSON {
        let reported = PropertyAddress(order.address).flatMap { port.state(of: $0)?.reported }
        return ["property": .string(order.address), "reported": reported.map { .string("\($0)") } ?? .null]
    }

    /// What led to an order: what the hour was decided on, or who wants it.
    private func cause(of order: DeviceOrder) -> JSON {
        if order.isByHand, let takeover = state.mode.takeover {
            return ["decided": "person", "by": .string(takeover.by), "why": .string(takeover.reason), "since": .double(takeover.at)]
        }
        guard let text = state.cause, case .object(var members)? = try? JSON(parsing: Array(text.utf8)) else { return .null }
        members.append("device", .string(order.device))
        members.append("why", .string(order.reason))
        return .object(members)
    }

    /// From the readings through the model to what is planned, for the orders of an hour.
    func cause(_ occasion: Occasion, _ decision: BatteryDecision) -> JSON {
        func row(_ values: [Double]?) -> JSON { .array((values ?? []).prefix(Self.told).map { .round($0) }) }
        let model = forecaster?.model, forecast = occasion.forecast
        return [
            "hour": .string(ISO8601.text(occasion.hour * 3_600)), "decided": "controller", "stage": .string(state.trust.stage.rawValue),
            "model": model.map { model in
                ["name": .string(model.name), "version": .number(issuer.version), "hours": .int(model.hoursSeen)]
            } ?? .null,
            "readings": [
                "used_kwh": .round(occasion.seen.load.first ?? .nan), "solar_kwh": .round(occasion.seen.solar.first ?? .nan),
                "charge": decision.share.map { .round($0) } ?? .null,
            ],
            "forecast": forecast.map { forecast in
                ["load_kwh": row(forecast.load.first), "solar_kwh": row(forecast.solar.first), "error_kwh": row(forecast.homeErrors.first)]
            } ?? .null,
            "prices": row(occasion.ahead.map(\.buying)),
            "plan": ["battery_kwh": row(state.plan?.battery), "promised_kw": .round(decision.promised)],
            "wish_kw": .round(decision.usual), "rule_kw": .round(decision.ruled),
            "faults": .array(occasion.faults.map { .string($0) }),
        ]
    }

    /// Hours of a forecast that stand in the cause of an order.
    private static let told = 6

    /// Has the battery take a power that the person wants who has it in hand: `{"kw": 1.5}`; null idles it.
    ///
    /// - Throws: ``EnergyError`` with `badControl` for what can't be ordered, or isn't done; `notReady` when nothing is controlled.
    public func carry(_ order: Order) async throws -> JSON? {
        await lookAtHands()
        guard settings.isEnabled, let battery = settings.battery else {
            throw EnergyError(.notReady, "there is no battery that is controlled")
        }
        guard let takeover = state.mode.takeover, OrderIssuer.person(takeover.by).isSame(as: order.issuer) else {
            throw EnergyError(.badControl, "\(order.issuer.name) doesn't have it in hand: take it over first")
        }
        guard case .object(let members) = order.value, members.count == 1, let value = members["kw"],
            value == .null || value.number.map({ abs($0) <= 1e5 }) ?? false
        else { throw EnergyError(.badControl, "'value' must be {\"kw\": NUMBER}, above zero what the battery is to take, or null") }
        revision += 1
        state.mode = value.number.map { .manual(takeover, kilowatts: $0, until: nil) } ?? .paused(takeover)
        let hour = Int((clock.now.timeIntervalSince1970 / 3_600).rounded(.down))
        var told = manual(battery, value.number ?? 0, hour)
        told.entry = order.id
        (state.orders, state.hour) = ([told], hour)
        save()
        await send(told.id)
        let done = state.orders.first { $0.id == told.id }
        switch done?.progress {
        case .confirmed: return done.map(effect)
        case .sent: return nil
        default: throw EnergyError(.badControl, done?.trouble ?? "something else was ordered meanwhile")
        }
    }
}

extension DeviceOrder {
    /// Whether a person wants it.
    var isByHand: Bool { reason == "manual" }

    /// What the book says is to be done.
    fileprivate var asked: JSON {
        var members: JSON.Members = ["device": .string(device), "property": .string(address), "kw": .round(kilowatts)]
        members["value"] = value.map { .round($0) } ?? isOn.map { .bool($0) }
        return .object(members)
    }
}
