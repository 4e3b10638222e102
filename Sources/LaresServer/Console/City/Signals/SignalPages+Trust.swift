import HTTPTypes
import Hummingbird
import LaresAccess
import LaresControl

/// How far a junction's controller is trusted, by a person's decision.
extension SignalPages {
    /// What must hold before more trust, what holds, and the steps that a person may take nevertheless.
    func showTrust(_ junction: Junction, _ viewer: Viewer, trouble: Trouble? = nil) throws -> Response {
        let words = console.words(viewer), said = JunctionWords(amount: console.amount(viewer)), now = Stage(rawValue: junction.stage)
        let values: KeyValuePairs = [
            "name": junction.id.printable, "controller": said.controllerName(junction.controller), "stage": said.stageName(junction.stage),
        ]
        let needs = said.requirements(junction)
        var fields: [String: Any] = [
            "sentence": words("signals.trustNow", values), "stage": said.stage(junction), "needs": needs, "anyNeeds": !needs.isEmpty,
            "junction": junction.id.printable, "page": junction.page, "action": junction.page + "/trust", "from": junction.stage,
            "raise": now?.next.map { step($0, "raise", said) } ?? false, "lower": now?.previous.map { step($0, "lower", said) } ?? false,
        ]
        fields.merge(Trouble.fields(trouble, title: words("signals.wrong"), form: ["confirm"])) { $1 }
        return try console.html(
            .signalTrust, title: words("signals.trustTitle", values), fields, viewer: viewer, status: trouble == nil ? .ok : .conflict)
    }

    private func step(_ stage: Stage, _ act: String, _ said: JunctionWords) -> [String: Any] {
        let values: KeyValuePairs = ["stage": said.stageName(stage.rawValue)]
        return [
            "to": stage.rawValue, "heading": said.words("signals.\(act).title", values),
            "text": said.words("signals.\(act).\(stage.rawValue)"), "do": said.words("signals.\(act).do", values),
        ]
    }

    /// Form fields `stage`, `from` (the stage that the reader saw) and, for more trust, `confirm`.
    func trust(_ form: Form, _ junction: Junction, _ viewer: Viewer, _ context: LaresContext) async throws -> Response {
        let words = console.words(viewer)
        guard let stage = Stage(rawValue: form["stage"]), let now = Stage(rawValue: junction.stage), form["from"] == junction.stage else {
            return try showTrust(junction, viewer, trouble: Trouble(words("signals.trustMoved")))
        }
        guard stage <= now || form["confirm"] == "1" else {
            return try showTrust(junction, viewer, trouble: Trouble(words("signals.trustUnsaid"), field: "confirm"))
        }
        do { try await streets.trust(junction.id, stage) } catch {
            return try showTrust(junction, viewer, trouble: Trouble(words("signals.trustNot"), detail: "\(error)".printable))
        }
        console.audit.note(.trafficSet, "signal/\(junction.id)", by: context.caller, context.logger)
        return .redirect(to: junction.page)
    }
}
