import LaresJSON
import LaresStandards

/// `/subscriptions` and `/csourceSubscriptions` (clauses 6.10 to 6.13).
extension NGSIAPI {
    func subscriptions(_ call: NGSICall, _ kind: NGSIBroker.SubscriptionKind) async throws -> NGSIResponse {
        switch (call.request.method, call.parts.count) {
        case ("POST", 1):
            try call.allow("")
            let body = try await call.body()
            let id = try broker.subscribe(try await kept(body, call), kind, tenant: call.tenant)
            return .created("/ngsi-ld/v1/\(call.parts[0])/\(id)")
        case ("GET", 1): return try await list(call, kind)
        case ("GET", 2):
            try call.allow("sysAttrs")
            let id = try call.uri(1, "subscription"), type = try call.accepted(), context = try await call.context()
            let found = try broker.subscription(id, kind, tenant: call.tenant)
            return try call.answer(try await shown(found, kind, call, context), context, type)
        case ("PATCH", 2):
            try call.allow("")
            let id = try call.uri(1, "subscription"), body = try await call.body(isPatch: true)
            try broker.update(subscription: id, try await kept(body, call, isChange: true), kind, tenant: call.tenant)
            return .noContent
        case ("DELETE", 2):
            try call.allow("")
            try broker.unsubscribe(try call.uri(1, "subscription"), kind, tenant: call.tenant)
            return .noContent
        case (_, 3...): throw NGSIError.nothing(at: call)
        default: throw NGSIError.method(call)
        }
    }

    /// A subscription with its context inside, and the context of its notifications looked up.
    private func kept(_ body: NGSICall.Body, _ call: NGSICall, isChange: Bool = false) async throws -> JSON {
        guard case .object(var members) = body.json else { throw NGSIError(.badRequestData, "a subscription must be an object") }
        if let source = body.source, members["@context"] == nil { members["@context"] = source }
        // A change names things by their IRIs: the subscription keeps its own context.
        if isChange, case .object(let renamed) = NGSINames.renamed(.object(members.without(["@context"])), body.context.expand) {
            members = renamed
        }
        if let notified = members["jsonldContext"] {
            guard notified.text?.isURI == true else { throw NGSIError(.badRequestData, "jsonldContext must be the URI of an @context") }
            _ = try await broker.contexts.resolve(notified, tenant: call.tenant)
        } else if let elements = members["@context"]?.elements, elements.count > 1 {
            _ = try broker.contexts.implicit(.array(elements), tenant: call.tenant)
        }
        return .object(members)
    }

    private func list(_ call: NGSICall, _ kind: NGSIBroker.SubscriptionKind) async throws -> NGSIResponse {
        try call.allow("limit offset count sysAttrs")
        let type = try call.accepted(), context = try await call.context(), counts = try call.flag("count")
        let limit = try call.number("limit", 0...broker.mostInPage) ?? broker.page
        let offset = try call.number("offset", 0...1_000_000_000) ?? 0
        guard limit > 0 || counts else { throw NGSIError(.badRequestData, "limit=0 goes with count=true") }
        let (page, count) = try broker.subscriptions(kind, limit: limit, offset: offset, tenant: call.tenant)
        var objects: [JSON.Members] = []
        for subscription in page { objects.append(try await shown(subscription, kind, call, context)) }
        return call.page(try call.answer(objects, context, type), limit: limit, offset: offset, count: count, counts: counts)
    }

    /// A subscription with its names compacted, and how it stands.
    private func shown(
        _ subscription: NGSIBroker.Subscription, _ kind: NGSIBroker.SubscriptionKind, _ call: NGSICall, _ context: LDContext
    ) async throws -> JSON.Members {
        let own = try await broker.contexts.resolve(subscription.document["@context"], tenant: call.tenant)
        guard case .object(let kept) = subscription.document else { return [:] }
        var members = JSON.Members()
        for (name, value) in kept where name != "@context" {
            members.append(name, NGSINames.renamed(name, value) { context.compact(own.expand($0)) })
        }
        let state = subscription.state
        if case .object(var notification)? = members["notification"] {
            if notification["format"] == nil, kind == .entities { notification.append("format", "normalized") }
            for name in ["status", "timesSent", "timesFailed"] { notification[name] = state[name] }
            for name in ["lastNotification", "lastSuccess", "lastFailure"] {
                notification[name] = state[name]?.whole.map { .string(NGSITime.text($0)) }
            }
            members["notification"] = .object(notification)
        }
        if members["notificationTrigger"] == nil, kind == .entities {
            members["notificationTrigger"] = ["attributeCreated", "attributeUpdated"]
        }
        members["status"] = .string(status(kept))
        if members["jsonldContext"] == nil, kind == .entities, let source = kept["@context"] {
            let only = source.text ?? source.elements.flatMap { $0.count == 1 ? $0[0].text : nil }
            members["jsonldContext"] = .string(
                try only ?? call.host + NGSIContexts.path + broker.contexts.implicit(source, tenant: call.tenant))
        }
        if try call.flag("sysAttrs") || call.options(["sysAttrs"]).contains("sysAttrs") {
            for name in ["createdAt", "modifiedAt"] { members[name] = state[name]?.whole.map { .string(NGSITime.text($0)) } }
        }
        return members
    }

    private func status(_ kept: JSON.Members) -> String {
        if let expiry = kept["expiresAt"]?.text.flatMap({ NGSITime.micros($0) }), expiry <= broker.now { return "expired" }
        return kept["isActive"] == false ? "paused" : "active"
    }
}
