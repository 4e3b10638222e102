import HTTPTypes
import Hummingbird
import LaresAccess
import LaresPlaces
import LaresThings

/// Whether somebody may take a home's energy in hand: by its own way, by that of all orders, or in the console.
struct EnergyHands: Sendable {
    let control: EnergyControl
    let services: HomeServices
    let guardian: HomeGuard?
    let audit: AuditLog?
    let path: Deed.Path

    /// Whose battery it isn't to see, it isn't to take over or to hand back.
    ///
    /// - Throws: ``APIError`` (403); `AccessError` for a policy that can't be read.
    func checkSight(_ caller: Caller) async throws {
        guard let battery = await control.settings.battery else { return }
        let sight = HomeSight(home: services.home, guardian: guardian, caller: caller, path: path)
        guard try sight.thing(battery.order.thing) != nil else { throw Self.hidden }
    }

    /// Whoever takes a battery over, or orders a power, must be one who may tell it what to do.
    ///
    /// - Throws: ``APIError`` (403), or with what is asked for first.
    func check(_ kilowatts: Double, _ assurance: Assurance, _ context: LaresContext) async throws {
        try await checkSight(context.caller)
        guard let battery = await control.settings.battery else { return }
        let changes = ThingChanges(
            home: services.home, guardian: guardian, audit: audit, caller: context.caller, path: path, logger: context.logger)
        let command = ThingCommand(
            battery.order.thing, [battery.order.property: .number(kilowatts)], by: Cause(.principal, name: context.caller.name))
        try await changes.check([command], assurance)
    }

    private static let hidden = APIError(
        .forbidden, type: "permission_error", code: "not_allowed", "the battery isn't among the things you see")
}
