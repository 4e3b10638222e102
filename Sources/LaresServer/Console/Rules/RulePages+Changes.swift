import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings
import Logging

/// What people do on the pages of rules.
extension RulePages {
    /// Form field `act`: on, off, pause with `hours`, unpause, save, start, replay, remove, or a button of the editor.
    @Sendable func change(_ request: Request, _ context: LaresContext) async throws -> Response {
        var request = request
        let form = try await Form(&request)
        return try await console.page(request, context) { viewer in
            try context.requireRuleMaker()
            guard let rule = try await found(context) else { return try console.missingPage(request, context) }
            let id = rule.id
            switch form["act"] {
            case "on", "off":
                _ = try await automations.enable(id, form["act"] == "on")
                note(.ruleSet, id, context)
                return .redirect(to: form["back"] == "/rules" ? "/rules" : "/rules/\(id)")
            case "pause", "unpause":
                let end = Int(Date().timeIntervalSince1970) + 3_600 * min(max(Int(form["hours"]) ?? 24, 1), 8_760)
                _ = try await automations.pause(id, until: form["act"] == "pause" ? end : nil)
                note(.ruleSet, id, context)
                return .redirect(to: "/rules/\(id)")
            case "start":
                if await automations.isTrusted(id) { try context.requireAdministrator() }
                await automations.start(id)
                return .redirect(to: "/rules/\(id)")
            case "remove":
                try await automations.remove(id)
                note(.ruleRemoved, id, context)
                return .redirect(to: "/rules")
            case "replay": return try await replay(rule, RuleEditing(form), viewer)
            case "save": return try await save(rule, RuleEditing(form), isTrusted: form["trusted"] == "yes", viewer, context)
            default: return try await edit(rule, form, viewer)
            }
        }
    }

    private func save(_ rule: Rule, _ editing: RuleEditing, isTrusted: Bool, _ viewer: Viewer, _ context: LaresContext) async throws
        -> Response
    {
        do {
            let changed = try editing.rule(in: services.home)
            guard changed.id == rule.id else {
                throw RuleError(.badRule, "a rule keeps its id '\(rule.id)': make a new rule for another")
            }
            try await keep(changed, isTrusted: isTrusted, context)
            return .redirect(to: "/rules/\(rule.id)")
        } catch let error as RuleError {
            return try await show(rule, viewer, draft: editing, trouble: error.message)
        }
    }

    /// What a rule would have done in the last week, or its next times, saved or not.
    ///
    /// - Throws: ``RuleError``; `TelemetryError`.
    private func tried(_ act: String, _ rule: Rule, _ viewer: Viewer) async throws -> RuleTrial {
        try check(rule, viewer.caller)
        try await automations.check(rule)
        let amount = console.amount(viewer)
        guard act == "replay" else {
            return RuleTrial(moments: try automations.moments(of: rule).map { amount.moment($0) }, isConditional: rule.isConditional)
        }
        let end = Date(), range = Timestamp(end.addingTimeInterval(-7 * 86_400))..<Timestamp(end)
        let result = try await automations.replay(rule, over: range, in: services.telemetry)
        let catalogue: RuleCatalogue = viewer.language == .chinese ? .chinese : .english, text = text(viewer), words = console.words(viewer)
        let deeds = result.deeds.suffix(RuleTrial.mostDeeds).reversed().map { deed -> [String: Any] in
            ["time": amount.moment(deed.date), "iso": deed.date.formatted(.iso8601), "what": text.deed(deed.effect.kind)]
        }
        let gaps = result.unreplayable.map { ["place": $0.place.printable, "what": $0.sentence.text(catalogue, text).printable] }
        let cut = result.isCut ? words("rule.replayCut", ["time": amount.moment(result.end)]) : nil
        return RuleTrial(deeds: Array(deeds), gaps: gaps, cut: cut)
    }

    /// The form as a button of it makes it; the rule itself stays as it is.
    private func edit(_ rule: Rule, _ form: Form, _ viewer: Viewer) async throws -> Response {
        let editing = RuleEditing(form)
        do {
            return try await show(rule, viewer, draft: editing.after(form["act"], form, in: services.home))
        } catch let error as RuleError {
            return try await show(rule, viewer, draft: editing, trouble: error.message)
        }
    }

    /// The last week with the rule as it is written, saved or not.
    private func replay(_ rule: Rule, _ editing: RuleEditing, _ viewer: Viewer) async throws -> Response {
        do {
            return try await show(rule, viewer, draft: editing, trial: tried("replay", editing.rule(in: services.home), viewer))
        } catch let error as RuleError {
            return try await show(rule, viewer, draft: editing, trouble: error.message)
        }
    }

    private func keep(_ rule: Rule, isTrusted: Bool, _ context: LaresContext) async throws {
        if isTrusted { try context.requireAdministrator() }
        try check(rule, context.caller)
        try await automations.set(rule, isTrusted: isTrusted)
        note(.ruleSet, rule.id, context)
    }

    private func check(_ rule: Rule, _ caller: Caller) throws {
        do { try sight(caller).check(rule) } catch let error as APIError { throw RuleError(.badRule, error.message) }
    }

    private func note(_ act: AuditAct, _ id: RuleID, _ context: LaresContext) {
        console.audit.note(act, id.description, by: context.caller, context.logger)
    }
}

/// Making a rule.
extension RulePages {
    /// The blueprints; with `?blueprint=…` the form of one, with `?blank` a rule to write.
    @Sendable func new(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            try context.requireRuleMaker()
            let query = request.queryFields
            return try showNew(query.get("blueprint"), query.get("blank") == nil ? nil : .fields(RuleDraft()), viewer)
        }
    }

    private func showNew(
        _ blueprint: String?, _ editing: RuleEditing?, _ viewer: Viewer, trouble: String? = nil, given: Form? = nil,
        trial: RuleTrial = RuleTrial()
    ) throws -> Response {
        let words = console.words(viewer), chosen = blueprint.flatMap { Blueprint.named($0) }
        let fields: [String: Any] = [
            "blueprints": Blueprint.builtIn.map {
                ["id": $0.id, "label": label($0.names, viewer), "current": $0.id == blueprint] as [String: Any]
            },
            "chosen": try chosen.map { BlueprintForm($0, text(viewer), try ruleEditor(viewer).seen, given).fields } ?? false,
            "isBlank": editing != nil,
            "editor": try editing.map { try editor($0, viewer) } ?? false,
            "trouble": trouble ?? false, "warnings": warnings(try? editing?.rule(in: services.home), viewer),
        ]
        return try console.html(
            .newRule, title: words("rules.new"), fields.merging(trial.fields) { $1 }, viewer: viewer,
            status: trouble == nil ? .ok : .badRequest)
    }

    private func label(_ texts: [String: String], _ viewer: Viewer) -> String {
        texts[viewer.language == .chinese ? "zh" : "en"] ?? texts["en"] ?? ""
    }

    /// Makes the rule that a form describes, of a blueprint or as it is written. Form field `act`: make, off to make it switched off, replay and
    /// next to try it, or a button of the editor.
    @Sendable func make(_ request: Request, _ context: LaresContext) async throws -> Response {
        var request = request
        let form = try await Form(&request)
        return try await console.page(request, context) { viewer in
            try context.requireRuleMaker()
            let blueprint = Blueprint.named(form["blueprint"]), editing = RuleEditing(form)
            do {
                let act = form["act"]
                if blueprint == nil, !["make", "off", "replay", "next"].contains(act) {
                    return try showNew(nil, editing.after(act, form, in: services.home), viewer)
                }
                var rule: Rule
                if let blueprint {
                    rule = try blueprint.rule(
                        named: form["name"], with: BlueprintForm.inputs(form, of: blueprint), language: viewer.language.rawValue)
                } else {
                    rule = try editing.rule(in: services.home)
                }
                if act == "replay" || act == "next" {
                    return try await showNew(
                        blueprint?.id, blueprint == nil ? editing : nil, viewer, given: form, trial: tried(act, rule, viewer))
                }
                guard await automations.rule(rule.id) == nil else {
                    throw RuleError(.badRule, "there is a rule '\(rule.id)' already: give this one another name")
                }
                if act == "off" { rule.isEnabled = false }
                try await keep(rule, isTrusted: false, context)
                return .redirect(to: "/rules/\(rule.id)")
            } catch let error as RuleError {
                return try showNew(
                    blueprint?.id, blueprint == nil ? editing : nil, viewer, trouble: error.message, given: form)
            }
        }
    }
}
