/// What panel and page of a junction show.
struct SignalFields: Sendable {
    let words: JunctionWords
    /// Whether the reader may take it over.
    let mayAct: Bool

    /// The fields of the part `junction` of the template `city-panel`.
    func panel(_ junction: Junction, alarms: [[String: Any]] = []) -> [String: Any] {
        [
            "name": junction.id.printable, "page": junction.page, "sentence": words.sentence(junction), "mode": words.mode(junction),
            "stage": words.stage(junction), "figures": words.figures(junction), "approaches": words.approaches(junction),
            "needs": words.requirements(junction), "anyNeeds": !junction.needs.isEmpty, "shell": words.shell(junction) ?? false,
            "rows": alarms, "anyAlarms": !alarms.isEmpty, "act": act(junction) ?? false,
        ]
    }

    /// The one thing that a person may do with it; nil: nothing.
    func act(_ junction: Junction) -> [String: Any]? {
        guard mayAct else { return nil }
        let act = junction.isTakenOver ? "back" : "take"
        return [
            "actHref": junction.page + "/" + act, "actWord": words.words("signals.\(act)"), "actHold": act + junction.id,
            "takes": act == "take",
        ]
    }
}
