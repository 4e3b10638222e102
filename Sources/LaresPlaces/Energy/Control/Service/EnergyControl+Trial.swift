internal import Foundation
internal import LaresControl
internal import LaresJSON

/// The trial: what the controller costs beside the rule, both by models of the battery on the hours that were.
extension EnergyControl {
    /// Counts the hour that is over, and closes its day when that is over too.
    func settle(_ occasion: Occasion) {
        guard let open = state.open, open.hour < occasion.hour else { return }
        defer { state.open = nil }
        // An hour that nobody counted, or that went by while nobody looked, is no part of the trial.
        guard open.hour == occasion.hour - 1, let load = occasion.seen.load.first, let solar = occasion.seen.solar.first,
            load.isFinite, solar.isFinite
        else { return }
        func cost(_ used: Double) -> Double {
            let net = load - solar + used
            return max(0, net) * open.buying - max(0, -net) * open.selling
        }
        let day = occasion.hours.day(of: open.hour)
        if let last = state.day.day, last != day { closeDay() }
        state.day.day = day
        state.day.ruled += cost(open.ruled)
        state.day.controlled += cost(open.controlled)
        state.day.hours += 1
        if open.hasFault { state.day.faults += 1 }
        state.totals.without += cost(0)
        state.totals.ruled += cost(open.ruled)
        state.totals.controlled += cost(open.controlled)
        state.totals.hours += 1
        state.totals.since = state.totals.since ?? Double(open.hour) * 3_600
    }

    // A day of which less than half is known says nothing.
    private func closeDay() {
        let day = state.day
        state.day = TrialTally()
        guard day.hours >= 12 || day.isBreached else { return }
        let before = state.trust.stage
        let trial = TrialDay(ruled: day.ruled, controlled: day.controlled, faults: day.faults, isBreached: day.isBreached)
        guard let stage = state.trust.take(trial) else { return }
        changed(from: before, to: stage, by: "lares")
    }

    /// A stage was changed: what only the last one may do ends with it.
    func changed(from before: Stage, to stage: Stage, by name: String) {
        if stage != .active { (flexible, state.flexible) = (nil, nil) }
        save([
            EnergyEntry(.stage, ["from": .string(before.rawValue), "to": .string(stage.rawValue), "by": .string(name)])
        ])
    }

    /// Begins an hour of the trial: both models do what they were told.
    func openHour(_ occasion: Occasion, _ decision: BatteryDecision) {
        guard state.open?.hour != occasion.hour, let design = try? settings.battery?.design() else { return }
        let real = decision.share.map { Battery(design, stored: $0 * design.capacity) } ?? Battery(design, stored: design.capacity / 2)
        var ruled = state.ruled?.battery(design) ?? real, controlled = state.controlled?.battery(design) ?? real
        // Where the controller's orders are sent, its battery is the real one.
        if state.trust.stage != .shadow, decision.share != nil { controlled = real }
        let hour = occasion.seen.known.hour
        let wanted = state.trust.stage == .shadow || decision.promised != 0 ? decision.usual : decision.sent
        let used = (ruled.charge(TimeOfUseRule.usual.request(after: hour, capacity: design.capacity)), controlled.charge(wanted))
        state.ruled = EnergyControlState.ModelBattery(ruled)
        state.controlled = EnergyControlState.ModelBattery(controlled)
        guard let price = occasion.ahead.first else { return }
        let hasFault = occasion.faults.contains { $0.hasPrefix("battery.") || $0.hasPrefix("forecast.") }
        state.open = EnergyControlState.OpenHour(
            hour: occasion.hour, ruled: used.0, controlled: used.1, buying: price.buying, selling: price.selling, hasFault: hasFault)
    }
}
