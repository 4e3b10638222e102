import Foundation
import LaresJSON
import LaresStandards

/// Requests that go on to registered context sources (clauses 4.3.3, 4.3.6 and 5.7).
extension NGSIAPI {
    /// What sources answered, and which of them didn't.
    struct Answers: Sendable {
        var entities: [(source: NGSISource, entity: NGSIEntity)] = []
        var warnings: [String] = []

        /// The headers that say what is missing (clause 6.3.17).
        func warned(_ response: NGSIResponse) -> NGSIResponse {
            var response = response
            for warning in warnings { response.headers.append(("NGSILD-Warning", warning)) }
            return response
        }
    }

    /// Entities of a source that are read at most, and that a page of it has.
    private static let (mostOfSource, pageOfSource) = (10_000, 1_000)
    /// Bytes that a source may answer a query with, of all pages together.
    private static let mostBytes = 32 << 20

    /// The sources of a request; none when it is for what is kept here, or came round already.
    func sources(_ call: NGSICall, _ selection: NGSIEntitySelection, _ operations: String...) throws -> [NGSISource] {
        guard asker != nil, try !call.flag("local"), !(call.request.header("via") ?? "").contains(broker.alias) else { return [] }
        return try broker.sources(selection, for: operations, tenant: call.tenant)
    }

    /// One entity as this broker and its sources have it.
    ///
    /// - Throws: ``NGSIError`` with `resourceNotFound`.
    func retrieve(_ id: String, _ call: NGSICall, _ attributes: Set<String>) async throws -> (entity: NGSIEntity, answers: Answers) {
        var selection = NGSIEntitySelection(), selector = NGSIEntitySelection.Selector()
        selector.ids = [id]
        (selection.selectors, selection.attributes) = ([selector], attributes)
        let sources = try sources(call, selection, "retrieveEntity")
        guard !sources.isEmpty else { return (try broker.entity(id, tenant: call.tenant), Answers()) }
        let answers = await gathered(sources) { source in
            let path = "entities/\(id.percentEncoded)?options=sysAttrs" + source.local + source.attrs
            guard let answer = try await read(source, path, call) else { return [] }
            return [try Self.entity(answer.json)]
        }
        let local = try? broker.entity(id, tenant: call.tenant)
        guard let entity = NGSIEntity.merged(local, answers.entities) else { return (try broker.entity(id, tenant: call.tenant), answers) }
        return (entity, answers)
    }

    /// Entities that are meant, of this broker and its sources; nil: there are no sources for them.
    ///
    /// Conditions are decided here, when everything of an entity is together. A query by a body (clause 6.23) goes to sources that take either way of
    /// asking, each by the one that it takes.
    func gathered(_ selection: NGSIEntitySelection, _ call: NGSICall) async throws -> (entities: [NGSIEntity], answers: Answers)? {
        var wide = NGSIEntitySelection()
        (wide.selectors, wide.attributes) = (selection.selectors, selection.attributes)
        let isByBody = call.request.method == "POST"
        let sources = try isByBody ? sources(call, wide, "queryBatch", "queryEntity") : sources(call, wide, "queryEntity")
        guard !sources.isEmpty else { return nil }
        let answers = await gathered(sources) { [wide] source in
            try await query(source, wide, call, isByBody: isByBody && source.takes("queryBatch"))
        }
        wide.attributes = []
        let own = try broker.query(wide, limit: Self.mostOfSource, offset: 0, counts: false, tenant: call.tenant).entities
        var (order, shares) = (own.map(\.id), [String: [(source: NGSISource, entity: NGSIEntity)]]())
        var known = Set(order)
        for one in answers.entities {
            if known.insert(one.entity.id).inserted { order.append(one.entity.id) }
            shares[one.entity.id, default: []].append(one)
        }
        let local = Dictionary(own.map { ($0.id, $0) }) { $1 }
        let whole = order.compactMap { NGSIEntity.merged(local[$0], shares[$0] ?? []) }
        return (whole.filter { selection.matches($0) }, answers)
    }

    private func query(_ source: NGSISource, _ selection: NGSIEntitySelection, _ call: NGSICall, isByBody: Bool) async throws
        -> [NGSIEntity]
    {
        let asked = selection.selectors.flatMap { $0.ids ?? [] }, ids = asked.isEmpty ? source.ids : asked
        let types = Set(source.types.isEmpty ? selection.selectors.flatMap { $0.types?.names ?? [] } : source.types).sorted()
        let body = isByBody ? Self.query(ids, types, source.attributes.sorted()) : nil
        var fields = ["options=sysAttrs", "limit=\(Self.pageOfSource)"]
        if !isByBody, let ids { fields.append("id=" + ids.map(\.percentEncoded).joined(separator: ",")) }
        if !isByBody, !types.isEmpty { fields.append("type=" + types.map(\.percentEncoded).joined(separator: ",")) }
        var (found, bytes): ([NGSIEntity], Int) = ([], 0)
        while found.count < Self.mostOfSource {
            let part = (fields + ["offset=\(found.count)"]).joined(separator: "&") + source.local
            let path = isByBody ? "entityOperations/query?" + part : "entities?" + part + source.attrs
            let answer = try await read(source, path, call, body)
            bytes += answer?.bytes ?? 0
            guard bytes <= Self.mostBytes else {
                throw NGSIError(.internalError, "it has more than \(Self.mostBytes >> 20) MiB: ask for less")
            }
            let page = answer?.json.elements ?? []
            found += try page.map(Self.entity)
            guard page.count == Self.pageOfSource else { break }
        }
        return found
    }

    /// A query as its body says it (clause 5.2.23).
    private static func query(_ ids: [String]?, _ types: [String], _ attributes: [String]) -> JSON {
        let type = JSON.string(types.isEmpty ? "*" : types.joined(separator: ","))
        var members: JSON.Members = [
            "@context": .string(LDContext.coreAddress), "type": "Query",
            "entities": .array(ids.map { $0.map { ["id": .string($0), "type": type] } } ?? [["type": type]]),
        ]
        if !attributes.isEmpty { members.append("attrs", .array(attributes.map { .string($0) })) }
        return .object(members)
    }

    private static func entity(_ json: JSON) throws -> NGSIEntity {
        var entity = try NGSIReader(.core, .whole).entity(json.withoutContext)
        entity.takeTimes(of: json)
        return entity
    }

    /// What one source answered, or why it didn't.
    private struct Gathered: Sendable {
        let place: Int
        var entities: [NGSIEntity] = []
        var trouble: String?
    }

    /// Asks sources side by side; those that fail are told of.
    private func gathered(
        _ sources: [NGSISource], _ ask: @escaping @Sendable (NGSISource) async throws -> [NGSIEntity]
    ) async -> Answers {
        let gathered = await withTaskGroup(of: Gathered.self) { group in
            for (place, source) in sources.enumerated() {
                group.addTask {
                    do {
                        return Gathered(place: place, entities: try await ask(source))
                    } catch { return Gathered(place: place, trouble: "\(error)") }
                }
            }
            var all: [Gathered] = []
            for await one in group { all.append(one) }
            return all.sorted { $0.place < $1.place }
        }
        var answers = Answers()
        for one in gathered {
            let source = sources[one.place]
            for entity in one.entities { answers.entities.append((source, entity)) }
            guard let trouble = one.trouble else { continue }
            let reason = trouble.filter { $0 != "\"" && $0 != "\\" && !$0.isNewline }.prefix(200)
            answers.warnings.append("199 \(broker.alias) \"\(source.id.prefix(200)) isn't in this answer: \(reason)\"")
        }
        return answers
    }

    /// What a source answers; nil: it has nothing of the kind.
    ///
    /// - Parameter query: What is asked by a body; nil: the address says it.
    private func read(_ source: NGSISource, _ path: String, _ call: NGSICall, _ query: JSON? = nil) async throws -> (
        json: JSON, bytes: Int
    )? {
        let (status, body) = try await ask(source, query == nil ? "GET" : "POST", path, call, query)
        if status == 404 { return nil }
        guard status == 200 else { throw NGSIError(.internalError, "it answers \(status)") }
        return (try JSON(parsing: body, maximumDepth: 64), body.count)
    }

    func ask(_ source: NGSISource, _ method: String, _ path: String, _ call: NGSICall, _ body: JSON? = nil) async throws
        -> (status: Int, body: [UInt8])
    {
        guard let asker else { throw NGSIError(.internalError, "nobody asks") }
        var headers = source.headers + [("Accept", "application/json")]
        if !source.tenant.isEmpty { headers.append(("NGSILD-Tenant", source.tenant)) }
        // Who meets its own name again answers with what it keeps itself.
        headers.append(("Via", [call.request.header("via"), "1.1 \(broker.alias)"].compactMap(\.self).joined(separator: ", ")))
        if body != nil { headers.append(("Content-Type", "application/ld+json")) }
        var question = NGSIQuestion(method, "\(source.endpoint)/ngsi-ld/v1/\(path)", headers: headers, timeout: source.timeout)
        question.body = body?.data ?? []
        return try await asker.ask(question)
    }
}

extension NGSISource {
    /// Parameters that go with every question for entities.
    fileprivate var local: String { isLocalOnly ? "&local=true" : "" }
    fileprivate var attrs: String {
        attributes.isEmpty ? "" : "&attrs=" + attributes.sorted().map(\.percentEncoded).joined(separator: ",")
    }
}

extension String {
    /// As it stands in a part of an address.
    var percentEncoded: String {
        addingPercentEncoding(withAllowedCharacters: CharacterSet(charactersIn: Unreserved.characters)) ?? ""
    }
}

/// Characters that stand for themselves anywhere in an address (RFC 3986, section 2.3), and the colon of URIs.
private enum Unreserved {
    static let characters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:"
}
