internal import Foundation
internal import LaresControl

/// What a running junction needs beside its keeper.
struct JunctionRun {
    /// An order of the junction's controller that is on its way.
    struct Open {
        let id: String
        let phase: Int
        let began: Double
        var isAcknowledged = false
        /// Seconds that the signal has said that it shows something else.
        var different = 0
    }

    let name: String
    let actuator: ActuatorID
    var settings: JunctionSettings
    /// The version of the registry that decides.
    var version: (name: String, number: Int)?
    /// Why the version that is meant can't be had; nil: it can. And when that was last tried.
    var missing: String?, triedAt = Date.distantPast
    /// Why the proof of its shell failed; nil: it didn't.
    var disproof: String?
    /// Who has it; nil: nobody does yet.
    var owner: OrderIssuer?
    /// What a person or another controller ordered, for as long as they have it.
    var hand: (order: String, phase: Int, by: OrderIssuer, isSeen: Bool)?
    var open: Open?
    var target: Int?
    var figures = JunctionFigures()
    /// What is wrong with loops, by approach and place.
    var loopFaults: [String: [Int: LoopHealth.Fault]] = [:]

    init(_ plan: SignalPlan, place: Int, _ settings: JunctionSettings) {
        (name, self.settings) = (plan.name, settings)
        // What a network may call a signal and an order may not gets its place instead.
        actuator = ActuatorID(kind: "signal", name: plan.name) ?? Self.numbered(place)
    }

    private static func numbered(_ place: Int) -> ActuatorID {
        guard let id = ActuatorID(kind: "signal", name: "number-\(place)") else { preconditionFailure("a number is a name") }
        return id
    }

    /// Who orders for its controller.
    var issuer: OrderIssuer { .controller(settings.control.rawValue, model: version?.name, version: version?.number) }

    /// Whether nobody else has it.
    var isOurs: Bool { owner.map { $0.isSame(as: issuer) } ?? true }

    /// Takes in what happened to its loops.
    mutating func note(_ event: TrafficEvent) {
        switch event.kind {
        case .loopFailed(let approach, let loop, let fault): loopFaults[approach, default: [:]][loop] = fault
        case .loopRegained(let approach, let loop): loopFaults[approach]?[loop] = nil
        default: break
        }
    }
}
