/// A public holiday as a law has it: a date, a distance from Easter Sunday or from a festival of the moon, or the first of a weekday from a date on.
struct PublicHoliday: Sendable {
    /// Which day of a year it is.
    enum Day: Sendable {
        case date(month: Int, day: Int)
        case easter(Int)
        case first(Weekday, month: Int, day: Int)
        case festival(Festival, Int)
    }

    /// What a law does about a holiday on a weekend.
    enum Weekend: Sendable {
        case nothing
        /// On a Saturday the Friday before is a holiday too, on a Sunday the Monday after it.
        case nearestWorkday
        /// So is the next day that is neither of a weekend nor a holiday already.
        case nextWorkday
        /// On a Sunday it is kept the day before, and not on that Sunday.
        case neverSunday
    }

    let name: String
    let day: Day
    /// The years in which it is a holiday.
    let years: ClosedRange<Int>
    var weekend = Weekend.nothing

    /// The years that ``HolidayCalendar/builtIn`` knows.
    static let known = 2020...2050

    static func date(_ month: Int, _ day: Int, _ name: String, in years: ClosedRange<Int> = known) -> PublicHoliday {
        PublicHoliday(name: name, day: .date(month: month, day: day), years: years)
    }

    static func easter(_ days: Int, _ name: String, in years: ClosedRange<Int> = known) -> PublicHoliday {
        PublicHoliday(name: name, day: .easter(days), years: years)
    }

    static func first(
        _ weekday: Weekday, from month: Int, _ day: Int, _ name: String, in years: ClosedRange<Int> = known
    ) -> PublicHoliday {
        PublicHoliday(name: name, day: .first(weekday, month: month, day: day), years: years)
    }

    static func festival(_ festival: Festival, _ days: Int, _ name: String, in years: ClosedRange<Int> = known) -> PublicHoliday {
        PublicHoliday(name: name, day: .festival(festival, days), years: years)
    }

    /// The same, where a law says what becomes of it on a weekend.
    func on(weekends weekend: Weekend) -> PublicHoliday {
        var changed = self
        changed.weekend = weekend
        return changed
    }

    /// The days of a country's holidays in the ``known`` years, with their names; of two on one day the first gives it.
    static func days(of holidays: [PublicHoliday]) -> [CalendarDay: String] {
        var days: [CalendarDay: String] = [:]
        let dated = known.flatMap { year in holidays.compactMap { holiday in holiday.day(in: year).map { (holiday, $0) } } }
        for (holiday, day) in dated where days[day] == nil { days[day] = holiday.name }
        for (holiday, day) in dated {
            if let other = holiday.substitute(for: day, beside: days), days[other] == nil { days[other] = "\(holiday.name) (observed)" }
        }
        return days
    }

    /// The day that is a holiday beside its own, which is on a weekend.
    private func substitute(for day: CalendarDay, beside days: [CalendarDay: String]) -> CalendarDay? {
        switch (weekend, day.weekday) {
        case (.nearestWorkday, .saturday): day.adding(-1)
        case (.nearestWorkday, .sunday): day.adding(1)
        case (.nextWorkday, .saturday), (.nextWorkday, .sunday):
            (1...7).lazy.map(day.adding).first { $0.weekdayIndex < 5 && days[$0] == nil }
        default: nil
        }
    }

    /// Its day in a year; nil when it isn't a holiday then.
    func day(in year: Int) -> CalendarDay? {
        guard years.contains(year), let day = plainDay(in: year) else { return nil }
        return weekend == .neverSunday && day.weekday == .sunday ? day.adding(-1) : day
    }

    /// Its day in a year whatever weekday that is.
    private func plainDay(in year: Int) -> CalendarDay? {
        switch day {
        case .date(let month, let day): return CalendarDay(year: year, month: month, day: day)
        case .easter(let days): return CalendarDay.easter(in: year)?.adding(days)
        case .first(let weekday, let month, let day):
            guard let start = CalendarDay(year: year, month: month, day: day) else { return nil }
            return start.adding((weekday.index - start.weekdayIndex + 7) % 7)
        case .festival(let festival, let days): return festival.day(in: year)?.adding(days)
        }
    }
}

extension CalendarDay {
    /// Easter Sunday of the western churches, by the anonymous Gregorian computus (Nature, 20 April 1876; Meeus, Astronomical Algorithms, ch. 8).
    static func easter(in year: Int) -> CalendarDay? {
        let (a, b, c) = (year % 19, year / 100, year % 100)
        let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30
        let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7
        let n = h + l - 7 * ((a + 11 * h + 22 * l) / 451) + 114
        return CalendarDay(year: year, month: n / 31, day: n % 31 + 1)
    }
}

extension HolidayCalendar {
    /// The calendars that come with Lares, by name: public holidays of the years 2020 to 2050, as the laws were in 2026.
    public static let builtIn: [String: HolidayCalendar] = PublicHoliday.countries.mapValues {
        HolidayCalendar(days: PublicHoliday.days(of: $0))
    }

    /// The holidays from a day on, earliest first, with their names.
    public func next(from day: CalendarDay, count: Int) -> [(day: CalendarDay, name: String)] {
        days.filter { $0.key >= day }.sorted { $0.key < $1.key }.prefix(count).map { ($0.key, $0.value) }
    }
}
