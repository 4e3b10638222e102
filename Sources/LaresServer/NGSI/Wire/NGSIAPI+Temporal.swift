import LaresJSON
import LaresStandards

/// `/temporal` (clauses 6.18 to 6.22 and 6.24).
extension NGSIAPI {
    private static let times = " timerel timeAt endTimeAt timeproperty lastN aggrMethods aggrPeriodDuration"
    private static let words: Set<String> = [
        "temporalValues", "aggregatedValues", "sysAttrs", "concise", "normalized", "simplified", "keyValues", "audit", "count",
    ]

    func temporal(_ call: NGSICall) async throws -> NGSIResponse {
        if call.parts.count == 3, call.parts[1] == "entityOperations", call.parts[2] == "query" {
            guard call.request.method == "POST" else { throw NGSIError.method(call) }
            return try await queryTemporalByBody(call)
        }
        guard call.parts.count >= 2, call.parts[1] == "entities" else { throw NGSIError.nothing(at: call) }
        switch (call.request.method, call.parts.count) {
        case ("POST", 2): return try await upsertTemporal(call)
        case ("GET", 2): return try await queryTemporal(call)
        case ("GET", 3): return try await retrieveTemporal(call)
        case ("DELETE", 3):
            try call.allow("type")
            try broker.deleteTemporal(try call.uri(2, "entity"), tenant: call.tenant)
            return .noContent
        case (_, 4...6) where call.parts[3] != "attrs": throw NGSIError.nothing(at: call)
        case ("POST", 4): return try await addTemporal(call)
        case ("DELETE", 5): return try await deleteTemporal(call)
        case ("PATCH", 6): return try await changeTemporal(call)
        case ("DELETE", 6):
            let id = try call.uri(2, "entity"), instance = try call.uri(5, "instance")
            try broker.deleteTemporal(id, try await name(call), instance: instance, tenant: call.tenant)
            return .noContent
        case (_, 7...): throw NGSIError.nothing(at: call)
        default: throw NGSIError.method(call)
        }
    }

    private func name(_ call: NGSICall) async throws -> String {
        try Self.checkName(call)
        return try await call.context().expand(call.parts[4])
    }

    private static func checkName(_ call: NGSICall) throws {
        guard call.parts[4].isNGSIName else {
            throw NGSIError(.badRequestData, "'\(call.parts[4].prefix(100))' is no name of an attribute")
        }
    }

    private func upsertTemporal(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("")
        let json = try call.json()
        if case .object(let members) = json, members.count == 0 { throw NGSIError(.invalidRequest, "the body is empty") }
        let body = try await call.body(json)
        let entity = try NGSIReader(body.context, .temporal).entity(body.json)
        let isNew = try broker.upsertTemporal(entity, tenant: call.tenant)
        return isNew ? .created("/ngsi-ld/v1/temporal/entities/\(entity.id)") : .noContent
    }

    private func addTemporal(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("")
        let id = try call.uri(2, "entity"), json = try call.json()
        if case .object(let members) = json, members.count == 0 { throw NGSIError(.badRequestData, "the body is empty") }
        let body = try await call.body(json)
        try broker.addTemporal(try NGSIReader(body.context, .temporal).fragment(body.json, id: id), tenant: call.tenant)
        return .noContent
    }

    private func deleteTemporal(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("datasetId deleteAll")
        let id = try call.uri(2, "entity"), name = try await name(call)
        try broker.deleteTemporal(id, name, datasetId: call["datasetId"], all: try call.flag("deleteAll"), tenant: call.tenant)
        return .noContent
    }

    private func changeTemporal(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("")
        let id = try call.uri(2, "entity"), instance = try call.uri(5, "instance")
        try Self.checkName(call)
        let json = try call.json(isPatch: true)
        if case .object(let members) = json, members.count == 0 { throw NGSIError(.badRequestData, "the body is empty") }
        let body = try await call.body(json)
        // The fragment is the attribute itself, or one that has it.
        let inner = body.json[call.parts[4]].map { $0.elements?.first ?? $0 } ?? body.json.withoutContext
        let fragment = try NGSIReader(body.context, .change).attribute(call.parts[4], inner)
        try broker.changeTemporal(id, body.context.expand(call.parts[4]), instance: instance, fragment, tenant: call.tenant)
        return .noContent
    }

    private func retrieveTemporal(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow("type attrs pick omit lang datasetId sysAttrs" + Self.times)
        let id = try call.uri(2, "entity"), type = try call.accepted(), context = try await call.context()
        let (query, shape) = try past(call)
        let output = try NGSIOutput(call, context)
        let page = try await broker.temporal(
            id, query, attributes: output.writer.attributes, datasets: output.writer.datasets, tenant: call.tenant)
        let members = output.writer.temporal(page.entities[0], query, shape)
        guard members.count > 0, output.writer.pick == nil || members.count > 0 else {
            throw NGSIError(.resourceNotFound, "nothing of '\(id)' was asked for")
        }
        return ranged(try call.answer(members, context, type), page, query)
    }

    private func queryTemporal(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow(Self.queryParameters + Self.times)
        let type = try call.accepted(), context = try await call.context()
        let (query, shape) = try past(call)
        guard query.relation != nil else { throw NGSIError(.badRequestData, "a query of the past says timerel and timeAt") }
        return try await answer(try NGSISearch(call, context), query, shape, call, context, type)
    }

    private func queryTemporalByBody(_ call: NGSICall) async throws -> NGSIResponse {
        try call.allow(Self.queryParameters + Self.times)
        let type = try call.accepted(), body = try await call.body()
        let search = try NGSISearch(body.json, call, body.context)
        guard let time = body.json["temporalQ"], case .object = time else {
            throw NGSIError(.badRequestData, "a query of the past has a temporalQ")
        }
        func text(_ name: String) throws -> String? {
            guard let value = time[name] else { return nil }
            if let number = value.number, let whole = Int(exactly: number) { return String(whole) }
            guard let text = value.text ?? value.elements?.compactMap(\.text).joined(separator: ",") else {
                throw NGSIError(.badRequestData, "'\(name)' of temporalQ is of the wrong kind")
            }
            return text
        }
        let aggregation = try aggregation(body.json)
        let query = try NGSITemporalQuery(
            relation: try text("timerel"), timeAt: try text("timeAt"), endTimeAt: try text("endTimeAt"), property: try text("timeproperty"),
            lastN: try text("lastN") ?? call["lastN"], methods: try text("aggrMethods") ?? aggregation.methods ?? call["aggrMethods"],
            period: try text("aggrPeriodDuration") ?? aggregation.period ?? call["aggrPeriodDuration"])
        guard query.relation != nil else { throw NGSIError(.badRequestData, "temporalQ says timerel and timeAt") }
        let shape = query.methods.isEmpty ? try shape(call, query) : .aggregated
        return try await answer(search, query, shape, call, body.context, type)
    }

    /// What `aggrParams` of a query say.
    private func aggregation(_ json: JSON) throws -> (methods: String?, period: String?) {
        guard let parameters = json["aggrParams"] else { return (nil, nil) }
        guard let methods = parameters["aggrMethods"]?.texts, !methods.isEmpty else {
            throw NGSIError(.badRequestData, "aggrParams must have aggrMethods")
        }
        guard let period = parameters["aggrPeriodDuration"] else { return (methods.joined(separator: ","), nil) }
        guard let text = period.text else { throw NGSIError(.badRequestData, "aggrPeriodDuration must be a string") }
        return (methods.joined(separator: ","), text)
    }

    private func answer(
        _ search: NGSISearch, _ query: NGSITemporalQuery, _ shape: NGSIWriter.TemporalForm, _ call: NGSICall, _ context: LDContext,
        _ type: NGSICall.ContentType
    ) async throws -> NGSIResponse {
        let counts = try call.flag("count")
        let limit = try call.number("limit", 0...broker.mostInPage) ?? broker.page
        let offset = try call.number("offset", 0...1_000_000_000) ?? 0
        guard limit > 0 || counts else { throw NGSIError(.badRequestData, "limit=0 goes with count=true") }
        let page = try await broker.temporal(
            search.selection, query, attributes: search.output.writer.attributes, limit: limit, offset: offset, counts: counts,
            tenant: call.tenant)
        let objects = page.entities.map { search.output.writer.temporal($0, query, shape) }.filter { $0.count > 0 }
        let response = ranged(try call.answer(objects, context, type), page, query)
        return call.page(response, limit: limit, offset: offset, count: page.count, counts: counts)
    }

    private func past(_ call: NGSICall) throws -> (NGSITemporalQuery, NGSIWriter.TemporalForm) {
        let query = try NGSITemporalQuery(
            relation: call["timerel"], timeAt: call["timeAt"], endTimeAt: call["endTimeAt"], property: call["timeproperty"],
            lastN: call["lastN"],
            methods: call["aggrMethods"], period: call["aggrPeriodDuration"])
        return (query, try shape(call, query))
    }

    private func shape(_ call: NGSICall, _ query: NGSITemporalQuery) throws -> NGSIWriter.TemporalForm {
        let words = try call.options(Self.words)
        // What `format` says counts more than what `options` say.
        if call["format"] == "temporalValues" { return .values }
        if words.contains("aggregatedValues") {
            guard !query.methods.isEmpty else { throw NGSIError(.badRequestData, "aggregatedValues goes with aggrMethods") }
            return .aggregated
        }
        return words.contains("temporalValues") || words.contains("simplified") ? .values : .normalised
    }

    /// Says which part of the past a page covers, when it isn't all (clause 6.3.10).
    private func ranged(_ response: NGSIResponse, _ page: NGSIBroker.TemporalPage, _ query: NGSITemporalQuery) -> NGSIResponse {
        guard let range = page.range else { return response }
        var response = response
        response.status = 206
        let size = query.lastN.map { String($0) } ?? "*"
        response.headers.append(("Content-Range", "date-time \(NGSITime.short(range.first))-\(NGSITime.short(range.last))/\(size)"))
        return response
    }
}
