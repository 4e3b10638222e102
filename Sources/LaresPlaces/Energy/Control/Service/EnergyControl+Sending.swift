internal import Foundation
internal import LaresControl
internal import LaresJSON
internal import LaresThings

/// Sending orders, and seeing whether they are done.
extension EnergyControl {
    /// Sends what is due, takes back what must not go on, and sees who else tells devices what to do.
    func tend(_ now: Double) async {
        if case .manual(_, _, let until?) = state.mode, now >= until { end(by: "lares", reason: "time") }
        let hour = Int((now / 3_600).rounded(.down))
        watchBattery(hour, now)
        watchOthers(hour, now)
        let due = state.orders.filter {
            $0.hour == hour && [.planned, .failed].contains($0.progress) && $0.due <= now && $0.tries < Self.tries
        }
        for order in due { await send(order.id) }
    }

    /// Sends an order of this hour. It is kept that it is sent before it is: whoever is killed in between sends the same once more, which changes nothing.
    func send(_ id: String) async {
        let now = clock.now.timeIntervalSince1970
        guard let place = state.orders.firstIndex(where: { $0.id == id }), mayBeSent(state.orders[place], now) else { return }
        state.orders[place].tries += 1
        state.orders[place].due = now + 60 * Double(state.orders[place].tries)
        state.orders[place].sentAt = now
        guard let command = command(for: &state.orders[place]) else {
            finish(id, .failed, "'\(state.orders[place].address)' isn't there, or can't be told a power")
            return
        }
        let order = state.orders[place]
        save()
        let entry: String?
        do { entry = try enter(order) } catch {
            let isOwned = (error as? OrderError)?.code == .owned
            return finish(id, isOwned ? .dropped : .failed, "\(error)")
        }
        let (progress, trouble) = await carryOut(command, order)
        close(entry, order, progress, trouble)
        finish(id, progress, trouble)
    }

    private func carryOut(_ command: ThingCommand, _ order: DeviceOrder) async -> (DeviceOrder.Progress, String?) {
        do {
            switch try await port.carryOut(command, for: order) {
            case .confirmed: return (.confirmed, nil)
            case .sent: return (.sent, nil)
            case .superseded: return (.contested, "another command came after it")
            case .unanswered: return (.failed, "the device didn't report that it did it")
            case .failed(let error): return (.failed, error.message)
            }
        } catch let error as ThingsError {
            return (.failed, error.message)
        } catch {
            return (.failed, "\(error)")
        }
    }

    /// An order counts in its hour alone, and only as long as whoever gave it has the say.
    private func mayBeSent(_ order: DeviceOrder, _ now: Double) -> Bool {
        guard order.hour == Int((now / 3_600).rounded(.down)) else { return false }
        switch state.mode {
        case .automatic: return !order.isByHand
        case .manual, .paused: return order.isByHand
        }
    }

    private func finish(_ id: String, _ progress: DeviceOrder.Progress, _ trouble: String? = nil) {
        // It may have been replaced while it was waited for.
        guard let place = state.orders.firstIndex(where: { $0.id == id }) else { return }
        (state.orders[place].progress, state.orders[place].trouble) = (progress, trouble)
        var entries = [EnergyEntry(.order, state.orders[place].json)]
        let fault = "\(state.orders[place].device).order"
        if progress == .failed || progress == .contested {
            if !state.faults.contains(fault) { entries.append(EnergyEntry(.fault, ["fault": .string(fault)])) }
            note(fault: fault)
        } else {
            state.faults.removeAll { $0 == fault }
        }
        save(entries)
    }

    /// The command for an order, with what the device is told in its own unit; nil: it can't be told that.
    private func command(for order: inout DeviceOrder) -> ThingCommand? {
        guard let address = PropertyAddress(order.address), let property = port.property(address), property.isWritable else { return nil }
        let cause = Cause(.model, name: "energy")
        switch property.kind {
        case .boolean:
            order.isOn = order.kilowatts > 1e-6
            return ThingCommand(address.thing, [address.property: .boolean(order.kilowatts > 1e-6)], by: cause)
        case .number(let range):
            guard let number = number(of: order, property.unit) else { return nil }
            let step = range.step ?? 0
            let rounded = step > 0 ? (number / step).rounded() * step : (number * 1_000).rounded() / 1_000
            let value = min(max(rounded, range.least ?? -.infinity), range.greatest ?? .infinity)
            order.value = value
            return ThingCommand(address.thing, [address.property: .number(value)], by: cause)
        default: return nil
        }
    }

    private func number(of order: DeviceOrder, _ unit: LaresThings.Unit?) -> Double? {
        if let target = order.target, let unit, let celsius = LaresThings.Unit.celsius.convert(target, to: unit) { return celsius }
        let sign = order.device == "battery" && settings.battery?.isInverted == true ? -1.0 : 1
        guard let unit else { return nil }
        if let power = LaresThings.Unit.watt.convert(sign * order.kilowatts * 1_000, to: unit) { return power }
        let phases = Double(settings.cars.first { $0.name == order.device }?.phases ?? 1)
        return LaresThings.Unit.ampere.convert(sign * order.kilowatts * 1_000 / (230 * phases), to: unit)
    }

    /// Within the hour: a battery that says nonsense is idled, and one that has come to what people keep back gives nothing more.
    private func watchBattery(_ hour: Int, _ now: Double) {
        guard let battery = settings.battery, case .automatic = state.mode,
            let place = state.orders.firstIndex(where: { $0.device == "battery" && $0.hour == hour }),
            state.orders[place].kilowatts != 0
        else { return }
        let reading = reading(battery.charge, capacity: battery.capacity, at: now)
        guard let share = reading?.share, share.isFinite, (-0.01...1.01).contains(share) else {
            return idle(battery, place, "idle", reading == nil ? "battery.silent" : "battery.outOfRange")
        }
        guard state.orders[place].kilowatts < 0, share <= battery.reserve else { return }
        // It was told to stop in time: one that goes on has left its limits.
        if share < battery.reserve - 0.05, state.shareThen.map({ $0 >= battery.reserve }) ?? false { state.day.isBreached = true }
        idle(battery, place, "reserve", nil)
    }

    private func idle(_ battery: ControlledBattery, _ place: Int, _ reason: String, _ fault: String?) {
        let hour = state.orders[place].hour
        state.orders[place] = order("battery", battery.order, 0, hour, reason)
        var entries: [EnergyEntry] = []
        if let fault, !state.faults.contains(fault) {
            note(fault: fault)
            entries.append(EnergyEntry(.fault, ["fault": .string(fault)]))
        }
        save(entries)
    }

    /// Somebody else told a device something else: it is left to them until the next hour. Who does so again and again has it to themselves.
    private func watchOthers(_ hour: Int, _ now: Double) {
        for place in state.orders.indices where state.orders[place].hour == hour && state.orders[place].progress == .confirmed {
            let order = state.orders[place]
            guard let address = PropertyAddress(order.address), let property = port.property(address),
                let known = port.state(of: address), known.desired == nil, let reported = known.reported,
                let wanted = order.value.map({ PropertyValue.number($0) }) ?? order.isOn.map({ .boolean($0) }),
                !property.kind.agrees(reported, with: wanted)
            else { continue }
            let who = known.cause.map { "\($0.kind.rawValue) \($0.name)" } ?? "device"
            contest(place, who, now)
        }
    }

    private func contest(_ place: Int, _ who: String, _ now: Double) {
        (state.orders[place].progress, state.orders[place].trouble) = (.contested, "changed by \(who)")
        let fault = "\(state.orders[place].device).contested"
        note(fault: fault)
        state.contests = state.contests.filter { $0 > now - 86_400 } + [now]
        var entries = [EnergyEntry(.order, state.orders[place].json), EnergyEntry(.fault, ["fault": .string(fault), "by": .string(who)])]
        if state.contests.count >= Self.contests {
            let takeover = EnergyMode.Takeover(by: "lares", at: now, reason: "contested by \(who)")
            (state.mode, state.contests) = (.paused(takeover), [])
            write(takeover)
            entries.append(takeover.entry)
        }
        save(entries)
    }
}

extension EnergyMode.Takeover {
    /// For the history.
    var entry: EnergyEntry { EnergyEntry(.takeover, ["by": .string(by), "why": .string(reason)]) }
}
