import LaresTime

/// A rule by which an event comes again every year, or every so many years (RFC 5545 §3.3.10 with FREQ=YEARLY).
struct YearlyRule {
    /// A weekday, and which of its month or year: 1 the first, −1 the last, 0 every one.
    private struct Weekdays {
        let index, ordinal: Int
    }

    private var interval = 1
    private var count: Int?
    private var until: CalendarDay?
    private var months: [Int] = []
    private var monthDays: [Int] = []
    private var weekdays: [Weekdays] = []
    private var positions: [Int] = []

    static func error(_ line: Int, _ what: String) -> ScheduleError {
        ScheduleError(.badCalendar, "the calendar's line \(line) repeats an event in a way that \(what)")
    }

    /// Throws ``ScheduleError`` with `badCalendar` for anything else than a yearly rule for days.
    init(_ text: String, line: Int) throws(ScheduleError) {
        var isYearly = false
        for part in text.uppercased().split(separator: ";") {
            let halves = part.split(separator: "=", maxSplits: 1)
            guard halves.count == 2 else { throw Self.error(line, "isn't understood: \"\(part.prefix(40))\"") }
            if halves[0] == "FREQ" { isYearly = halves[1] == "YEARLY" }
            guard set(halves[0], halves[1]) else { throw Self.error(line, "isn't understood: \"\(part.prefix(40))\"") }
        }
        guard isYearly else { throw Self.error(line, "isn't yearly, as holidays are") }
        if !monthDays.isEmpty, weekdays.contains(where: { $0.ordinal != 0 }) {
            throw Self.error(line, "isn't understood: BYMONTHDAY with a numbered BYDAY")
        }
    }

    private mutating func set(_ name: Substring, _ value: Substring) -> Bool {
        switch name {
        case "FREQ", "WKST": return true
        case "INTERVAL": return Self.list(value, 1...1000).map { interval = $0[0] } != nil
        case "COUNT": return Self.list(value, 1...100_000).map { count = $0[0] } != nil
        case "UNTIL": return setUntil(value)
        case "BYMONTH": return Self.list(value, 1...12).map { months = $0 } != nil
        case "BYMONTHDAY": return Self.list(value, -31...31).map { monthDays = $0 } != nil
        case "BYSETPOS": return Self.list(value, -366...366).map { positions = $0 } != nil
        case "BYDAY": return setWeekdays(value)
        default: return false
        }
    }

    /// Up to 400 numbers other than 0.
    private static func list(_ text: Substring, _ range: ClosedRange<Int>) -> [Int]? {
        let numbers = text.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
        return numbers.count <= 400 && numbers.allSatisfy { $0 != 0 && range.contains($0) } ? numbers : nil
    }

    private mutating func setUntil(_ text: Substring) -> Bool {
        let date = text.prefix(8)
        guard let year = date.prefix(4).digits(4), let month = date.dropFirst(4).prefix(2).digits(2), let day = date.dropFirst(6).digits(2),
            text.utf8.count == 8 || text.dropFirst(8).first == "T"
        else { return false }
        until = year > 2199 ? CalendarDay.supported.upperBound : CalendarDay(year: year, month: month, day: day)
        return until != nil
    }

    private mutating func setWeekdays(_ text: Substring) -> Bool {
        let names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let number = item.dropLast(2)
            guard let index = names.firstIndex(of: String(item.suffix(2))), let ordinal = number.isEmpty ? 0 : Int(number),
                number.isEmpty || ordinal != 0, (-53...53).contains(ordinal), weekdays.count < 100
            else { return false }
            weekdays.append(Weekdays(index: index, ordinal: ordinal))
        }
        return !weekdays.isEmpty
    }

    /// The days from the event's first on, ascending, in some years.
    /// - Parameter budget: How many more days may be looked at.
    func days(
        from first: CalendarDay, in years: ClosedRange<Int>, line: Int, budget: inout Int
    ) throws(ScheduleError) -> [CalendarDay] {
        var (days, left) = ([CalendarDay](), count ?? .max)
        for year in stride(from: first.parts.year, through: min(years.upperBound, 2199), by: interval) {
            let candidates = positioned(self.candidates(in: year, first))
            budget -= candidates.count + 1
            if budget < 0 { throw Self.error(line, "makes more days than a calendar may have") }
            for day in candidates where day >= first {
                if left == 0 || day > until ?? day { return days }
                left -= 1
                days.append(day)
            }
        }
        return days
    }

    private func candidates(in year: Int, _ first: CalendarDay) -> [CalendarDay] {
        let all = months.isEmpty ? Array(1...12) : months
        if !monthDays.isEmpty {
            let days = all.flatMap { month in monthDays.compactMap { Self.day($0, month, year) } }
            return weekdays.isEmpty ? days : days.filter { day in weekdays.contains { $0.index == day.weekdayIndex } }
        }
        if !weekdays.isEmpty {
            let spans = months.isEmpty ? [Self.span(1...12, year)] : months.map { Self.span($0...$0, year) }
            return spans.flatMap { span in weekdays.flatMap { Self.days($0, in: span) } }
        }
        let (_, month, day) = first.parts
        return (months.isEmpty ? [month] : months).compactMap { CalendarDay(year: year, month: $0, day: day) }
    }

    /// Ascending, each once, and of these the ones at the rule's positions.
    private func positioned(_ candidates: [CalendarDay]) -> [CalendarDay] {
        let days = Set(candidates).sorted()
        guard !positions.isEmpty else { return days }
        let places = Set(positions.map { $0 > 0 ? $0 - 1 : days.count + $0 })
        return days.indices.filter(places.contains).map { days[$0] }
    }

    private static func day(_ day: Int, _ month: Int, _ year: Int) -> CalendarDay? {
        CalendarDay(year: year, month: month, day: day > 0 ? day : CivilDay.days(in: month, of: year) + 1 + day)
    }

    private static func span(_ months: ClosedRange<Int>, _ year: Int) -> Range<Int> {
        let start = CalendarDay(year: year, month: months.lowerBound, day: 1)?.ordinal ?? 0
        let days = months.reduce(0) { $0 + CivilDay.days(in: $1, of: year) }
        return start..<(start + days)
    }

    private static func days(_ weekdays: Weekdays, in span: Range<Int>) -> [CalendarDay] {
        let ahead = (weekdays.index - CalendarDay(ordinal: span.lowerBound).weekdayIndex + 7) % 7
        let all = stride(from: span.lowerBound + ahead, to: span.upperBound, by: 7).map { CalendarDay(ordinal: $0) }
        if weekdays.ordinal == 0 { return all }
        let place = weekdays.ordinal > 0 ? weekdays.ordinal - 1 : all.count + weekdays.ordinal
        return all.indices.contains(place) ? [all[place]] : []
    }
}
