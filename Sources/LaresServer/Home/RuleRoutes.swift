import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings
import Logging
import NIOCore

/// `/lares/v1/rules`, `/lares/v1/blueprints`, `/lares/v1/replays`, `/lares/v1/hooks` and `/lares/v1/notices`: what the home does by itself.
struct RuleRoutes {
    let automations: Automations?
    let services: HomeServices?
    let guardian: HomeGuard?
    let audit: AuditLog?
    let limits: BodyLimits

    var routes: [APIRoute] {
        let rules = "/lares/v1/rules", one = rules + "/{rule}"
        return [
            APIRoute(method: .get, path: rules, handler: list),
            APIRoute(method: .post, path: rules, handler: save),
            APIRoute(method: .get, path: one, handler: show),
            APIRoute(method: .patch, path: one, handler: enable),
            APIRoute(method: .delete, path: one, handler: remove),
            APIRoute(method: .post, path: one + "/start", handler: start),
            APIRoute(method: .get, path: one + "/traces", handler: traces),
            APIRoute(method: .post, path: "/lares/v1/replays", handler: replay),
            APIRoute(method: .get, path: "/lares/v1/blueprints", handler: blueprints),
            APIRoute(method: .post, path: "/lares/v1/blueprints/{blueprint}", handler: fill),
            APIRoute(method: .post, path: "/lares/v1/hooks/{hook}", handler: hook),
            APIRoute(method: .get, path: "/lares/v1/notices", handler: notices),
        ]
    }

    func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        let automations = try require()
        var rules: [JSON] = []
        let sight = try sight(context)
        for rule in await automations.rules where sight.shows(rule) { rules.append(await json(rule, automations, context)) }
        return .json(["rules": .array(rules)])
    }

    func show(_ request: Request, _ context: LaresContext) async throws -> Response {
        let automations = try require(), rule = try await found(context, automations)
        if request.headers[.accept]?.contains("application/yaml") == true {
            return Response(
                status: .ok, headers: [.contentType: "application/yaml; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(string: rule.yaml)))
        }
        return .json(await json(rule, automations, context))
    }

    /// Puts a rule in place: the rule as it is written, or `{"rule": {…}, "trusted": true, "try": true}`. With `try` it is only checked.
    func save(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireRuleMaker()
        let automations = try require()
        let body = try await request.yamlOrJSON(within: limits).json
        let isWrapped = body["rule"] != nil
        let fields = isWrapped ? try Fields(body) : nil
        try fields?.allow(only: ["rule", "trusted", "try"])
        let (isTrial, isTrusted) = (try fields?.bool("try") ?? false, try fields?.bool("trusted") ?? false)
        return try await telling {
            let rule = try Rule(isWrapped ? body["rule"] ?? .null : body)
            try await check(rule, automations, context)
            guard !isTrial else { return .json(try await trial(of: rule, automations, context)) }
            // A rule that is trusted does what is dangerous for whoever made it.
            if isTrusted { try context.requireAdministrator() }
            try await automations.set(rule, isTrusted: isTrusted)
            note(.ruleSet, rule.id, context)
            return .json(await json(rule, automations, context))
        }
    }

    /// What saving a rule would say, and its next moments.
    private func trial(of rule: Rule, _ automations: Automations, _ context: LaresContext) async throws -> JSON {
        try await automations.check(rule)
        let moments = try automations.moments(of: rule)
        return [
            "rule": rule.json, "next": .array(moments.map { .double($0.timeIntervalSince1970) }), "conditional": .bool(rule.isConditional),
            "warnings": .array(automations.warnings(of: rule).map { $0.json(context.language) }),
        ]
    }

    /// Switches a rule on or off, `{"enabled": false}`, or has nothing trigger it for a while, `{"pause_seconds": 86400}`; 0 ends that.
    func enable(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireRuleMaker()
        let automations = try require()
        let id = try await found(context, automations).id
        let fields = try Fields(try await request.json(within: limits).json)
        try fields.allow(only: ["enabled", "pause_seconds"])
        let (isEnabled, pause) = (try fields.bool("enabled"), try fields.int("pause_seconds", in: 0...31_536_000))
        guard isEnabled != nil || pause != nil else { throw APIError.invalid("'enabled' is missing", param: "enabled") }
        return try await telling {
            var changed: Rule?
            if let pause { changed = try await automations.pause(id, until: pause == 0 ? nil : Int(Date().timeIntervalSince1970) + pause) }
            if let isEnabled { changed = try await automations.enable(id, isEnabled) }
            guard let rule = changed else {
                throw APIError(.notFound, type: "invalid_request_error", code: "unknown", "there is no rule '\(id)'")
            }
            note(.ruleSet, id, context)
            return .json(await json(rule, automations, context))
        }
    }

    func remove(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireRuleMaker()
        let automations = try require()
        let rule = try await found(context, automations)
        try await automations.remove(rule.id)
        note(.ruleRemoved, rule.id, context)
        return .json(rule.json)
    }

    /// Runs a rule's actions now, whatever its conditions say. A trusted one does what is dangerous, so only an owner starts it.
    func start(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireRuleMaker()
        let automations = try require()
        let rule = try await found(context, automations)
        if await automations.isTrusted(rule.id) { try context.requireAdministrator() }
        await automations.start(rule.id)
        return .json(await json(rule, automations, context))
    }

    /// Why it acted or didn't, newest first.
    func traces(_ request: Request, _ context: LaresContext) async throws -> Response {
        let automations = try require()
        let rule = try await found(context, automations)
        let traces = await automations.traces(of: rule.id)
        return .json(["traces": .array(traces.reversed().map { $0.json(context.language) })])
    }

    /// What a rule would have done: `{"rule": {…}}` or `{"id": "…"}`, with `from` and `to` in seconds since 1970; the last week unless said otherwise.
    func replay(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireRuleMaker()
        guard let services else { throw APIError.noHome }
        let automations = try require()
        let body = try await request.json(within: limits).json
        let end = body["to"]?.number ?? Date().timeIntervalSince1970
        let start = body["from"]?.number ?? end - 7 * 86_400
        guard start >= 0, start < end, end < 7_258_118_400 else { throw APIError.invalid("'from' must lie before 'to'", param: "from") }
        let range = Timestamp(Date(timeIntervalSince1970: start))..<Timestamp(Date(timeIntervalSince1970: end))
        return try await telling {
            let rule: Rule
            if let id = body["id"]?.text.flatMap({ RuleID($0) }), let known = await automations.rule(id) {
                rule = known
            } else {
                rule = try Rule(body["rule"] ?? .null)
            }
            try sight(context).check(rule)
            let result = try await automations.replay(rule, over: range, in: services.telemetry)
            return .json([
                "deeds": .array(result.deeds.map { ["time": .double($0.date.timeIntervalSince1970), "does": $0.effect.kind.json] }),
                "traces": .array(result.traces.map { $0.json(context.language) }), "cut": .bool(result.isCut),
                "until": .double(result.end.timeIntervalSince1970),
                "unreplayable": .array(result.unreplayable.map { $0.json(context.language) }),
            ])
        }
    }

    func blueprints(_ request: Request, _ context: LaresContext) async throws -> Response {
        .json(["blueprints": .array(Blueprint.builtIn.map { $0.json(context.language) })])
    }

    /// Makes a rule of a blueprint: `{"name": "…", "inputs": {…}}`; with `try` it is only shown.
    func fill(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireRuleMaker()
        let automations = try require()
        let name = context.parameter("blueprint") ?? ""
        guard let blueprint = Blueprint.named(name) else {
            throw APIError(.notFound, type: "invalid_request_error", code: "unknown", "there is no blueprint '\(name.prefix(60))'")
        }
        let fields = try Fields(try await request.json(within: limits).json)
        try fields.allow(only: ["name", "inputs", "try"])
        var inputs: [String: JSON] = [:]
        if case .object(let members)? = fields.value("inputs") { for (key, value) in members { inputs[key] = value } }
        let title = try fields.string("name") ?? blueprint.names[context.language.rawValue] ?? blueprint.names["en"] ?? blueprint.id
        let (given, language, isTrial) = (inputs, context.language.rawValue, try fields.bool("try") ?? false)
        return try await telling {
            let rule = try blueprint.rule(named: title, with: given, language: language)
            try await check(rule, automations, context)
            guard !isTrial else {
                try await automations.check(rule)
                return .json(rule.json)
            }
            try await automations.set(rule)
            note(.ruleSet, rule.id, context)
            return .json(await json(rule, automations, context), status: .created)
        }
    }

    /// Something outside calls: rules that look out for it hear it, with the body if it is JSON. Trusted ones do nothing dangerous for who makes no rules.
    func hook(_ request: Request, _ context: LaresContext) async throws -> Response {
        try context.requireResident()
        let automations = try require()
        let body = request.announcesBody ? try await request.json(within: limits).json : nil
        let cause = Cause(.principal, name: context.caller.name)
        await automations.take(.webhook(context.parameter("hook") ?? "", body: body, by: cause, isDoubted: context.caller.isDoubted))
        return .json(["heard": true])
    }

    func notices(_ request: Request, _ context: LaresContext) async throws -> Response {
        let automations = try require(), sight = try sight(context)
        let rules = Dictionary(await automations.rules.map { ($0.id.description, $0) }, uniquingKeysWith: { $1 })
        let notices = try automations.notices().filter { sight.shows(noticeOf: rules[$0.rule]) }
        return .json([
            "notices": .array(
                notices.map {
                    [
                        "time": .double($0.date.timeIntervalSince1970), "title": $0.title.map { .string($0) } ?? .null,
                        "text": .string($0.text),
                        "to": $0.recipient.map { .string($0) } ?? .null, "rule": .string($0.rule),
                    ]
                })
        ])
    }

    private func json(_ rule: Rule, _ automations: Automations, _ context: LaresContext) async -> JSON {
        guard case .object(var members) = rule.json else { return rule.json }
        members["id"] = .string(rule.id.description)
        members["enabled"] = .bool(rule.isEnabled)
        let next = (try? automations.moments(of: rule, count: 1))?.first
        return [
            "rule": .object(members), "trusted": .bool(await automations.isTrusted(rule.id)),
            "next": next.map { .double($0.timeIntervalSince1970) } ?? .null, "conditional": .bool(rule.isConditional),
            "warnings": .array(automations.warnings(of: rule).map { $0.json(context.language) }),
        ]
    }

    private func found(_ context: LaresContext, _ automations: Automations) async throws -> Rule {
        let name = context.parameter("rule") ?? ""
        guard let id = RuleID(name), let rule = await automations.rule(id), try sight(context).shows(rule) else {
            throw APIError(.notFound, type: "invalid_request_error", code: "unknown", "there is no rule '\(name.prefix(60))'")
        }
        return rule
    }

    private func sight(_ context: LaresContext) throws -> RuleSight {
        guard let services else { throw APIError.noHome }
        return try RuleSight(HomeSight(home: services.home, guardian: guardian, caller: context.caller, path: .api))
    }

    /// Whether the caller may have a rule be so; it takes the place of none that they don't see.
    private func check(_ rule: Rule, _ automations: Automations, _ context: LaresContext) async throws {
        let sight = try sight(context)
        try sight.check(rule)
        guard let before = await automations.rule(rule.id), !sight.shows(before) else { return }
        throw APIError(.conflict, type: "invalid_request_error", code: "taken", "the id '\(rule.id)' is taken: choose another")
    }

    private func require() throws -> Automations {
        guard let automations else { throw APIError.noHome }
        return automations
    }

    private func telling(_ body: () async throws -> Response) async throws -> Response {
        do {
            return try await body()
        } catch let error as RuleError {
            throw APIError.invalid(error.message, param: "rule", code: "bad_rule")
        } catch let error as TelemetryError {
            throw APIError(telemetry: error)
        }
    }

    private func note(_ act: AuditAct, _ id: RuleID, _ context: LaresContext) {
        audit.note(act, id.description, by: context.caller, context.logger)
    }
}
