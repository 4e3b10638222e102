import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// The pages of rules: what there is, one rule with what it did and why, and making one.
struct RulePages: Sendable {
    let console: Console
    let automations: Automations
    let services: HomeServices

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/rules", use: list)
        router.get("/rules/:rule", use: rule)
        router.post("/rules/:rule", use: change)
        router.get("/new-rule", use: new)
        router.post("/new-rule", use: make)
    }

    func text(_ viewer: Viewer) -> RuleText { RuleText(home: services.home, said: ThingWords(amount: console.amount(viewer))) }

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let (text, words) = (text(viewer), console.words(viewer))
            let sight = try sight(viewer.caller), rules = await automations.rules.filter { sight.shows($0) }
            var rows: [[String: Any]] = []
            for rule in rules { rows.append(await row(rule, text, viewer)) }
            return try console.html(
                .rules, title: words("rules.title"),
                [
                    "sentence": sentence(rules.count, on: rules.count { $0.isEnabled }, words),
                    "rules": rows, "any": !rules.isEmpty, "mayAct": viewer.caller.mayMakeRules, "notices": try await notices(viewer),
                ], viewer: viewer)
        }
    }

    private func sentence(_ count: Int, on: Int, _ words: Words) -> String {
        switch count {
        case 0: words("rules.none")
        case 1: words(on == 1 ? "rules.one.on" : "rules.one.off")
        default: words("rules.sentence", ["n": "\(count)", "on": "\(on)"])
        }
    }

    private func row(_ rule: Rule, _ text: RuleText, _ viewer: Viewer) async -> [String: Any] {
        let last = await automations.traces(of: rule.id).last
        return [
            "name": rule.name.printable, "href": "/rules/\(rule.id)", "about": text.sentence(rule),
            "checked": rule.isEnabled ? "true" : "false",
            "next": rule.isEnabled ? "off" : "on", "last": last.map { self.last($0, text, viewer) } ?? false,
        ]
    }

    private func last(_ trace: RuleTrace, _ text: RuleText, _ viewer: Viewer) -> String {
        let catalogue: RuleCatalogue = viewer.language == .chinese ? .chinese : .english
        return console.words(viewer)(
            "rules.last",
            ["when": Amount(console.words(viewer)).ago(trace.date, now: .now), "what": trace.sentence.text(catalogue, text).printable])
    }

    /// Which rules somebody sees.
    func sight(_ caller: Caller) throws -> RuleSight {
        try RuleSight(HomeSight(home: services.home, guardian: console.guardian, caller: caller, path: .console))
    }

    private func notices(_ viewer: Viewer) async throws -> [[String: Any]] {
        let amount = console.amount(viewer), sight = try sight(viewer.caller)
        let rules = Dictionary(await automations.rules.map { ($0.id.description, $0) }, uniquingKeysWith: { $1 })
        return try automations.notices().filter { sight.shows(noticeOf: rules[$0.rule]) }.prefix(10).map { notice in
            ["time": amount.ago(notice.date, now: .now), "iso": notice.date.formatted(.iso8601), "text": notice.text.printable]
        }
    }

    @Sendable private func rule(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            guard let rule = try await found(context) else { return try console.missingPage(request, context) }
            return try await show(rule, viewer)
        }
    }

    /// The rule of the address, if the reader sees it.
    func found(_ context: LaresContext) async throws -> Rule? {
        guard let id = RuleID(context.parameter("rule") ?? ""), let rule = await automations.rule(id) else { return nil }
        return try sight(context.caller).shows(rule) ? rule : nil
    }

    /// The page of a rule; `draft` is what was written and could not be saved.
    func show(_ rule: Rule, _ viewer: Viewer, draft: RuleEditing? = nil, trouble: String? = nil, trial: RuleTrial = RuleTrial())
        async throws -> Response
    {
        let traces = await automations.traces(of: rule.id)
        let moments = (try? automations.moments(of: rule)) ?? []
        let amount = console.amount(viewer), text = text(viewer)
        let fields: [String: Any] = [
            "name": rule.name.printable, "href": "/rules/\(rule.id)", "about": text.sentence(rule),
            "checked": rule.isEnabled ? "true" : "false", "next": rule.isEnabled ? "off" : "on", "mayAct": viewer.caller.mayMakeRules,
            "paused": paused(rule, viewer), "trusted": await automations.isTrusted(rule.id),
            "trouble": trouble ?? false,
            "traces": traces.reversed().prefix(50).map { self.trace($0, text, viewer) }, "anyTraces": !traces.isEmpty,
            "moments": moments.map { amount.moment($0) }, "isTimed": isTimed(rule), "isConditional": rule.isConditional,
            "warnings": warnings((try? draft?.rule(in: services.home)) ?? rule, viewer),
            "editor": viewer.caller.mayMakeRules
                ? try editor(draft ?? .fields(RuleDraft(rule.json, in: services.home)), viewer) : false,
        ]
        return try console.html(
            .rule, title: rule.name.printable, fields.merging(trial.fields) { $1 }, viewer: viewer,
            status: trouble == nil ? .ok : .badRequest)
    }

    private func isTimed(_ rule: Rule) -> Bool { rule.triggers.contains { if case .time = $0.kind { true } else { false } } }

    /// What can't work in a rule as things are.
    func warnings(_ rule: Rule?, _ viewer: Viewer) -> [[String: Any]] {
        (rule.map(automations.warnings) ?? []).map {
            ["place": $0.place, "what": $0.sentence.text(viewer.language == .chinese ? .chinese : .english).printable]
        }
    }

    /// The fields of the template `rule-editor`.
    func editor(_ editing: RuleEditing, _ viewer: Viewer) throws -> [String: Any] { try ruleEditor(viewer).fields(editing) }

    /// It offers what the reader sees: things, and scenes all of whose things they see.
    func ruleEditor(_ viewer: Viewer) throws -> RuleEditor {
        let sight = HomeSight(home: services.home, guardian: console.guardian, caller: viewer.caller, path: .console)
        let seesAll = try sight.seesAll(), scenes = ((try? automations.scenes?.all()) ?? []).filter { seesAll(Array($0.states.keys)) }
        return RuleEditor(seen: try sight.things(), said: ThingWords(amount: console.amount(viewer)), scenes: scenes)
    }

    private func paused(_ rule: Rule, _ viewer: Viewer) -> Any {
        guard let end = rule.pausedUntil.map({ Date(timeIntervalSince1970: Double($0)) }), end > .now else { return false }
        return console.words(viewer)("rule.paused", ["time": console.amount(viewer).moment(end)])
    }

    private func trace(_ trace: RuleTrace, _ text: RuleText, _ viewer: Viewer) -> [String: Any] {
        let catalogue: RuleCatalogue = viewer.language == .chinese ? .chinese : .english
        let amount = console.amount(viewer), isOld = Date.now.timeIntervalSince(trace.date) > 72_000
        return [
            "time": isOld ? amount.moment(trace.date) : amount.time(trace.date), "iso": trace.date.formatted(.iso8601),
            "acted": trace.outcome == .acted || trace.outcome == .running,
            "what": trace.sentence.text(catalogue, text).printable, "why": trace.occasion.sentence.text(catalogue, text).printable,
            "steps": trace.steps.map { $0.what.text(catalogue, text).printable },
        ]
    }
}
