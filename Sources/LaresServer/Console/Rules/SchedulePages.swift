import Foundation
import HTTPTypes
import Hummingbird
import LaresAccess
import LaresJSON
import LaresPlaces
import LaresThings

/// The page of schedules: the next seven days of every rule that a time starts, and making one.
struct SchedulePages: Sendable {
    let console: Console
    let automations: Automations
    let home: Home

    func addRoutes(to router: Router<LaresContext>) {
        router.get("/schedules", use: week)
        router.post("/schedules", use: make)
    }

    @Sendable private func week(_ request: Request, _ context: LaresContext) async throws -> Response {
        try await console.page(request, context) { viewer in try await show(viewer, ScheduleForm()) }
    }

    /// Shows when a schedule would come, or makes it.
    @Sendable private func make(_ request: Request, _ context: LaresContext) async throws -> Response {
        var request = request
        let form = try await Form(&request)
        return try await console.page(request, context) { viewer in
            try context.requireRuleMaker()
            let schedule = ScheduleForm(form)
            do {
                let rule = try schedule.rule(for: homeSight(viewer).things(), console.words(viewer))
                let moments = try automations.moments(of: rule)
                guard form["act"] == "make" else { return try await show(viewer, schedule, next: moments) }
                guard await automations.rule(rule.id) == nil else {
                    throw FieldFault("name", "week.wrong.taken", ["name": rule.name])
                }
                do { try sight(viewer).check(rule) } catch let error as APIError { throw RuleError(.badRule, error.message) }
                try await automations.set(rule)
                console.audit.note(.ruleSet, rule.id.description, by: context.caller, context.logger)
                return .redirect(to: "/schedules")
            } catch let fault as FieldFault {
                return try await show(viewer, schedule, trouble: Trouble(fault.sentence(console.words(viewer)), field: fault.field))
            } catch let error as RuleError {
                return try await show(viewer, schedule, trouble: Trouble(console.words(viewer)("week.wrong"), detail: error.message))
            }
        }
    }

    private func sight(_ viewer: Viewer) throws -> RuleSight {
        try RuleSight(homeSight(viewer))
    }

    private func homeSight(_ viewer: Viewer) -> HomeSight {
        HomeSight(home: home, guardian: console.guardian, caller: viewer.caller, path: .console)
    }

    private func show(_ viewer: Viewer, _ form: ScheduleForm, next: [Date]? = nil, trouble: Trouble? = nil) async throws -> Response {
        let words = console.words(viewer), amount = console.amount(viewer)
        let sight = try sight(viewer), rules = await automations.rules.filter { $0.isEnabled && sight.shows($0) }
        let now = Date(), end = now.addingTimeInterval(7 * 86_400)
        let lines = rules.map { rule in (rule, (try? automations.occurrences(of: rule, until: end)) ?? []) }.filter { !$0.1.isEmpty }
        let grid = WeekGrid(lines: lines.map { WeekGrid.Line(rule: $0.0, moments: $0.1) }, zone: automations.site.zone, now: now)
        var own = try form.fields(homeSight(viewer).things(), ThingWords(amount: amount), at: automations.site)
        own["sentence"] =
            lines.isEmpty
            ? words("week.none") : lines.count == 1 ? words("week.sentence.one") : words("week.sentence", ["n": "\(lines.count)"])
        own["days"] = grid.days(amount)
        own["mayAct"] = viewer.caller.mayMakeRules
        own["moments"] = (next ?? []).map { amount.moment($0) }
        own["tried"] = next != nil
        return try console.html(
            .schedules, title: words("week.title"),
            own.merging(Trouble.fields(trouble, title: words("week.wrong"), form: ScheduleForm.checked)) { $1 }, viewer: viewer,
            status: trouble == nil ? .ok : .badRequest)
    }
}

/// Seven days as rows of time.
struct WeekGrid {
    /// A rule, and when a time starts it.
    struct Line {
        let rule: Rule
        let moments: [(date: Date, trigger: String?)]
    }

    let lines: [Line]
    let zone: TimeZoneRules
    let now: Date

    private struct Mark {
        let start: Date
        var end: Date?
        let rule: Rule
    }

    /// What begins on a day: what is switched on and off again is one mark with an end.
    private var marks: [Mark] {
        var marks: [Mark] = []
        for line in lines {
            var open: Int?
            for moment in line.moments {
                if moment.trigger == ScheduleForm.off, let place = open {
                    marks[place].end = moment.date
                    open = nil
                } else {
                    open = moment.trigger == ScheduleForm.on ? marks.count : nil
                    marks.append(Mark(start: moment.date, end: nil, rule: line.rule))
                }
            }
        }
        return marks.sorted { $0.start < $1.start }
    }

    /// The fields of each day.
    func days(_ amount: Amount) -> [[String: Any]] {
        let marks = marks
        let today = zone.day(of: now)
        return (0..<7).map { offset in
            let day = today + offset
            let own = marks.filter { zone.day(of: $0.start) == day }
            let drawn = marks.compactMap { bar($0, on: day) }
            let shown = own.prefix(24).map { mark -> [String: Any] in
                let time = amount.time(mark.start) + (mark.end.map { "–" + amount.time($0) } ?? "")
                return ["time": time, "name": mark.rule.name.printable, "href": "/rules/\(mark.rule.id)"]
            }
            return [
                "label": label(day, offset, amount), "bars": drawn, "entries": Array(shown), "empty": own.isEmpty,
                "more": own.count > 24 ? amount.words("week.more", ["n": "\(own.count - 24)"]) : false,
                "now": offset == 0 ? x(now, on: day) : false,
            ]
        }
    }

    private func label(_ day: Int, _ offset: Int, _ amount: Amount) -> String {
        switch offset {
        case 0: amount.words("week.today")
        case 1: amount.words("week.tomorrow")
        default: amount.words("week.\(CalendarDay(ordinal: day).weekday.rawValue)")
        }
    }

    /// The part of a day that a mark covers, in thousandths of the day from midnight; a moment is as wide as can be seen.
    private func bar(_ mark: Mark, on day: Int) -> [String: Any]? {
        let first = zone.day(of: mark.start), last = zone.day(of: mark.end ?? mark.start)
        guard (first...max(first, last)).contains(day) else { return nil }
        let from = first == day ? zone.part(of: mark.start) : 0
        let to = mark.end == nil ? from : last == day ? zone.part(of: mark.end ?? mark.start) : 1
        return ["x": thousandths(from), "width": thousandths(max(0.006, to - from))]
    }

    private func x(_ date: Date, on day: Int) -> String { thousandths(zone.part(of: date)) }

    private func thousandths(_ part: Double) -> String { "\(Int((part * 1_000).rounded()))" }
}

extension TimeZoneRules {
    /// The day on the wall, counted from 1970.
    fileprivate func day(of date: Date) -> Int { wall(at: Int(date.timeIntervalSince1970.rounded(.down))).day }

    /// How much of its day has gone on the wall, 0 to 1.
    fileprivate func part(of date: Date) -> Double { Double(wall(at: Int(date.timeIntervalSince1970.rounded(.down))).seconds) / 86_400 }
}
