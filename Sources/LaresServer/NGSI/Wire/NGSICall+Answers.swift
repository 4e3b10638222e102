import LaresJSON
import LaresStandards

/// Answers: content types, contexts, pages (clauses 6.3.4 to 6.3.10).
extension NGSICall {
    /// Which content type is answered with.
    enum ContentType: String, Sendable, CaseIterable {
        case json = "application/json"
        case linked = "application/ld+json"
        case geo = "application/geo+json"
    }

    /// The content type that the client wants most; of equals, the first.
    ///
    /// - Throws: ``NGSIError`` with `notAcceptable`.
    func accepted(geo: Bool = false) throws -> ContentType {
        guard let header = request.header("accept"), !header.isEmpty else { return .json }
        let ranges = header.split(separator: ",").map { part -> (range: String, weight: Double) in
            let pieces = part.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            let weight = pieces.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
            return (pieces.first ?? "", weight)
        }
        let offered = ContentType.allCases.filter { $0 != .geo || geo }
        let weighed = offered.map { type -> (ContentType, Double) in
            let fitting = [type.rawValue, "application/*", "*/*"].lazy.compactMap { range in ranges.first { $0.range == range } }.first
            return (type, fitting?.weight ?? 0)
        }
        guard let best = weighed.map(\.1).max(), best > 0, let type = weighed.first(where: { $0.1 == best })?.0 else {
            throw NGSIError(.notAcceptable, "none of \(offered.map(\.rawValue).joined(separator: ", ")) is among what is accepted")
        }
        return type
    }

    /// An object with its context: in it, or beside it.
    func answer(_ members: JSON.Members, _ context: LDContext, _ type: ContentType, status: Int = 200) throws -> NGSIResponse {
        guard type != .json else { return try beside(.object(members), context, status) }
        return .json(.object(including(members, context)), status, type: type.rawValue)
    }

    /// Several objects.
    func answer(_ objects: [JSON.Members], _ context: LDContext, _ type: ContentType, status: Int = 200) throws -> NGSIResponse {
        guard type != .json else { return try beside(.array(objects.map { .object($0) }), context, status) }
        return .json(.array(objects.map { .object(including($0, context)) }), status, type: type.rawValue)
    }

    func including(_ members: JSON.Members, _ context: LDContext) -> JSON.Members {
        var members = members
        members["@context"] = context.source ?? .string(LDContext.coreAddress)
        return members
    }

    func beside(_ json: JSON, _ context: LDContext, _ status: Int = 200) throws -> NGSIResponse {
        var response = NGSIResponse.json(json, status)
        response.headers.append(("Link", try link(context)))
        return response
    }

    /// The context as a Link header; one that is no address becomes one.
    func link(_ context: LDContext) throws -> String {
        var address = LDContext.coreAddress
        if let source = context.source {
            let only = source.text ?? source.elements.flatMap { $0.count == 1 ? $0[0].text : nil }
            address = try only ?? (host + NGSIContexts.path + broker.contexts.implicit(source, tenant: tenant))
        }
        return "<\(address)>; rel=\"http://www.w3.org/ns/json-ld#context\"; type=\"application/ld+json\""
    }

    /// This server, as the client calls it.
    var host: String { "http://" + (request.header("host").map { String($0.prefix(200)) } ?? "localhost") }

    /// Adds where the pages before and behind are found, and the count where that was asked for.
    func page(_ response: NGSIResponse, limit: Int, offset: Int, count: Int, counts: Bool) -> NGSIResponse {
        var response = response
        let rest = request.query.split(separator: "&").filter { !$0.hasPrefix("limit=") && !$0.hasPrefix("offset=") }
        let path = request.path.hasSuffix("/") ? String(request.path.dropLast()) : request.path
        func address(_ offset: Int) -> String {
            "<" + path + "?" + (rest + ["limit=\(limit)", "offset=\(offset)"].map { Substring($0) }).joined(separator: "&") + ">"
        }
        if limit > 0, offset > 0 {
            response.headers.append(("Link", address(max(0, offset - limit)) + ";rel=\"prev\";type=\"application/ld+json\""))
        }
        if limit > 0, count > offset + limit {
            response.headers.append(("Link", address(offset + limit) + ";rel=\"next\";type=\"application/ld+json\""))
        }
        if counts { response.headers.append(("NGSILD-Results-Count", String(count))) }
        return response
    }
}
