import HTTPTypes
import Hummingbird
import LaresAccess
import LaresThings

/// What a request that brings points says of them.
struct IngestQuery {
    private let request: Request

    init(_ request: Request) { self.request = request }

    private func value(_ name: String) -> String? { request.queryFields.get(name) }

    /// Whose points they are.
    var tenant: String? { value("tenant") }

    /// Where InfluxDB's clients say that the points go.
    var database: String? { value("bucket") ?? value("db") }

    /// - Throws: ``APIError`` for a format that isn't there, and a body of another kind.
    func format() throws -> PointFormat {
        if let word = value("format") {
            guard let format = PointFormat(rawValue: word) else {
                throw APIError.invalid("'format' must be line, jsonl or csv", param: "format")
            }
            return format
        }
        guard let format = PointFormat(mediaType: request.mediaType ?? "text/plain") else {
            throw APIError(
                .unsupportedMediaType, type: "invalid_request_error", code: "unsupported_media_type",
                "send points as text/plain (line protocol), application/x-ndjson or text/csv, or say '?format=line', 'jsonl' or 'csv'")
        }
        return format
    }

    /// - Throws: ``APIError`` for a word that is none.
    func precision() throws -> TimePrecision? {
        guard let word = value("precision") else { return nil }
        guard let precision = TimePrecision(word: word) else {
            throw APIError.invalid("'precision' must be ns, us, ms, s, m or h", param: "precision")
        }
        return precision
    }
}

/// For whom a caller may send points.
///
/// A key that a tenant lists writes for that tenant and nobody else, whatever its role. An owner writes for any, and for this Lares itself.
struct IngestAccess {
    let ingest: Ingest
    let caller: Caller

    /// - Throws: ``APIError`` (403), ``IngestError`` with `unknownTenant`.
    func tenant(_ name: String?) async throws -> Tenant {
        if let id = caller.keyID, let own = await ingest.tenant(ofKey: id) {
            guard name == nil || name == own.name else {
                throw APIError(
                    .forbidden, type: "permission_error", code: "not_allowed",
                    "the key '\(caller.name)' writes for the tenant '\(own.name)' only: leave 'tenant' out")
            }
            return own
        }
        guard caller.mayAdminister else { throw Self.refusal(caller) }
        return try await ingest.tenant(name == "own" ? "" : name ?? "")
    }

    /// The same where a name is a database's, which need not be a tenant's: what isn't is this Lares' own.
    func tenant(ofDatabase name: String?) async throws -> Tenant {
        if let id = caller.keyID, let own = await ingest.tenant(ofKey: id) { return own }
        guard caller.mayAdminister else { throw Self.refusal(caller) }
        if let name, let tenant = try? await ingest.tenant(name) { return tenant }
        return try await ingest.tenant("")
    }

    static func refusal(_ caller: Caller) -> APIError {
        APIError(
            .forbidden, type: "permission_error", code: "not_allowed",
            "the key '\(caller.name)' may not send points: have an owner list it with a tenant (PUT /lares/v1/ingest/tenants/NAME)")
    }
}
