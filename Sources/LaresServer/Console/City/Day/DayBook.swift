import Foundation
import LaresPlaces
import LaresThings

/// What happened in one day, and what waits for somebody now.
struct DayBook: Sendable {
    /// What lines can be chosen by.
    enum Kind: String, CaseIterable, Sendable {
        case alarms, incidents, signals, energy, handovers, orders
    }

    let span: DaySpan
    let rows: AlarmRows
    let deeds: DeedWords
    /// All alarms that the reader may see, latest first.
    let alarms: [Alarm]
    let incidents: [Incident]
    let junctions: [Junction]
    /// Lines of what signals did, hand-overs and orders, of any day.
    var lines: [(kind: Kind, deed: CityDeed)] = []
    /// Questions that wait for the reader.
    var questions = 0
    /// Whether the reader may take over and hand back.
    let mayTake: Bool

    private var words: Words { rows.said.words }
    private var amount: Amount { rows.said.amount }

    /// Lines on a page.
    private static let most = 200

    private func happened() -> [(kind: Kind, deed: CityDeed)] {
        var all = lines.filter { span.contains($0.deed.date) }
        for alarm in alarms {
            let name = rows.name(alarm)
            if span.contains(alarm.raisedAt) {
                var deed = CityDeed(date: alarm.raisedAt, icon: "bell", what: words("day.alarm", ["name": name]))
                let severity = rows.severity(alarm.severity)
                deed.state = (severity["tone"] as? String ?? "", severity["stateIcon"] as? String ?? "", severity["state"] as? String ?? "")
                (deed.detail, deed.href) = (rows.about(alarm), "/alarms/\(alarm.number)")
                all.append((.alarms, deed))
            }
            if let act = alarm.acknowledged, span.contains(act.date) {
                let what = words("day.acknowledged", ["name": name, "by": act.person.printable])
                all.append((.alarms, CityDeed(date: act.date, icon: "check", what: what, href: "/alarms/\(alarm.number)")))
            }
            if let over = alarm.clearedAt, span.contains(over) {
                var deed = CityDeed(date: over, icon: "check", what: words("day.over", ["name": name]))
                (deed.detail, deed.href) = (alarm.clearedBecause?.printable, "/alarms/\(alarm.number)")
                all.append((.alarms, deed))
            }
        }
        for incident in incidents where span.contains(incident.startedAt) {
            var deed = CityDeed(date: incident.startedAt, icon: "pulse", what: words("day.incident", ["n": "\(incident.number)"]))
            deed.detail = words("day.incidentOf", ["n": "\(incident.alarms.count)"])
            deed.href = "/incidents/\(incident.number)"
            all.append((.incidents, deed))
        }
        return all.sorted { $0.deed.date > $1.deed.date }
    }

    /// The fields of the part `day-parts`.
    func fields(only: Kind?) -> [String: Any] {
        let all = happened(), shown = all.filter { only == nil || $0.kind == only }
        let waiting = waiting
        return [
            "deeds": shown.prefix(Self.most).map { $0.deed.fields(amount) }, "anyDeeds": !shown.isEmpty,
            "moreDeeds": shown.count > Self.most ? words("day.more", ["n": "\(shown.count - Self.most)"]) : false,
            "waiting": waiting, "anyWaiting": !waiting.isEmpty,
            "counts": Kind.allCases.map { kind -> [String: Any] in
                ["count": amount.whole(all.count { $0.kind == kind }), "label": words("day.kind.\(kind.rawValue)")]
            },
        ]
    }

    /// "Waiting for a decision: 2. Alarms open: 3."
    var sentence: String {
        let open = alarms.filter { $0.clearedAt == nil }
        return words(
            "day.sentence",
            [
                "waiting": "\(waiting.count)", "open": "\(open.count)", "day": amount.date(span.start),
                "happened": amount.whole(happened().count),
            ])
    }

    /// What waits for a decision, what is worst first; each with its one button or link.
    private var waiting: [[String: Any]] {
        var waiting: [[String: Any]] = []
        func add(_ state: [String: Any], _ what: String, _ detail: String, _ href: String, link: String? = nil, form: Alarm? = nil) {
            waiting.append([
                "standing": state, "what": what, "detail": detail, "href": href, "link": link.map { $0 as Any } ?? false, "hold": href,
                "acknowledge": form.map { ["href": "/alarms/\($0.number)", "takeName": words("alarm.takeName", ["name": rows.name($0)])] }
                    ?? false,
            ])
        }
        if questions > 0 {
            add(
                ["tone": "warn", "stateIcon": "bell", "state": words("day.question")], words("ask.sentence", ["n": "\(questions)"]), "",
                "/confirmations", link: words("ask.see"))
        }
        for alarm in alarms.filter({ $0.state == .raised }).sorted(by: { ($1.severity, $1.number) < ($0.severity, $0.number) }).prefix(20) {
            add(
                rows.severity(alarm.severity), rows.name(alarm), rows.about(alarm), "/alarms/\(alarm.number)",
                form: rows.mayAct ? alarm : nil)
        }
        for junction in junctions where junction.isTakenOver {
            add(
                deeds.junctions.mode(junction), words("city.junction", ["name": junction.id.printable]), deeds.junctions.sentence(junction),
                mayTake ? junction.page + "/back" : junction.page, link: mayTake ? words("signals.back") : nil)
        }
        for junction in junctions where junction.fallBack != nil && !junction.isTakenOver {
            add(
                deeds.junctions.mode(junction), words("city.junction", ["name": junction.id.printable]), deeds.junctions.sentence(junction),
                junction.page, link: words("day.look"))
        }
        return waiting
    }
}
