import LaresJSON
import LaresStandards

/// `/entityOperations` (clauses 6.14 to 6.17, 6.31 and 6.23).
extension NGSIAPI {
    func batches(_ call: NGSICall) async throws -> NGSIResponse {
        guard call.parts.count == 2 else { throw NGSIError.nothing(at: call) }
        guard call.request.method == "POST" else { throw NGSIError.method(call) }
        switch call.parts[1] {
        case "query": return try await queryByBody(call)
        case "delete": return try delete(call)
        case "create":
            try call.allow("")
            return try await batch(call, .create, .whole)
        case "upsert":
            try call.allow("")
            let words = try call.options(["replace", "update", "keyValues", "simplified", "concise", "normalized"])
            return try await batch(call, .upsert(updates: words.contains("update")), .whole)
        case "update":
            try call.allow("")
            let words = try call.options(["noOverwrite", "replace", "update", "keyValues", "simplified", "concise", "normalized"])
            return try await batch(call, .update(overwrites: !words.contains("noOverwrite")), .change)
        case "merge":
            try call.allow("")
            return try await batch(call, .merge, .change)
        default: throw NGSIError.nothing(at: call)
        }
    }

    /// How many entities a batch may have.
    private static let most = 10_000

    private func batch(_ call: NGSICall, _ kind: NGSIBroker.BatchKind, _ purpose: NGSIReader.Purpose) async throws -> NGSIResponse {
        guard let elements = try call.json().elements, !elements.isEmpty else {
            throw NGSIError(.badRequestData, "a batch is an array that isn't empty")
        }
        guard elements.count <= Self.most else {
            throw NGSIError(.badRequestData, "a batch may have \(Self.most) entities, not \(elements.count)")
        }
        try checkWhole(elements, call)
        let words = try call.options(["noOverwrite", "replace", "update", "keyValues", "simplified", "concise", "normalized"])
        let isSimplified = words.contains("keyValues") || words.contains("simplified")
        var (entities, errors) = ([NGSIEntity](), [(id: String, error: NGSIError)]())
        for element in elements {
            do {
                let body = try await call.body(element)
                entities.append(try NGSIReader(body.context, purpose, isSimplified: isSimplified).entity(element))
            } catch let error as NGSIError { errors.append((element["id"]?.text ?? "urn:ngsi-ld:unknown", error)) }
        }
        let result = try broker.batch(entities, kind, tenant: call.tenant)
        errors += result.errors
        let made = result.created.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        guard errors.isEmpty else { return failed(made + result.updated.filter { !made.contains($0) }, errors) }
        return made.isEmpty ? .noContent : .json(.array(made.map { .string($0) }), 201)
    }

    /// What is wrong with a batch as a whole: elements that are no objects, and a context in a header beside those inside.
    private func checkWhole(_ elements: [JSON], _ call: NGSICall) throws {
        guard elements.allSatisfy({ if case .object = $0 { true } else { false } }) else {
            throw NGSIError(.badRequestData, "a batch is an array of entities: one of its elements is no object")
        }
        if call.isLinked, call.linked != nil {
            throw NGSIError(
                .badRequestData, "a body of the content type application/ld+json has its @context inside, not in the Link header")
        }
    }

    private func delete(_ call: NGSICall) throws -> NGSIResponse {
        try call.allow("")
        guard let elements = try call.json().elements, !elements.isEmpty else {
            throw NGSIError(.badRequestData, "a batch is an array that isn't empty")
        }
        guard elements.count <= Self.most else {
            throw NGSIError(.badRequestData, "a batch may have \(Self.most) ids, not \(elements.count)")
        }
        let ids = try elements.map { element in
            guard let id = element.text, id.isURI else { throw NGSIError(.badRequestData, "a batch of ids is an array of URIs") }
            return id
        }
        let result = try broker.batchDelete(ids, tenant: call.tenant)
        return result.errors.isEmpty ? .noContent : failed(result.updated, result.errors)
    }

    private func failed(_ success: [String], _ errors: [(id: String, error: NGSIError)]) -> NGSIResponse {
        .json(
            [
                "success": .array(success.map { .string($0) }),
                "errors": .array(errors.map { ["entityId": .string($0.id), "error": NGSIResponse.problemJSON($0.error)] }),
            ], 207)
    }
}
