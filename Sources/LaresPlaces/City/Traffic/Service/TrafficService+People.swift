internal import Foundation
public import LaresControl
public import LaresJSON
internal import Synchronization

/// What people and controllers ask for.
extension TrafficService: OrderCarrier {
    /// Changes how a junction is controlled; what is nil stays. Another controller, model or sensors begin in the shadow.
    ///
    /// - Throws: `TrafficError` with `bad_setting`: there is no such junction; a version can't be had.
    public func configure(
        _ junction: String, control: SignalControl? = nil, model: String?? = nil, sensors: SignalSensors? = nil
    ) throws {
        _ = try view(junction)
        if let reference = model ?? nil {
            guard let models else { throw TrafficError(.badSetting, "there is no registry here: leave 'model' out") }
            let parts = reference.split(separator: ":", maxSplits: 1).map(String.init)
            _ = try SignalModel(contentsOf: models.signalModel(parts.first ?? "", parts.count > 1 ? parts[1] : nil).path)
        }
        state.withLock { state in
            var settings = state.settings.junctions[junction] ?? JunctionSettings()
            settings.change(control: control ?? settings.control, model: model ?? settings.model, sensors: sensors ?? settings.sensors)
            state.settings.junctions[junction] = settings
            state.request(.configure(junction, settings))
        }
        save()
    }

    /// How far a junction's controller is trusted from now on, by a person's decision.
    ///
    /// - Throws: `TrafficError` with `bad_setting`.
    ///
    /// - Parameter control: The controller it was given a moment ago; nil: the one it has.
    public func trust(_ junction: String, _ stage: Stage, as control: SignalControl? = nil) throws {
        let view = try view(junction)
        // What it was given a moment ago the street takes up with its next second, and shows only then.
        let asked = state.withLock { $0.settings.junctions[junction]?.control }
        guard (control ?? asked ?? view.settings.control).hasStages else {
            throw TrafficError(.badSetting, "\(junction) runs its own programme, which has no stages: give it a controller first")
        }
        state.withLock { state in
            var settings = state.settings.junctions[junction] ?? JunctionSettings()
            settings.ladder.set(stage)
            state.settings.junctions[junction] = settings
            state.request(.trust(junction, stage))
        }
        save()
    }

    /// Puts a junction into a person's hands: its programme runs until they order phases.
    @discardableResult public func takeOver(_ junction: String, by person: String, reason: String? = nil) throws -> Handover {
        let handover = try orders.book.takeOver(try view(junction).actuator, by: person, reason: reason)
        state.withLock { _ = $0.request(.lookAtOwners) }
        note(junction, "taken-over", "\(person) took it over" + (handover.reason.map { ": \($0)" } ?? ""))
        return handover
    }

    /// Gives a junction back to its controller.
    @discardableResult public func handBack(_ junction: String, by person: String, reason: String? = nil) throws -> Handover {
        let handover = try orders.book.handBack(try view(junction).actuator, by: person, reason: reason)
        state.withLock { _ = $0.request(.lookAtOwners) }
        note(junction, "handed-back", "\(person) handed it back" + (handover.reason.map { ": \($0)" } ?? ""))
        return handover
    }

    /// Has a phase shown that a person ordered, as soon as the shell lets it.
    public func carry(_ order: Order) async throws -> JSON? {
        let view = try view(order.actuator.name)
        guard case .object(let members) = order.value, let value = members["phase"] else {
            throw TrafficError(.badSetting, "'value' must be {\"phase\": NUMBER}, or null for the programme")
        }
        let phase = value.number.flatMap { Int(exactly: $0) }
        guard value == .null || phase.map(view.plan.phases.indices.contains) ?? false else {
            throw TrafficError(.badSetting, "\(view.plan.name) has the phases 0 to \(view.plan.phases.count - 1)")
        }
        guard status.state == .running else { throw TrafficError(.unreachable, "the street doesn't run") }
        try ask(.phase(view.plan.name, phase, order: order.id, by: order.issuer))
        note(view.plan.name, "ordered", "\(order.issuer.name) ordered " + (phase.map { "phase \($0)" } ?? "its programme"))
        return nil
    }

    /// Closes a lane of a simulated street for seconds of its time; nil opens it.
    ///
    /// - Throws: `TrafficError` with `bad_setting`.
    public func close(_ lane: String, for seconds: Double?) throws {
        guard let map, map.lanes.contains(where: { $0.name == lane }) else {
            throw TrafficError(.badSetting, "there is no lane '\(lane)'")
        }
        guard seconds.map({ (1...86_400).contains($0) }) ?? true else {
            throw TrafficError(.badSetting, "'seconds' must lie between 1 and 86,400")
        }
        try simulated()
        try ask(.close(lane, seconds))
    }

    /// Has a vehicle stand on a lane of a simulated street for seconds of its time, as if it had broken down there. ``close(_:for:)`` with nil takes it away.
    ///
    /// - Parameter before: Metres before the lane's end, 0 to 200; the middle of a lane that is too short for that.
    /// - Throws: `TrafficError` with `bad_setting`.
    public func breakDown(on lane: String, before: Double = 30, for seconds: Double) throws {
        let stretches = state.withLock { $0.views.flatMap { $0.plan.approaches.flatMap(\.stretches) } }
        guard let stretch = stretches.first(where: { $0.lane == lane }) else {
            throw TrafficError(
                .badSetting, "'\(lane)' is no lane within \(Int(Approach.reach)) m before a signal: only there vehicles are looked for")
        }
        guard (1...86_400).contains(seconds), (0...Approach.reach).contains(before) else {
            throw TrafficError(.badSetting, "'seconds' must lie between 1 and 86,400, 'before' between 0 and \(Int(Approach.reach))")
        }
        try simulated()
        // A vehicle needs five metres and a little.
        let place = stretch.length - before >= 6 ? stretch.length - before : stretch.length / 2
        try ask(.breakDown(lane, at: place, seconds))
    }

    /// Has a loop of a simulated street lie.
    ///
    /// - Parameters:
    ///   - approach: The lane before the stop line.
    ///   - loop: Its place there: 0 is at the stop line.
    /// - Throws: `TrafficError` with `bad_setting`.
    public func lie(_ fault: LoopHealth.Fault, at junction: String, approach: String, loop: Int, for seconds: Double) throws {
        let view = try view(junction)
        try simulated()
        guard let place = view.plan.approaches.firstIndex(where: { $0.lane == approach }), place < view.loops.count,
            view.loops[place].indices.contains(loop), (1...86_400).contains(seconds)
        else { throw TrafficError(.badSetting, "\(junction) has no loop \(loop) on '\(approach)', or 'seconds' isn't 1 to 86,400") }
        try ask(.lie(junction, approach: place, loop: loop, fault, seconds))
    }

    /// Leaves something for the street's thread; what it doesn't come to isn't told to be done.
    private func ask(_ request: Request) throws(TrafficError) {
        guard state.withLock({ $0.request(request) }) else {
            throw TrafficError(.unreachable, "the street doesn't keep up with what is asked of it: try again in a moment")
        }
    }

    private func simulated() throws(TrafficError) {
        guard status.simulator != nil else { throw TrafficError(.badSetting, "the street is no simulation") }
    }

    /// A junction as it stands; throws `TrafficError` when there is none of that name.
    package func view(_ junction: String) throws(TrafficError) -> JunctionView {
        guard let view = state.withLock({ $0.views.first { $0.plan.name == junction } }) else {
            throw TrafficError(.badSetting, "there is no junction '\(junction)'")
        }
        return view
    }
}

extension TrafficService.State {
    /// Leaves something for the street's thread.
    ///
    /// - Returns: Whether there was room.
    @discardableResult mutating func request(_ request: TrafficService.Request) -> Bool {
        guard requests.count < TrafficService.mostRequests else { return false }
        requests.append(request)
        return true
    }
}
