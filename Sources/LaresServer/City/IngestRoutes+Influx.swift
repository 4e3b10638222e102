import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings

/// `/write` and `/api/v2/write` as InfluxDB has them, so that telegraf and its other clients write here: 204 when everything was taken, and
/// errors in the form of each.
struct InfluxRoutes {
    let ingest: Ingest?

    var routes: [APIRoute] {
        [
            APIRoute(method: .post, path: "/write", handler: first),
            APIRoute(method: .post, path: "/api/v2/write", handler: second),
            APIRoute(method: .get, path: "/ping", handler: ping, isBrief: true),
        ]
    }

    /// The forms of errors.
    private enum Version { case first, second }

    func ping(_ request: Request, _ context: LaresContext) async throws -> Response {
        Response(status: .noContent, headers: [.influxVersion: "lares-\(LaresServer.version)"])
    }

    /// InfluxDB 1: `?db=…&precision=ns`.
    func first(_ request: Request, _ context: LaresContext) async throws -> Response { await write(request, context, .first) }

    /// InfluxDB 2: `?bucket=…&precision=ns`.
    func second(_ request: Request, _ context: LaresContext) async throws -> Response { await write(request, context, .second) }

    private func write(_ request: Request, _ context: LaresContext, _ version: Version) async -> Response {
        do {
            guard let ingest else { throw APIError.noIngest }
            let query = IngestQuery(request)
            let tenant = try await IngestAccess(ingest: ingest, caller: context.caller).tenant(ofDatabase: query.database)
            let stream = try ingest.stream(.line, precision: try query.precision(), for: tenant, source: "influx:\(context.caller.name)")
            var reception = IngestReception(stream, limit: IngestRoutes.longest)
            let answer = try await reception.receive(request)
            guard answer.counts.refused > 0, let first = answer.refusals.first else { return Response(status: .noContent) }
            return Self.fault(
                .badRequest,
                "partial write: line \(first.line): \(first.fault.message); stored=\(answer.counts.stored) dropped=\(answer.counts.refused)",
                version)
        } catch {
            let error = APIError(ingest: error)
            var response = Self.fault(error.status, error.message, version)
            if let seconds = error.retryAfter { response.headers[.retryAfter] = String(seconds) }
            return response
        }
    }

    private static func fault(_ status: HTTPResponse.Status, _ message: String, _ version: Version) -> Response {
        guard version == .second else { return .json(["error": .string(message)], status: status) }
        let code =
            switch status.code {
            case 401: "unauthorized"
            case 403: "forbidden"
            case 404: "not found"
            case 413: "request too large"
            case 429: "too many requests"
            case 400..<500: "invalid"
            case 503: "unavailable"
            default: "internal error"
            }
        return .json(["code": .string(code), "message": .string(message)], status: status)
    }
}

extension HTTPField.Name {
    fileprivate static let influxVersion = HTTPField.Name("X-Influxdb-Version") ?? .server
}
