import Hummingbird
import LaresAccess
import LaresControl
import LaresPlaces
import LaresThings

/// What the routes of energy have in common.
protocol EnergyRouting {
    var energy: EnergyServices? { get }
    var audit: AuditLog? { get }
}

extension EnergyRouting {
    /// What controls, answers and asks.
    ///
    /// - Throws: ``APIError`` where there is no home.
    func require() throws -> EnergyServices {
        guard let energy else { throw APIError.noHome }
        return energy
    }

    /// Writes down what somebody changed.
    func note(_ subject: String, _ context: LaresContext) { audit.note(.homeChanged, subject, by: context.caller, context.logger) }

    /// Tells what went wrong as the API does.
    func telling(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch let error as EnergyError {
            throw APIError(energy: error)
        } catch let error as EnergyControlError {
            throw APIError.invalid(error.message, code: error.code.name)
        } catch let error as TelemetryError {
            throw APIError(telemetry: error)
        }
    }
}
