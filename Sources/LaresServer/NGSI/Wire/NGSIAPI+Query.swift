import LaresJSON
import LaresStandards

/// Asking for entities (clauses 6.4.3.2, 6.5.3.1 and 6.23).
extension NGSIAPI {
    static let queryParameters = """
        id type idPattern attrs q csf georel geometry coordinates geoproperty geometryProperty scopeQ lang limit offset count pick omit \
        datasetId expandValues join joinLevel containedBy entityMap splitEntities sysAttrs orderBy
        """

    func retrieve(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("type attrs pick omit lang geometryProperty datasetId join joinLevel containedBy sysAttrs entityMap")
        let id = try call.uri(1, "entity"), type = try call.accepted(geo: true), context = try await call.context()
        var output = try NGSIOutput(call, context)
        let seen = await view?.entity(id)
        var answers = Answers()
        let entity: NGSIEntity
        if let seen { entity = seen } else { (entity, answers) = try await retrieve(id, call, output.writer.attributes ?? []) }
        if let text = call["type"], try !NGSITypeSelection(text, context).matches(entity.types) {
            throw NGSIError(.resourceNotFound, "there is no entity '\(id)' of that type")
        }
        if let attributes = output.writer.attributes, !entity.attributes.names.contains(where: attributes.contains) {
            throw NGSIError(.resourceNotFound, "the entity '\(id)' has none of the attributes asked for")
        }
        try output.link([entity], broker, call.tenant)
        guard output.writer.shows(entity) else { throw NGSIError(.resourceNotFound, "nothing of '\(id)' was asked for") }
        return answers.warned(try output.answer(one: entity, call, type))
    }

    func query(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow(Self.queryParameters)
        let type = try call.accepted(geo: true), context = try await call.context()
        return try await answer(try NGSISearch(call, context), call, context, type)
    }

    /// `POST /entityOperations/query`.
    func queryByBody(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow(Self.queryParameters)
        let type = try call.accepted(geo: true), body = try await call.body()
        if body.json["temporalQ"] != nil { throw NGSIError(.badRequestData, "temporalQ goes with /temporal/entityOperations/query") }
        return try await answer(try NGSISearch(body.json, call, body.context), call, body.context, type)
    }

    private func answer(_ search: NGSISearch, _ call: NGSICall, _ context: LDContext, _ type: NGSICall.ContentType) async throws
        -> NGSIResponse
    {
        let counts = try call.flag("count") || (call["options"] ?? "").split(separator: ",").contains("count")
        let limit = try call.number("limit", 0...broker.mostInPage) ?? broker.page
        let offset = try call.number("offset", 0...1_000_000_000) ?? 0
        guard limit > 0 || counts else { throw NGSIError(.badRequestData, "limit=0 goes with count=true") }
        var (entities, count, answers): ([NGSIEntity], Int, Answers)
        if let all = try await gathered(search.selection, call) {
            (entities, count, answers) = (Array(all.entities.dropFirst(offset).prefix(limit)), all.entities.count, all.answers)
        } else {
            (entities, count) = try broker.query(search.selection, limit: limit, offset: offset, counts: counts, tenant: call.tenant)
            answers = Answers()
        }
        if let view, call.tenant.isEmpty {
            let more = await view.entities().filter { search.selection.matches($0) }
            entities += more.dropFirst(max(0, offset - count)).prefix(max(0, limit - entities.count))
            count += more.count
        }
        var output = search.output
        try output.link(entities, broker, call.tenant)
        let shown = entities.filter { output.writer.shows($0) }
        let response = call.page(try output.answer(many: shown, call, type), limit: limit, offset: offset, count: count, counts: counts)
        return answers.warned(response)
    }

    func purge(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow(Self.queryParameters + " drop keep")
        let context = try await call.context()
        let search = try NGSISearch(call, context)
        guard call["drop"] == nil || call["keep"] == nil else { throw NGSIError(.badRequestData, "'drop' and 'keep' don't go together") }
        try broker.purge(
            search.selection, drop: try call["drop"].map { try NGSIProjection($0, context) },
            keep: try call["keep"].map { try NGSIProjection($0, context) }, tenant: call.tenant)
        return .noContent
    }
}

/// What is searched for, and how it is answered.
struct NGSISearch {
    var selection = NGSIEntitySelection()
    let output: NGSIOutput

    /// - Parameter isFree: Whether it may mean everything.
    init(_ call: NGSICall, _ context: LDContext, isFree: Bool = false) throws {
        output = try NGSIOutput(call, context)
        var selector = NGSIEntitySelection.Selector()
        if let ids = call["id"]?.split(separator: ",").map(String.init) {
            guard ids.allSatisfy(\.isURI) else { throw NGSIError(.badRequestData, "'id' must be URIs with ',' between them") }
            selector.ids = ids
        }
        selector.pattern = try call["idPattern"].map { try NGSIPattern($0) }
        selector.types = try call["type"].map { try NGSITypeSelection($0, context) }
        if selector != NGSIEntitySelection.Selector() { selection.selectors = [selector] }
        selection.attributes = output.writer.attributes ?? []
        let words = Set((call["expandValues"] ?? "").split(separator: ",").map { context.expand(String($0)) })
        selection.query = try call["q"].map { try NGSIQuery($0, context, expanding: words) }
        selection.scope = try call["scopeQ"].map { try NGSIScope($0) }
        _ = try call["csf"].map { try NGSIQuery($0, context) }
        selection.datasets = output.writer.datasets
        selection.place = try NGSIGeoQuery(
            georel: call["georel"], geometry: call["geometry"], coordinates: call["coordinates"], property: call["geoproperty"], context)
        guard try isFree || call.flag("local") || isNarrow(call) else {
            throw NGSIError(.badRequestData, "a query says at least one of type, attrs, q, a place, a scope, or local=true")
        }
    }

    /// Whether a query says enough for not everything to be looked at (clause 5.7.2).
    private func isNarrow(_ call: NGSICall) -> Bool {
        call["type"] != nil && call["type"] != "*" || call["attrs"] != nil || call["q"] != nil || selection.place != nil
            || selection.scope != nil
    }

    init(_ json: JSON, _ call: NGSICall, _ context: LDContext) throws {
        guard json["type"]?.text == "Query" else { throw NGSIError(.badRequestData, "the type of a query must be \"Query\"") }
        output = try NGSIOutput(json, call, context)
        if let entities = json["entities"] {
            guard let elements = entities.elements, !elements.isEmpty else {
                throw NGSIError(.badRequestData, "'entities' must be an array that isn't empty")
            }
            selection.selectors = try elements.map { try NGSIEntitySelection.Selector($0, context) }
        }
        selection.attributes = output.writer.attributes ?? []
        let words = Set(((json["expandValues"]?.texts ?? []).flatMap { $0.split(separator: ",") }).map { context.expand(String($0)) })
        if let q = json["q"] {
            guard let text = q.text else { throw NGSIError(.badRequestData, "'q' must be a string") }
            selection.query = try NGSIQuery(text, context, expanding: words)
        }
        if let scope = json["scopeQ"]?.text { selection.scope = try NGSIScope(scope) }
        if let place = json["geoQ"] { selection.place = try NGSIGeoQuery(place, context) }
        selection.datasets = output.writer.datasets
        let isLocal = try call.flag("local")
        guard isLocal || !selection.selectors.isEmpty || !selection.attributes.isEmpty || selection.query != nil || selection.place != nil
        else {
            throw NGSIError(.badRequestData, "a query says at least one of entities, attrs, q and geoQ")
        }
    }
}
