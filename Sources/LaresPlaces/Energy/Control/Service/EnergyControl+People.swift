public import Foundation
public import LaresControl
internal import LaresJSON
internal import LaresThings

/// What people do: say what is controlled, take it over, hand it back.
extension EnergyControl {
    /// Sets what is controlled. What follows from the settings before ends; trust in the battery's controller stays unless it is another battery.
    ///
    /// - Throws: ``EnergyError`` with `badControl` for properties that aren't there or can't be told what they would be; an error of the database.
    public func set(_ settings: EnergyControlSettings, by name: String) throws {
        try check(settings)
        try store.save(settings.json, "settings")
        let isOther = settings.battery != self.settings.battery
        self.settings = settings
        revision += 1
        (watch, flexible, forecaster, taken, last) = (nil, nil, nil, nil, nil)
        if isOther {
            (state.trust, state.ruled, state.controlled, state.open) = (EnergyTrust(), nil, nil, nil)
            (state.day, state.totals, state.flexible) = (TrialTally(), EnergyTotals(), nil)
        }
        (state.hour, state.orders, state.plan, state.faults) = (nil, [], nil, [])
        if !settings.isEnabled { try? book.release(.energy, by: issuer) }
        save([EnergyEntry(.settings, ["by": .string(name), "enabled": .bool(settings.isEnabled)])])
    }

    private func check(_ settings: EnergyControlSettings) throws {
        func fail(_ address: PropertyAddress, _ what: String) -> EnergyError { EnergyError(.badControl, "'\(address)' \(what)") }
        func number(_ address: PropertyAddress) throws {
            guard let property = port.property(address) else { throw fail(address, "isn't a property of any thing here") }
            guard case .number = property.kind, property.isReported else { throw fail(address, "isn't a number that is reported") }
        }
        func order(_ address: PropertyAddress, _ units: [LaresThings.Unit], _ mayBeOn: Bool) throws {
            guard let property = port.property(address) else { throw fail(address, "isn't a property of any thing here") }
            guard property.isWritable else { throw fail(address, "can't be set") }
            switch property.kind {
            case .boolean where mayBeOn: return
            case .number:
                let fits = property.unit.map { unit in units.contains { $0.convert(1, to: unit) != nil } } ?? false
                guard fits else { throw fail(address, "must be in \(units.map(\.description).joined(separator: ", or "))") }
            default: throw fail(address, mayBeOn ? "must be a number, or on and off" : "must be a number")
            }
        }
        if let battery = settings.battery {
            try number(battery.charge)
            try order(battery.order, [.watt], false)
            do { _ = try battery.design() } catch { throw EnergyError(.badControl, "\(error)") }
        }
        for car in settings.cars {
            try number(car.charge)
            try order(car.order, [.watt, .ampere], true)
            if let plugged = car.plugged, port.property(plugged)?.kind != .boolean { throw fail(plugged, "isn't true or false") }
        }
        for pump in settings.heatPumps {
            try number(pump.inside)
            if let outside = pump.outside { try number(outside) }
            try order(pump.order, [.watt, .celsius], true)
        }
    }

    /// Takes the battery over at once: it is told a power, in kW, or nothing any more; no plan and no rule orders anything until it is handed back.
    ///
    /// - Parameters:
    ///   - kilowatts: What it is to take, below zero to give; nil: it is idled once and then left alone.
    ///   - until: When the controller has it again; nil: when somebody hands it back. Only with a power.
    public func takeOver(by name: String, reason: String = "", kilowatts: Double? = nil, until: Date? = nil) async {
        let takeover = EnergyMode.Takeover(by: name, at: clock.now.timeIntervalSince1970, reason: reason)
        write(takeover)
        await begin(takeover, kilowatts, until)
    }

    /// A person has it: the battery is told what they want.
    func begin(_ takeover: EnergyMode.Takeover, _ kilowatts: Double?, _ until: Date?) async {
        let hour = Int((clock.now.timeIntervalSince1970 / 3_600).rounded(.down)), end = until?.timeIntervalSince1970
        revision += 1
        state.mode = kilowatts.map { EnergyMode.manual(takeover, kilowatts: $0, until: end) } ?? .paused(takeover)
        let order = settings.isEnabled ? settings.battery.map { manual($0, kilowatts ?? 0, hour) } : nil
        state.orders = order.map { [$0] } ?? []
        // A plan that is being made now must not begin the hour once more.
        state.hour = hour
        save([takeover.entry])
        if let order { await send(order.id) }
    }

    /// Gives it back to the controller, which decides at once what the rest of the hour brings.
    ///
    /// - Returns: Whether somebody had it.
    @discardableResult
    public func handBack(by name: String, reason: String = "") -> Bool {
        guard state.mode != .automatic else { return false }
        end(by: name, reason: reason)
        return true
    }

    /// - Parameter isWritten: Whether the book says so already.
    func end(by name: String, reason: String, isWritten: Bool = false) {
        revision += 1
        if !isWritten { writeHandBack(by: name, reason) }
        (state.mode, state.hour, state.orders) = (.automatic, nil, [])
        state.faults.removeAll { $0.hasSuffix(".contested") }
        save([EnergyEntry(.handback, ["by": .string(name), "why": .string(reason)])])
    }

    /// Goes on with trust that was earned elsewhere: in a trial, or in a test.
    package func adopt(_ trust: EnergyTrust) {
        state.trust = trust
        save()
    }

    /// Sends the controller a stage back, as far as somebody wants; forward it goes by its figures alone.
    ///
    /// - Throws: ``EnergyError`` with `badControl` for a stage that it hasn't come to.
    public func stepBack(to stage: Stage, by name: String) throws {
        let before = state.trust.stage
        guard stage <= before else {
            throw EnergyError(.badControl, "the controller is at \(before.rawValue): it comes to \(stage.rawValue) by its figures alone")
        }
        guard stage < before else { return }
        revision += 1
        while state.trust.stage > stage { state.trust.stepBack() }
        (state.hour, state.orders) = (nil, [])
        changed(from: before, to: stage, by: name)
    }
}
