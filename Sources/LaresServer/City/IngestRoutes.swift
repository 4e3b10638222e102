import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresThings

/// `/lares/v1/ingest`: points in bulk, and how it goes; `/lares/v1/ingest/tenants`: whose they may be.
struct IngestRoutes {
    let ingest: Ingest?
    let audit: AuditLog?
    let limits: BodyLimits
    /// The most bytes of one body, unpacked.
    static let longest = 4 << 30

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/ingest", handler: status),
            APIRoute(method: .post, path: "/lares/v1/ingest", handler: take),
            APIRoute(method: .get, path: "/lares/v1/ingest/tenants", handler: tenants),
            APIRoute(method: .put, path: "/lares/v1/ingest/tenants/{tenant}", handler: put),
            APIRoute(method: .delete, path: "/lares/v1/ingest/tenants/{tenant}", handler: remove),
        ]
    }

    /// `?format=line|jsonl|csv&precision=ns|us|ms|s&tenant=…`, or the format by the content type; the body may be packed (gzip, deflate).
    func take(_ request: Request, _ context: LaresContext) async throws -> Response {
        let ingest = try require()
        return try await telling {
            let query = IngestQuery(request)
            let access = IngestAccess(ingest: ingest, caller: context.caller)
            let tenant = try await access.tenant(query.tenant)
            let stream = try ingest.stream(
                try query.format(), precision: try query.precision(), for: tenant, source: "http:\(context.caller.name)")
            var reception = IngestReception(stream, limit: Self.longest)
            let answer = try await reception.receive(request)
            let counts = answer.counts
            let isRefused = counts.stored + counts.duplicates == 0 && counts.refused > 0
            return .json(answer.json, status: isRefused ? .badRequest : .ok)
        }
    }

    /// Rates, quotas and what waits; a tenant's key sees that tenant's.
    func status(_ request: Request, _ context: LaresContext) async throws -> Response {
        let ingest = try require()
        let own = await context.caller.keyID.asyncMap { await ingest.tenant(ofKey: $0)?.name } ?? nil
        guard own != nil || context.caller.mayAdminister else { throw IngestAccess.refusal(context.caller) }
        let backlog = await ingest.backlog
        let tenants = await ingest.status().filter { own == nil || $0.tenant.name == own }
        return .json([
            "waiting": .int(backlog.points), "waiting_limit": .int(backlog.limit), "tenants": .array(tenants.map(\.json)),
        ])
    }

    func tenants(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        return .json(["tenants": .array(try await require().status().map(\.tenant.json))])
    }

    /// `{"series": 100000, "points_per_second": 5000, "bytes_per_second": null, "keys": ["key_…"]}`
    func put(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let ingest = try require(), name = context.parameter("tenant") ?? ""
        let fields = try Fields(try await request.json(within: limits).json)
        try fields.allow(only: ["series", "points_per_second", "bytes_per_second", "keys"])
        var quota = Tenant.Quota()
        quota.series = try fields.int("series", in: 0...2_000_000) ?? quota.series
        quota.pointsPerSecond = try fields.int("points_per_second", in: 1...1_000_000_000)
        quota.bytesPerSecond = try fields.int("bytes_per_second", in: 1...1_000_000_000_000)
        let keys = fields.value("keys")?.elements?.compactMap(\.text) ?? []
        // The tenant that has no name is this Lares itself; its address is "own".
        guard keys.count <= 1_000, keys.allSatisfy({ (1...100).contains($0.utf8.count) && !$0.contains("\n") }),
            let tenant = Tenant(name == "own" ? "" : name, quota: quota, keys: Set(keys)), !(name == "own" && !keys.isEmpty)
        else {
            throw APIError.invalid(
                "a tenant has a name of 1 to 40 lower-case letters, digits, '_' and '-', and up to 1,000 keys; 'own' has none",
                param: "tenant")
        }
        return try await telling {
            try await ingest.put(tenant)
            audit.note(AuditAct("tenant.set"), name, by: context.caller, context.logger)
            return .json(tenant.json)
        }
    }

    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        let ingest = try require(), name = context.parameter("tenant") ?? ""
        return try await telling {
            guard try await ingest.removeTenant(name) else {
                throw IngestError(.unknownTenant, "there is no tenant '\(name.prefix(60))'")
            }
            audit.note(AuditAct("tenant.removed"), name, by: context.caller, context.logger)
            return .json(["removed": .string(name)])
        }
    }

    private func require() throws -> Ingest {
        guard let ingest else { throw APIError.noIngest }
        return ingest
    }

    private func telling(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch { throw APIError(ingest: error) }
    }
}

extension APIError {
    static let noIngest = APIError(
        .notFound, type: "invalid_request_error", code: "not_here", "this server collects nothing: start it with a home or `lares ingest`")

    /// How an error of collecting looks to a client; others stay as they are.
    init(ingest error: any Error) {
        switch error {
        case let error as APIError: self = error
        case let error as TelemetryError: self.init(telemetry: error)
        case let error as IngestError:
            let status: HTTPResponse.Status =
                switch error.code {
                case .overloaded, .overQuota: .tooManyRequests
                case .unknownTenant: .notFound
                case .notAllowed: .forbidden
                case .tooMany: .conflict
                default: .badRequest
                }
            let type = status == .tooManyRequests ? "rate_limit_error" : status == .forbidden ? "permission_error" : "invalid_request_error"
            self.init(status, type: type, code: error.code.description, error.message, retryAfter: error.retryAfter)
        default:
            self.init(.internalServerError, type: "server_error", code: "failed", "the points can't be taken: \(error)")
        }
    }
}
