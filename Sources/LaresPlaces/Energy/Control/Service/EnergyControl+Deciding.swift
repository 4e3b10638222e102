internal import Foundation
internal import LaresControl
internal import LaresJSON
internal import LaresThings

/// Deciding what an hour brings.
extension EnergyControl {
    /// What an hour is decided on.
    struct Occasion {
        let hour: Int
        let hours: EnergyHours
        let seen: SeenHour
        let ahead: [KnownHour]
        let forecast: EnergyForecast?
        let loads: [Flexible]
        var faults: [String]
    }

    /// What was decided for the battery.
    struct BatteryDecision {
        var order: BatteryOrder
        /// What the controller wants without what was promised to a city, and what the rule wants, in kWh.
        var usual = 0.0, ruled = 0.0
        /// What is sent, and why.
        var sent = 0.0, reason = "idle"
        var share: Double?
        var promised = 0.0
        /// What the other loads take, in kWh.
        var loads: [Double] = []
    }

    /// Decides an hour, keeps what was decided, and leaves the orders to be sent.
    func decide(_ hour: Int) async {
        let began = revision
        guard var occasion = await occasion(hour), began == revision else { return }
        settle(occasion)
        let decision = decideBattery(&occasion, isAgain: state.open?.hour == hour)
        openHour(occasion, decision)
        if state.mode == .automatic { claim() }
        state.cause = cause(occasion, decision).serialized
        let told = orders(occasion, decision)
        (state.hour, state.orders, state.shareThen) = (hour, told, decision.share)
        let news = occasion.faults.filter { !state.faults.contains($0) }
        state.faults = occasion.faults
        save([EnergyEntry(.decision, record(occasion, decision))] + news.map { EnergyEntry(.fault, ["fault": .string($0)]) })
    }

    /// Plans an hour that was decided before a restart, so that a city can be answered; nothing is ordered by it.
    func planAgain(_ hour: Int) async {
        let began = revision
        guard var occasion = await occasion(hour), began == revision, state.hour == hour else { return }
        _ = decideBattery(&occasion, isAgain: true)
    }

    private func occasion(_ hour: Int) async -> Occasion? {
        var faults: [String] = []
        guard let hours = try? hours() else {
            note(fault: "tariff.calendar")
            return nil
        }
        var seen = SeenHour(load: [.nan], solar: [.nan], emission: 0, known: hours.calendar(hour - 1))
        do { seen = try await see(until: hour, hours) } catch { faults.append("meters.unreadable") }
        if !hours.isMetered { faults.append("meters.none") } else if seen.load[0].isNaN { faults.append("meters.silent") }
        let ahead = hours.ahead(from: hour, Self.horizon)
        if ahead.isEmpty { faults.append("tariff.missing") }
        let forecast = forecast(ahead, at: hour)
        if !ahead.isEmpty {
            let fault = forecast.map { $0.fault(homes: 1, steps: ahead.count, most: most) } ?? .missing
            if let fault { faults.append("forecast.\(fault.rawValue)") }
        }
        let (loads, more) = await flexibleLoads(hour, hours, ahead)
        return Occasion(hour: hour, hours: hours, seen: seen, ahead: ahead, forecast: forecast, loads: loads, faults: faults + more)
    }

    /// More than the home can use or make in an hour, in kWh.
    private var most: Double { max(100, 20 * (settings.battery?.power ?? 0)) }

    private var setting: EnergyController.Setting {
        var setting = EnergyController.Setting()
        (setting.horizon, setting.most, setting.reserve) = (Self.horizon, most, settings.battery?.reserve ?? 0)
        return setting
    }

    private func decideBattery(_ occasion: inout Occasion, isAgain: Bool) -> BatteryDecision {
        var decision = BatteryDecision(order: BatteryOrder(energy: 0, reason: .none))
        // A load that isn't known is no number, and nothing can be planned beside one.
        let seen = SeenHour(
            load: occasion.seen.load.map { $0.isNaN ? 0 : $0 }, solar: occasion.seen.solar.map { $0.isNaN ? 0 : $0 }, emission: 0,
            known: occasion.seen.known)
        let loads = occasion.loads.compactMap(\.load)
        guard let battery = settings.battery, let design = try? battery.design() else {
            let controller = try? EnergyController(
                batteries: [nil], forecaster: GivenForecaster(forecast: occasion.forecast), setting: setting)
            guard var controller else { return decision }
            decision.loads = controller.decide(after: seen, ahead: occasion.ahead, batteries: [nil], loads: loads).loads
            state.plan = plan(occasion, controller.outlook, nil, nil)
            return decision
        }
        let now = clock.now.timeIntervalSince1970
        var watch = self.watch ?? BatteryWatch(design)
        let believed = watch.take(reading(battery.charge, capacity: battery.capacity, at: now))
        self.watch = watch
        guard var home = home(design, occasion.forecast, isAgain: isAgain) else { return decision }
        decision.order = home.decide(
            after: seen, number: occasion.hour - 1, ahead: occasion.ahead, battery: planned(believed, design), loads: loads)
        decision.usual = home.decision?.orders.first?.energy ?? 0
        decision.loads = home.decision?.loads ?? []
        if state.trust.stage == .active {
            (flexible, state.flexible) = (home, home.state)
            decision.promised = home.state.promised(occasion.hour)
        } else {
            (flexible, state.flexible) = (nil, nil)
        }
        state.plan = plan(occasion, home.outlook, home.plan, planned(believed, design).map { design.capacity * $0.share })
        choose(&decision, battery, believed, &occasion)
        return decision
    }

    /// The battery that is planned for: the model's in the shadow, where the real one does something else.
    private func planned(_ believed: Result<Battery, BatteryFault>, _ design: BatteryDesign) -> BatteryReading? {
        if state.trust.stage == .shadow, let model = state.controlled {
            let battery = model.battery(design)
            return BatteryReading(share: battery.share, capacity: battery.capacity)
        }
        guard case .success(let battery) = believed else { return nil }
        return BatteryReading(share: battery.share, capacity: battery.capacity)
    }

    private func home(_ design: BatteryDesign, _ forecast: EnergyForecast?, isAgain: Bool) -> FlexibleHome? {
        let allowed = flexibility.limits.isWilling ? flexibility.limits : try? FlexibilityLimits()
        guard let allowed,
            var home = try? FlexibleHome(
                design, limits: allowed, forecaster: GivenForecaster(forecast: forecast), setting: setting)
        else { return nil }
        if state.trust.stage == .active, var kept = state.flexible {
            if isAgain { kept.decideAgain() }
            home.state = kept
        }
        return home
    }

    /// What is sent, by how far the controller is trusted and by what is wrong.
    private func choose(
        _ decision: inout BatteryDecision, _ battery: ControlledBattery, _ believed: Result<Battery, BatteryFault>,
        _ occasion: inout Occasion
    ) {
        let rule = TimeOfUseRule.usual.request(after: occasion.seen.known.hour, capacity: battery.capacity)
        switch believed {
        case .failure(let fault):
            occasion.faults.append("battery.\(fault.rawValue)")
            (decision.sent, decision.reason) = (0, "idle")
        case .success(let real):
            decision.share = real.share
            decision.ruled = rule
            let hasForecast = if case .plan = decision.order.reason { true } else { false }
            let stage = state.trust.stage
            let wanted = hasForecast ? state.trust.sent(planned: decision.order.energy, ruled: rule, power: battery.power) : rule
            let spare = max(0, real.stored - battery.reserve * real.capacity) * real.design.bestOneWayEfficiency
            decision.sent = min(max(wanted, -battery.power, -spare), battery.power)
            decision.reason = stage == .shadow || !hasForecast ? "rule" : decision.promised != 0 ? "promise" : "plan"
        }
    }

    private func plan(_ occasion: Occasion, _ outlook: PlanOutlook?, _ energies: [Double]?, _ stored: Double?) -> EnergyPlan? {
        guard !occasion.ahead.isEmpty else { return nil }
        let steps = occasion.ahead.count, hasForecast = outlook != nil
        var shares: [Double] = []
        if let energies, let stored, let design = try? settings.battery?.design() {
            var battery = Battery(design, stored: stored)
            shares = energies.map { energy in
                battery.charge(energy)
                return battery.share
            }
        }
        func row(_ values: [[Double]]?) -> [Double] { hasForecast ? (values?.first ?? []).prefix(steps).map { $0 } : [] }
        return EnergyPlan(
            firstHour: occasion.hour, buying: occasion.ahead.map(\.buying), selling: occasion.ahead.map(\.selling),
            load: row(occasion.forecast?.load), solar: row(occasion.forecast?.solar), error: row(occasion.forecast?.homeErrors),
            battery: energies ?? [], share: shares)
    }
}
