import HTTPTypes
import Hummingbird
import LaresJSON
import LaresServing

/// `GET /health` and `GET /ready`, for whoever watches over the process.
struct HealthRoutes {
    let client: any ModelClient
    let activity: Activity
    let version: String

    /// Says that the process answers; asks nothing of the engine, so it is fast under any load.
    func health(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(["status": "ok", "version": .string(version)])
    }

    /// Says whether new work is welcome: 503 with the reason while models load or the program stops.
    func ready(_ request: Request, _ context: LaresContext) async throws -> Response {
        let state = activity.isDraining ? .draining : await client.status().state
        switch state {
        case .ready: return .json(["status": "ready"])
        case .loading: return unready("loading", "models are being loaded")
        case .draining: return unready("draining", "Lares is stopping; running answers finish, new ones are refused")
        }
    }

    private func unready(_ status: String, _ reason: String) -> Response {
        var response = Response.json(["status": .string(status), "reason": .string(reason)], status: .serviceUnavailable)
        response.headers[.retryAfter] = "2"
        return response
    }
}
