import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// The pages of alarms: what was odd and when, one alarm with what can be done about it, and an incident with what led to what.
struct AlarmPages: Sendable {
    let city: CityPages
    let watching: Watching

    var console: Console { city.console }

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/alarms", use: list)
        router.get("/alarm-events", use: events)
        router.get("/alarms/:alarm", use: alarm)
        router.post("/alarms/:alarm", use: change)
        router.get("/incidents/:incident", use: incident)
    }

    /// Alarms that are looked through for a stretch of time, and that a page lists.
    private static let (looked, shown) = (5_000, 60)

    @Sendable private func list(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            let span = Self.span(request), words = console.words(viewer)
            let parts = try await parts(span, viewer)
            var fields = span.fields(words)
            fields.merge(parts.line) { $1 }
            (fields["sentence"], fields["rows"], fields["any"]) = (parts.sentence, parts.rows, !parts.rows.isEmpty)
            (fields["more"], fields["incidents"]) = (parts.more, parts.incidents)
            fields["anyIncidents"] = !parts.incidents.isEmpty
            fields["when"] = words(
                "alarms.when",
                [
                    "from": console.amount(viewer).moment(span.span.range.lowerBound.date),
                    "to": console.amount(viewer).moment(span.span.range.upperBound.date),
                ])
            (fields["feed"], fields["watches"]) = ("/alarm-events" + span.query, await watching.plans.count > 0)
            return try console.html(.alarms, title: words("alarms.title"), fields, viewer: viewer)
        }
    }

    static func span(_ request: Request) -> AlarmSpan {
        let query = request.queryFields
        return AlarmSpan(query.get("span"), until: query.get("to"), without: query.get("without"))
    }

    @Sendable private func events(_ request: Request, _ context: LaresContext) async throws -> Response {
        let viewer = console.viewer(request, context)
        return try await console.feed(request, context, every: .seconds(1)) {
            let parts = try await parts(Self.span(request), viewer)
            let line = try console.pages.render(.alarmLine, parts.line, language: viewer.language)
            let rows = try console.pages.render(.alarmRows, ["rows": parts.rows], language: viewer.language)
            return ["sentence": .string(parts.sentence), "parts": ["line": .string(line), "alarms": .string(rows)]]
        }
    }

    private struct Parts {
        let sentence: String
        let line: [String: Any]
        let rows: [[String: Any]]
        let more: Any
        let incidents: [[String: Any]]
    }

    private func parts(_ span: AlarmSpan, _ viewer: Viewer) async throws -> Parts {
        let sight = try await city.sight(viewer.caller), range = span.span.range, words = console.words(viewer)
        let all = try await watching.alarms(limit: Self.looked).filter { sight.tells(of: $0.series.thing) }
        let here = all.filter {
            Timestamp($0.raisedAt) < range.upperBound && $0.clearedAt.map { Timestamp($0) >= range.lowerBound } ?? true
        }
        let incidents = try await watching.incidents(limit: 200).filter { incident in
            incident.things.allSatisfy(sight.tells) && Timestamp(incident.startedAt) < range.upperBound
                && incident.endedAt.map { Timestamp($0) >= range.lowerBound } ?? true
        }
        let said = await city.said(viewer)
        let rows = AlarmRows(said: said, now: span.now, mayAct: viewer.caller.mayMakeRules, back: "/alarms" + span.query)
        let open = all.filter { $0.clearedAt == nil }, raised = open.count { $0.state == .raised }
        // What waits for somebody comes first.
        let sorted = here.filter { $0.state == .raised } + here.filter { $0.state != .raised }
        return Parts(
            sentence: open.isEmpty ? words("alarms.calm") : words("alarms.sentence", ["n": "\(open.count)", "raised": "\(raised)"]),
            line: AlarmLine(alarms: here, incidents: incidents, span: span, said: said, sight: sight).fields,
            rows: sorted.prefix(Self.shown).map(rows.row),
            more: here.count > Self.shown ? words("alarms.more", ["n": "\(here.count - Self.shown)"]) : false,
            incidents: incidents.prefix(20).map { incidentRow($0, rows) })
    }

    private func incidentRow(_ incident: Incident, _ rows: AlarmRows) -> [String: Any] {
        let words = rows.said.words, amount = rows.said.amount
        let place = incident.place.map { $0.description } ?? incident.things.sorted().first.map { $0.description } ?? words("unit.none")
        return [
            "href": "/incidents/\(incident.number)",
            "incident": words("incident.name", ["n": "\(incident.number)", "place": place]), "severity": rows.severity(incident.severity),
            "about": words(
                incident.endedAt == nil ? "incident.open" : "incident.over",
                [
                    "n": "\(incident.alarms.count)", "when": amount.moment(incident.startedAt),
                    "m": "\(incident.timeline.count + incident.further)",
                ]),
        ]
    }

    /// The alarm of the address, if they see its thing.
    func found(_ context: LaresContext) async throws -> Alarm? {
        guard let number = Int(context.parameter("alarm") ?? ""), let alarm = try await watching.alarm(number) else { return nil }
        return try await city.sight(context.caller).tells(of: alarm.series.thing) ? alarm : nil
    }

    @Sendable private func alarm(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in
            guard let alarm = try await found(context) else { return try console.missingPage(request, context) }
            return try await show(alarm, viewer)
        }
    }
}
