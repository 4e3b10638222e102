import LaresJSON
import LaresStandards

/// Changes that go on to registered context sources: what a source alone has isn't kept here.
extension NGSIAPI {
    /// What became of a change at sources.
    private struct Outcome {
        var succeeded: [String] = []
        var failed: [(source: String, error: NGSIError)] = []
    }

    /// Carries a change of one entity out at the sources that are registered for it, and does the rest of it here.
    ///
    /// - Parameter here: Does a request here.
    func sending(_ call: NGSICall, _ here: (NGSICall) async throws -> NGSIResponse) async throws -> NGSIResponse {
        guard let operation = Self.operation(call), asker != nil else { return try await here(call) }
        var body: NGSICall.Body?
        if call.request.method != "DELETE" {
            // What can't be read is told by who reads it here.
            body = try? await call.body(isPatch: true)
            if body == nil { return try await here(call) }
        }
        let named = call.parts.count > 1 ? call.parts[1] : body?.json["id"]?.text
        guard let id = named, id.isURI, view?.has(id) != true else { return try await here(call) }
        let context: LDContext
        if let body { context = body.context } else { context = try await call.context() }
        var selection = NGSIEntitySelection(), selector = NGSIEntitySelection.Selector()
        selector.ids = [id]
        // The body of one attribute has the attribute's type, not the entity's.
        if call.parts.count < 4 {
            selector.types = try body?.json["type"]?.texts.map { try NGSITypeSelection($0.joined(separator: ","), context) }
        }
        // Of an entity that is kept here it is known which sources are meant.
        if selector.types == nil, let known = try? broker.entity(id, tenant: call.tenant) {
            selector.types = try NGSITypeSelection(known.types.joined(separator: ","), .core)
        }
        selection.selectors = [selector]
        if call.parts.count > 3 { selection.attributes = [context.expand(call.parts[3])] }
        let sources = try sources(call, selection, operation).filter { $0.mode != .auxiliary }
        guard !sources.isEmpty else { return try await here(call) }
        return try await send(call, body, context, id, sources, here)
    }

    private func send(
        _ call: NGSICall, _ body: NGSICall.Body?, _ context: LDContext, _ id: String, _ sources: [NGSISource],
        _ here: (NGSICall) async throws -> NGSIResponse
    ) async throws -> NGSIResponse {
        var outcome = Outcome()
        var rest = body?.json.members
        var isWhole = false
        for source in sources {
            let share = body.map { Self.share($0.json.members ?? [:], source, context, isAttribute: call.parts.count > 3) }
            if let share, share.count == 0 { continue }
            do {
                try await send(call, source, share, body?.source)
                outcome.succeeded.append(source.id)
            } catch { outcome.failed.append((source.id, error as? NGSIError ?? NGSIError(.internalError, "\(error)"))) }
            guard source.mode.isSole else { continue }
            isWhole = isWhole || source.attributes.isEmpty || call.parts.count > 3
            rest = rest?.without(Set((share ?? [:]).filter { !Self.common.contains($0.key) }.map(\.key)))
        }
        let isLeft = !isWhole && (rest.map { left in left.contains { !Self.common.contains($0.key) } } ?? true)
        let own = isLeft ? try await carriedOut(call, rest, here, &outcome) : nil
        return answer(call, id, own, outcome)
    }

    /// Members that belong to every share of an entity.
    private static let common: Set<String> = ["id", "type", "@context", "scope"]

    /// Of a body, what a source is registered for.
    private static func share(_ members: JSON.Members, _ source: NGSISource, _ context: LDContext, isAttribute: Bool) -> JSON.Members {
        guard !source.attributes.isEmpty, !isAttribute else { return members }
        var share = JSON.Members()
        for (name, value) in members where common.contains(name) || source.attributes.contains(context.expand(name)) {
            share.append(name, value)
        }
        return share.contains { !common.contains($0.key) } ? share : [:]
    }

    private func send(_ call: NGSICall, _ source: NGSISource, _ share: JSON.Members?, _ context: JSON?) async throws {
        var members = share
        if members != nil { members?["@context"] = context ?? .string(LDContext.coreAddress) }
        let path = call.parts.map(\.percentEncoded).joined(separator: "/") + (call.request.query.isEmpty ? "" : "?" + call.request.query)
        let (status, body) = try await ask(source, call.request.method, path, call, members.map { .object($0) })
        guard (200..<300).contains(status) else {
            let problem = try? JSON(parsing: body, maximumDepth: 32)
            let detail = problem?["detail"]?.text ?? problem?["title"]?.text ?? "it answers \(status)"
            let code: NGSIError.Code =
                switch status {
                case 404: .resourceNotFound
                case 409: .alreadyExists
                case 400..<500: .badRequestData
                default: .internalError
                }
            throw NGSIError(code, "the source '\(source.id)': \(detail.prefix(500))")
        }
    }

    /// What is left is done here; a fault of it is one of several outcomes.
    private func carriedOut(
        _ call: NGSICall, _ rest: JSON.Members?, _ here: (NGSICall) async throws -> NGSIResponse, _ outcome: inout Outcome
    ) async throws -> NGSIResponse? {
        var request = call.request
        if let rest, !request.body.isEmpty {
            request.body = JSON.object(rest).data
            request.headers.removeAll { $0.name == "content-length" }
            request.headers.append(("content-length", "\(request.body.count)"))
        }
        do {
            let response = try await here(try NGSICall(request, broker))
            outcome.succeeded.append(broker.alias)
            return response
        } catch let error as NGSIError {
            // A source has the entity, and nothing of it is kept here: that is no fault.
            if error.code == .resourceNotFound, !outcome.succeeded.isEmpty { return nil }
            outcome.failed.append((broker.alias, error))
            return nil
        }
    }

    private func answer(_ call: NGSICall, _ id: String, _ own: NGSIResponse?, _ outcome: Outcome) -> NGSIResponse {
        // Where some have the entity, others needn't.
        let failed = outcome.succeeded.isEmpty ? outcome.failed : outcome.failed.filter { $0.error.code != .resourceNotFound }
        if failed.isEmpty {
            if let own { return own }
            return call.request.method == "POST" && call.parts.count == 1 ? .created("/ngsi-ld/v1/entities/\(id)") : .noContent
        }
        guard !outcome.succeeded.isEmpty else { return .problem(failed[0].error) }
        return .json(
            [
                "success": .array([.string(id)]),
                "errors": .array(
                    failed.map {
                        ["entityId": .string(id), "registrationId": .string($0.source), "error": NGSIResponse.problemJSON($0.error)]
                    }),
            ], 207)
    }

    /// What a change of one entity is called in registrations (clause 4.20); nil for anything else.
    private static func operation(_ call: NGSICall) -> String? {
        guard call.parts.first == "entities" else { return nil }
        return switch (call.request.method, call.parts.count) {
        case ("POST", 1): "createEntity"
        case ("PUT", 2): "replaceEntity"
        case ("PATCH", 2): "mergeEntity"
        case ("DELETE", 2): "deleteEntity"
        case ("POST", 3): "appendAttrs"
        case ("PATCH", 3): "updateEntity"
        case ("PATCH", 4): "updateAttrs"
        case ("PUT", 4): "replaceAttrs"
        case ("DELETE", 4): "deleteAttrs"
        default: nil
        }
    }
}
