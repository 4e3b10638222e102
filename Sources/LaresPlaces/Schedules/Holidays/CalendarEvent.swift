/// One VEVENT of an iCalendar text, as far as holidays need it.
struct CalendarEvent {
    /// Where it begins in the text, from 1.
    let line: Int
    var uid = ""
    var summary = ""
    /// Its first day; nil when it has a time of day.
    var start: CalendarDay?
    /// The day behind its last.
    var end: CalendarDay?
    /// Its length in days, where it is given instead of an end.
    var duration: Int?
    var rule: YearlyRule?
    var extra: [CalendarDay] = []
    var excluded: Set<CalendarDay> = []
    /// The day of a repetition that it stands for.
    var recurrence: CalendarDay?
    var isCancelled = false

    init(line: Int) { self.line = line }

    /// How many days it lasts, 1 to 366.
    var length: Int {
        let days = end.flatMap { end in start.map { end.ordinal - $0.ordinal } } ?? duration ?? 1
        return min(max(days, 1), 366)
    }

    /// The days on which it begins, from its first on.
    func starts(_ first: CalendarDay, in years: ClosedRange<Int>, budget: inout Int) throws(ScheduleError) -> [CalendarDay] {
        var days = rule == nil ? [first] : []
        if let rule { days = try rule.days(from: first, in: years, line: line, budget: &budget) }
        budget -= days.count * length + extra.count
        if budget < 0 { throw YearlyRule.error(line, "makes more days than a calendar may have") }
        return (days + extra).filter { !excluded.contains($0) }
    }

    /// Takes in one of its properties; those that mean nothing to holidays are passed over.
    mutating func set(_ property: CalendarProperty) throws(ScheduleError) {
        switch property.name {
        case "UID": uid = property.value
        case "SUMMARY": summary = property.text
        case "STATUS": isCancelled = property.value.uppercased() == "CANCELLED"
        case "DTSTART": start = try property.day()
        case "DTEND": end = try property.day()
        case "DURATION": duration = property.days
        case "RRULE": rule = try YearlyRule(property.value, line: property.line)
        case "RDATE": extra += try property.dayList()
        case "EXDATE": excluded.formUnion(try property.dayList())
        case "RECURRENCE-ID": recurrence = try property.day()
        default: break
        }
    }
}
