import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
package import LaresJSON
package import LaresThings

/// `/lares/v1/deadletters`: lines that couldn't be taken, to be looked at, tried again, and removed.
struct DeadLetterRoutes {
    let ingest: Ingest?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        [
            APIRoute(method: .get, path: "/lares/v1/deadletters", handler: list),
            APIRoute(method: .delete, path: "/lares/v1/deadletters", handler: removeAll),
            APIRoute(method: .post, path: "/lares/v1/deadletters/replay", handler: replayAll),
            APIRoute(method: .get, path: "/lares/v1/deadletters/{letter}", handler: show),
            APIRoute(method: .delete, path: "/lares/v1/deadletters/{letter}", handler: remove),
            APIRoute(method: .post, path: "/lares/v1/deadletters/{letter}/replay", handler: replay),
        ]
    }

    /// `?tenant=…&reason=…&before=ID&limit=100`, newest first, each with the beginning of its lines.
    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (ingest, filter) = (try require(), try await filter(request, context))
        return try await telling {
            let letters = try await ingest.letters.list(filter, limit: try request.queryFields.whole("limit", in: 1...1_000) ?? 100)
            let size = try await ingest.letters.size(of: filter.tenant)
            return .json([
                "letters": .array(letters.map { $0.json(showing: 1_000) }), "count": .int(size.letters), "lines": .int(size.lines),
                "bytes": .int(size.bytes),
            ])
        }
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        let letter = try await letter(context)
        return .json(letter.json(showing: letter.bytes.count))
    }

    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        let letter = try await letter(context)
        return try await telling {
            try await require().letters.remove(letter.id)
            audit.note(AuditAct("deadletters.removed"), "\(letter.id)", by: context.caller, context.logger)
            return .json(["removed": 1])
        }
    }

    func removeAll(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (ingest, filter) = (try require(), try await filter(request, context))
        return try await telling {
            let count = try await ingest.letters.remove(filter)
            audit.note(AuditAct("deadletters.removed"), "\(count)", by: context.caller, context.logger)
            return .json(["removed": .int(count)])
        }
    }

    /// Tries a letter again; a body takes the place of its lines, mended.
    func replay(_ request: Request, _ context: LaresContext) async throws -> Response {
        var letter = try await letter(context)
        let share = limits.budget.share()
        let mended = try await request.bytes(upTo: limits.each, share: share)
        if !mended.isEmpty { letter.bytes = mended }
        return try await telling { [letter] in .json(try await require().replay(letter).json) }
    }

    /// Tries all letters again that a query names, the oldest first, a thousand at once.
    func replayAll(_ request: Request, _ context: LaresContext) async throws -> Response {
        let (ingest, filter) = (try require(), try await filter(request, context))
        return try await telling {
            var (counts, tried, left) = (IngestCounts(), 0, 0)
            for letter in try await ingest.letters.list(filter, limit: 1_000).reversed() where letter.isWhole {
                // One that can't be tried stays, and keeps no other from it.
                do {
                    counts += try await ingest.replay(letter).counts
                    tried += 1
                } catch let error as IngestError where [.badRequest, .unknownTenant].contains(error.code) { left += 1 }
            }
            return .json([
                "letters": .int(tried), "left": .int(left), "stored": .int(counts.stored), "duplicates": .int(counts.duplicates),
                "dead_letters": .int(counts.refused),
            ])
        }
    }

    /// Which letters are meant; a tenant's key means that tenant's.
    private func filter(_ request: Request, _ context: LaresContext) async throws -> DeadLetters.Filter {
        let query = request.queryFields
        let asked = query.get("tenant").map { $0 == "own" ? "" : $0 }
        var tenant = asked
        if let id = context.caller.keyID, let own = try await require().tenant(ofKey: id)?.name {
            guard asked == nil || asked == own else { throw IngestAccess.refusal(context.caller) }
            tenant = own
        } else {
            try context.requireAdministrator()
        }
        return DeadLetters.Filter(
            tenant: tenant, reason: query.get("reason"), before: try request.queryFields.whole("before", in: 0...Int.max).map(Int64.init))
    }

    private func letter(_ context: LaresContext) async throws -> DeadLetter {
        let ingest = try require(), text = context.parameter("letter") ?? ""
        let own = if let id = context.caller.keyID { await ingest.tenant(ofKey: id)?.name } else { String?.none }
        if own == nil { try context.requireAdministrator() }
        let letter: DeadLetter?
        do { letter = if let id = Int64(text) { try await ingest.letters.letter(id) } else { nil } } catch { throw APIError(ingest: error) }
        guard let letter, own == nil || letter.tenant == own else {
            throw APIError(
                .notFound, type: "invalid_request_error", code: "unknown", "there is no letter '\(text.prefix(30))'", param: "letter")
        }
        return letter
    }

    private func require() throws -> Ingest {
        guard let ingest else { throw APIError.noIngest }
        return ingest
    }

    private func telling(_ body: () async throws -> Response) async throws -> Response {
        do { return try await body() } catch { throw APIError(ingest: error) }
    }
}

extension DeadLetter {
    /// The letter with so many bytes of its lines; what is no UTF-8 is in base 64.
    package func json(showing most: Int) -> JSON {
        let shown = bytes.prefix(most)
        let text = String(validating: shown, as: UTF8.self)
        return [
            "id": .int(Int(id)), "time": .double(Double(time.milliseconds) / 1_000), "tenant": .string(tenant.isEmpty ? "own" : tenant),
            "source": .string(source), "format": .string(format.rawValue), "precision": .string(precision.rawValue),
            "heading": heading.map { .string(String(decoding: $0, as: UTF8.self)) } ?? .null, "code": .string(fault.code.description),
            "message": .string(fault.message), "lines": .int(lines), "tries": .int(tries), "bytes": .int(bytes.count),
            "text": text.map { .string($0) } ?? .null, "base64": text == nil ? .string(Data(shown).base64EncodedString()) : .null,
        ]
    }
}
