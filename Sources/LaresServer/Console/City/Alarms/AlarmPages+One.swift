import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresPlaces
import LaresThings

/// One alarm, and one incident.
extension AlarmPages {
    func show(_ alarm: Alarm, _ viewer: Viewer, trouble: Trouble? = nil, reason: String = "") async throws -> Response {
        let words = console.words(viewer), said = await city.said(viewer)
        let rows = AlarmRows(said: said, now: .now, mayAct: viewer.caller.mayMakeRules)
        let isOpen = alarm.clearedAt == nil, mayAct = viewer.caller.mayMakeRules && isOpen
        var fields: [String: Any] = [
            "alarm": rows.name(alarm), "sentence": rows.about(alarm), "severity": rows.severity(alarm.severity),
            "standing": rows.standing(alarm.state), "facts": facts(alarm, said), "href": "/alarms/\(alarm.number)", "mayAct": mayAct,
            "mayTake": mayAct && alarm.acknowledged == nil, "incident": "/incidents/\(alarm.incident)", "reasonValue": reason,
            "shelves": [1, 8, 24, 168].map { ["value": "\($0)", "word": words("alarm.shelf.\($0)")] },
            "chart": try await chart(alarm, said).map { $0 as Any } ?? false,
            "queryHref": "/query?series=\(alarm.series.queried)",
        ]
        fields.merge(Trouble.fields(trouble, title: words("alarm.wrong"), form: ["reason"])) { $1 }
        return try console.html(.alarm, title: rows.name(alarm), fields, viewer: viewer, status: trouble == nil ? .ok : .badRequest)
    }

    /// What became of it, act by act.
    private func facts(_ alarm: Alarm, _ said: SeriesWords) -> [[String: Any]] {
        let (words, amount, key) = (said.words, said.amount, alarm.series)
        func fact(_ name: String, _ value: String?) -> [String: Any]? { value.map { ["label": words("alarm.fact.\(name)"), "value": $0] } }
        return [
            fact("raised", amount.moment(alarm.raisedAt)),
            fact(
                "value",
                words("alarm.measured", ["value": said.value(alarm.cause.value, of: key), "score": amount.percent(alarm.cause.score)])),
            fact("worst", said.value(alarm.worst.value, of: key)), fact("model", "\(alarm.cause.model) \(alarm.cause.version)".printable),
            fact("times", alarm.times > 1 ? words(alarm.isFlapping ? "alarm.flaps" : "alarm.times", ["n": "\(alarm.times)"]) : nil),
            fact("taken", alarm.acknowledged.map { words("alarm.by", ["name": $0.person.printable, "when": amount.moment($0.date)]) }),
            fact("shelved", alarm.shelvedUntil.map { amount.moment($0) }),
            fact(
                "cleared",
                alarm.clearedAt.map { date in
                    alarm.clearedBy.map { words("alarm.by", ["name": $0.printable, "when": amount.moment(date)]) }
                        ?? words("alarm.byItself", ["when": amount.moment(date)])
                }), fact("because", alarm.clearedBecause?.printable), fact("place", alarm.place?.description),
        ].compactMap(\.self)
    }

    /// The series around the alarm: as long before it as it lasted, an hour at least.
    private func chart(_ alarm: Alarm, _ said: SeriesWords) async throws -> [String: Any]? {
        guard
            let series = try await city.telemetry.series(of: alarm.series.thing).first(where: {
                $0.key == alarm.series && $0.kind != .state
            })
        else { return nil }
        let end = min(.now, (alarm.clearedAt ?? .now).addingTimeInterval(1_800))
        let length = min(7 * 86_400, max(7_200, 2 * end.timeIntervalSince(alarm.raisedAt)))
        let range = PageSpan(seconds: length, until: end).range
        return LineChart(lines: try await city.charts([series], in: range, atMost: LineChart.buckets), range: range, said: said).fields
    }

    /// `act` is acknowledge, shelve (`hours`) or clear (`reason`).
    @Sendable func change(_ incoming: Request, _ context: LaresContext) async throws -> Response {
        var request = incoming
        let form = try await Form(&request)
        return try await console.page(request, context) { viewer in
            guard viewer.caller.mayMakeRules, let alarm = try await found(context) else { return try console.missingPage(request, context) }
            let words = console.words(viewer), person = viewer.caller.name
            do {
                switch form["act"] {
                case "acknowledge": try await watching.acknowledge(alarm.number, by: person)
                case "shelve":
                    try await watching.shelve(alarm.number, until: Date.now + 3_600 * (Double(form["hours"]) ?? 0), by: person)
                case "clear":
                    guard !form["reason"].isEmpty else {
                        return try await show(alarm, viewer, trouble: Trouble(words("alarm.noReason"), field: "reason"))
                    }
                    try await watching.clear(alarm.number, by: person, because: form["reason"])
                default: return try console.missingPage(request, context)
                }
            } catch let error as AlarmError {
                let trouble = Trouble(words("alarm.notDone"), detail: error.message, field: form["act"] == "clear" ? "reason" : nil)
                return try await show(alarm, viewer, trouble: trouble, reason: form["reason"])
            }
            console.audit.note(.homeChanged, "alarm/\(alarm.number)", by: context.caller, context.logger)
            return .redirect(to: form.has("back") ? localPath(form["back"]) : "/alarms/\(alarm.number)")
        }
    }

    @Sendable func incident(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let sight = try await city.sight(viewer.caller)
            guard let number = Int(context.parameter("incident") ?? ""), let incident = try await watching.incident(number),
                incident.things.allSatisfy(sight.tells)
            else { return try console.missingPage(request, context) }
            let words = console.words(viewer), said = await city.said(viewer), amount = said.amount
            let rows = AlarmRows(said: said, now: .now, mayAct: false)
            var alarms: [[String: Any]] = []
            for number in incident.alarms.suffix(50) { if let alarm = try await watching.alarm(number) { alarms.append(rows.row(alarm)) } }
            let name = words(
                "incident.name",
                [
                    "n": "\(number)",
                    "place": incident.place?.description ?? incident.things.sorted().first?.description ?? words("unit.none"),
                ])
            return try console.html(
                .incident, title: name,
                [
                    "incident": name, "severity": rows.severity(incident.severity), "rows": alarms,
                    "sentence": words(
                        incident.endedAt == nil ? "incident.since" : "incident.from",
                        [
                            "from": amount.moment(incident.startedAt), "to": incident.endedAt.map { amount.moment($0) } ?? "",
                            "n": "\(incident.alarms.count)",
                        ]), "entries": IncidentLine(incident: incident, said: said, sight: sight).entries,
                    "further": incident.further > 0 ? words("incident.further", ["n": "\(incident.further)"]) : false,
                ], viewer: viewer)
        }
    }
}

/// What happened around an incident, in order, and what each followed.
struct IncidentLine: Sendable {
    let incident: Incident
    let said: SeriesWords
    let sight: SeriesSight

    private var words: Words { said.words }

    /// The entries of the template `incident`; those about what a reader may not see are left out.
    var entries: [[String: Any]] {
        incident.timeline.enumerated().filter { $0.element.isSeen(by: sight) }.map { place, entry in
            [
                "id": "e\(place + 1)", "n": "\(place + 1)", "time": said.amount.moment(entry.date), "exact": said.amount.exact(entry.date),
                "kind": words("entry.kind.\(entry.kind.rawValue)"), "icon": Self.icons[entry.kind] ?? "info", "what": what(entry),
                "because": because(entry),
            ]
        }
    }

    private static let icons: [TimelineEntry.Kind: String] = [
        .reading: "temp", .forecast: "chart", .alarm: "bell", .command: "send", .rule: "rule", .signal: "signal",
    ]

    private func because(_ entry: TimelineEntry) -> Any {
        guard let place = entry.because, incident.timeline.indices.contains(place), incident.timeline[place].isSeen(by: sight) else {
            return false
        }
        return [
            "becauseHref": "#e\(place + 1)",
            "becauseText": words("entry.because", ["n": "\(place + 1)", "what": what(incident.timeline[place])]),
        ]
    }

    private func what(_ entry: TimelineEntry) -> String {
        switch entry.kind {
        case .alarm:
            words.has("entry.alarm.\(entry.what)")
                ? words("entry.alarm.\(entry.what)", ["n": entry.subject]) : "\(entry.subject) \(entry.what)".printable
        case .rule: words("entry.rule", ["name": entry.subject.printable])
        case .signal: signal(entry)
        case .reading, .command, .forecast:
            words("entry.\(entry.kind.rawValue)", ["name": name(entry), "value": value(entry)])
        }
    }

    /// "Signal B1 was taken over: anna took it over".
    private func signal(_ entry: TimelineEntry) -> String {
        let parts = entry.what.split(separator: ":", maxSplits: 1).map {
            String($0).trimmingCharacters(in: .whitespaces).printable
        }
        let name = ThingID(entry.subject).flatMap { said.home.thing($0)?.thing }.map { said.said.name($0) } ?? entry.subject.printable
        let kind = parts.first ?? "", key = "signals.event.\(kind)"
        let text = parts.count > 1 ? parts[1] : kind
        guard words.has(key) else { return words("signals.event", ["name": name, "text": text]) }
        return words("entry.signal", ["what": words(key, ["name": name]), "text": text])
    }

    private func name(_ entry: TimelineEntry) -> String {
        SeriesKey(entry.subject).map { said.name($0) } ?? entry.subject.printable
    }

    private func value(_ entry: TimelineEntry) -> String {
        guard let number = Double(entry.what), let series = SeriesKey(entry.subject) else { return entry.what.printable }
        return said.value(number, of: series)
    }
}
