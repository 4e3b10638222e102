import LaresControl
import LaresJSON
import LaresPlaces
import LaresThings

/// The energy that this server controls, as somebody may see it.
struct ControlledEnergy: Sendable {
    let energy: EnergyServices
    let services: HomeServices
    let sight: EnergySight

    /// How the control stands: stage, mode, trial, totals, orders, faults.
    func control() async -> JSON { sight.told(await energy.control.shown) }

    /// What is planned, an element for each hour; nil before the first plan.
    func plan() async -> JSON? { sight.told(await energy.control.plan)?.json }

    /// What the city asks of homes and what came of it, the first hour first; never an offer of one home.
    func requests() async -> [JSON] {
        var requests: [JSON] = []
        for request in ((try? await energy.desk.requests()) ?? []).prefix(50) {
            if let outcome = try? await energy.desk.outcome(request.request.identifier) { requests.append(outcome) }
        }
        return requests
    }

    /// What happened, newest first.
    func history(limit: Int) async -> [JSON] {
        ((try? await energy.control.history(limit: limit)) ?? []).compactMap { sight.told(entry: $0) }
    }

    /// The currency of what energy costs; nil: nobody said what it costs.
    func currency() -> String? { try? EnergyStore(services.store).tariffs()?.currency }
}

extension CityPages {
    /// What the console shows of the control of energy; nil: there is none.
    func energy(_ viewer: Viewer) async throws -> ControlledEnergy? {
        guard let energy = console.energy else { return nil }
        let sight = EnergySight(try await sight(viewer.caller), await energy.control.settings)
        return ControlledEnergy(energy: energy, services: services, sight: sight)
    }
}
