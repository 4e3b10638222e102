import LaresAccess
import LaresPlaces
import LaresServer
import LaresStore
import LaresThings

extension Serve {
    /// What acts on the energy of a home: nothing without one. A city that asks homes needs no home of its own, but a place for its meter.
    static func energy(
        _ things: HomeServices?, _ automations: Automations?, _ folder: LaresHome, _ guardian: HomeGuard, _ audit: AuditLog,
        _ orders: OrderDispatch?
    ) async throws -> EnergyServices? {
        guard let things, let automations, let orders else { return nil }
        let store = try EnergyControlStore(home: folder), home = things.home
        let permit = ControlGuard(home: home, guardian: guardian, audit: audit, name: "energy")
        let control = try EnergyControl(
            port: HomeEnergyPort(home, permit: { try permit.permit($0) }), book: orders.book, store: store, telemetry: things.telemetry,
            surroundings: { (automations.site, EnergyStore(things.store), home.things().map(\.thing)) })
        await orders.register(ActuatorID.energy.kind, control)
        return EnergyServices(
            control: control, answers: try CityAnswers(control, store: store),
            desk: FlexibilityDesk(store: store, telemetry: things.telemetry))
    }
}
