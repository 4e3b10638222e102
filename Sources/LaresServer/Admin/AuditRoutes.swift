import Foundation
import HTTPTypes
import Hummingbird
package import LaresAccess
package import LaresJSON

/// `/lares/v1/audit`: what was done to the place, and by whom, for owners.
struct AuditRoutes {
    let audit: AuditLog?

    var routes: [APIRoute] { [APIRoute(method: .get, path: "/lares/v1/audit", handler: list)] }

    /// `?who=phone&act=deed.refused&before=NUMBER&limit=100`, newest first; `next` is the `before` of the next page.
    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireAdministrator()
        guard let audit else {
            throw APIError(.notFound, type: "invalid_request_error", code: "not_here", "this server keeps no audit log")
        }
        let query = request.queryFields
        let limit = try request.queryFields.whole("limit", in: 1...1_000) ?? 100,
            before = try request.queryFields.whole("before", in: 1...Int.max)
        let (who, act) = (query.get("who"), query.get("act").map { AuditAct($0) })
        return try await offTheThreads {
            let entries = try audit.entries(limit: limit + 1, before: before, by: who, act: act)
            let page = entries.prefix(limit)
            return .json([
                "entries": .array(page.map(\.json)), "next": entries.count > limit ? page.last.map { .int($0.number) } ?? .null : .null,
            ])
        }
    }
}

extension AuditEntry {
    /// The line as the API shows it.
    package var json: JSON {
        [
            "number": .int(number), "time": .double(time.timeIntervalSince1970), "who": .string(actor), "act": .string(act.description),
            "subject": .string(subject), "detail": detail ?? .null,
        ]
    }
}
