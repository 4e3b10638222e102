import HTTPTypes
import LaresAccess
import LaresJSON
import LaresThings
import Logging

/// Having things do something, the same for the API and the console; the audit log says who did it.
struct ThingChanges: Sendable {
    let home: Home
    let audit: AuditLog?
    let caller: Caller
    let logger: Logger

    /// Has a thing do what an order says.
    ///
    /// - Throws: ``APIError``: 403 `needs_confirmation` for what is dangerous and wasn't confirmed, 409, 504, 503.
    func carryOut(_ order: ThingOrder) async throws -> CommandOutcome {
        if let (property, hazard) = order.hazard, !order.isConfirmed {
            throw APIError(
                .forbidden, type: "permission_error", code: "needs_confirmation",
                "setting '\(order.thing.id)/\(property.name)' \(hazard.sentence): send \"confirm\": true if you mean it",
                param: property.name)
        }
        let command = ThingCommand(order.thing.id, order.values, by: Cause(.principal, name: caller.name))
        note(command.subject)
        do throws(ThingsError) {
            return try await home.carryOut(command)
        } catch {
            throw APIError(things: error)
        }
    }

    private func note(_ subject: String) { audit.note(.thingSet, subject, by: caller, logger) }
}

extension Hazard {
    fileprivate var sentence: String {
        switch self {
        case .opens: "opens the house"
        case .disarms: "takes its guard away"
        case .heats: "heats something that nobody may be looking at"
        }
    }
}
