import LaresTime

/// A zone's rule for years to come, as the TZ variable of POSIX writes it: "CET-1CEST,M3.5.0,M10.5.0/3" (RFC 9636 §3.3.1, extended hours too).
struct PosixZoneRule: Hashable, Sendable {
    /// Seconds ahead of UTC without daylight saving.
    let standard: Int
    private let daylight: Daylight?

    private struct Daylight: Hashable, Sendable {
        let offset: Int
        let start, end: YearlyMoment
    }

    /// A day of every year and the seconds since its 00:00, which may be negative or more than a day's.
    private struct YearlyMoment: Hashable, Sendable {
        enum Day: Hashable, Sendable {
            /// 1 to 365; the leap day is never counted.
            case julian(Int)
            /// 0 to 365; the leap day is counted.
            case ordinal(Int)
            /// Month, which of its weeks (5 is the last) and the weekday, Sunday 0.
            case weekday(month: Int, week: Int, weekday: Int)
        }
        let day: Day
        let seconds: Int

        /// Seconds since 1970-01-01 00:00 on the wall.
        func wall(in year: Int) -> Int { dayNumber(in: year) * 86_400 + seconds }

        private func dayNumber(in year: Int) -> Int {
            switch day {
            case .julian(let day): first(of: 1, year) + day - 1 + (day > 59 && CivilDay.isLeap(year) ? 1 : 0)
            case .ordinal(let day): first(of: 1, year) + day
            case .weekday(let month, let week, let weekday):
                self.weekday(weekday, week, first(of: month, year), CivilDay.days(in: month, of: year))
            }
        }

        private func weekday(_ weekday: Int, _ week: Int, _ first: Int, _ days: Int) -> Int {
            let ahead = (weekday + 6 - CalendarDay(ordinal: first).weekdayIndex + 7) % 7
            let day = ahead + (week - 1) * 7
            return first + (day < days ? day : day - 7)
        }

        private func first(of month: Int, _ year: Int) -> Int { CalendarDay(year: year, month: month, day: 1)?.ordinal ?? 0 }
    }

    /// Nil for a text that isn't such a rule.
    init?(_ text: [UInt8]) {
        guard text.count <= 128 else { return nil }
        var scanner = Scanner(text: text)
        guard scanner.name(), let west = scanner.time(hours: 24) else { return nil }
        standard = -west
        if scanner.isAtEnd {
            daylight = nil
            return
        }
        guard let daylight = Self.daylight(&scanner, standard: -west), scanner.isAtEnd else { return nil }
        self.daylight = daylight
    }

    private static func daylight(_ scanner: inout Scanner, standard: Int) -> Daylight? {
        guard scanner.name() else { return nil }
        var offset = standard + 3600
        if scanner.next != UInt8(ascii: ",") {
            guard let west = scanner.time(hours: 24) else { return nil }
            offset = -west
        }
        guard let start = moment(&scanner), let end = moment(&scanner) else { return nil }
        return Daylight(offset: offset, start: start, end: end)
    }

    private static func moment(_ scanner: inout Scanner) -> YearlyMoment? {
        guard scanner.take(","), let day = day(&scanner) else { return nil }
        guard scanner.take("/") else { return YearlyMoment(day: day, seconds: 7200) }
        return scanner.time(hours: 167).map { YearlyMoment(day: day, seconds: $0) }
    }

    private static func day(_ scanner: inout Scanner) -> YearlyMoment.Day? {
        if scanner.take("J") { return scanner.number(in: 1...365).map { .julian($0) } }
        guard scanner.take("M") else { return scanner.number(in: 0...365).map { .ordinal($0) } }
        guard let month = scanner.number(in: 1...12), scanner.take("."), let week = scanner.number(in: 1...5), scanner.take("."),
            let weekday = scanner.number(in: 0...6)
        else { return nil }
        return .weekday(month: month, week: week, weekday: weekday)
    }

    /// What the offset becomes and when, earliest first.
    func offsets(years: ClosedRange<Int>) -> [(at: Int, offset: Int)] {
        guard let daylight else { return [] }
        let changes = years.flatMap { year in
            [
                (at: daylight.start.wall(in: year) - standard, offset: daylight.offset),
                (at: daylight.end.wall(in: year) - daylight.offset, offset: standard),
            ]
        }
        return changes.sorted { $0.at < $1.at }
    }

    /// Reads the parts of a rule, each nil or false where it isn't.
    private struct Scanner {
        let text: [UInt8]
        var at = 0

        init(text: [UInt8]) { self.text = text }

        var next: UInt8? { at < text.count ? text[at] : nil }
        var isAtEnd: Bool { at == text.count }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard next == UInt8(ascii: character) else { return false }
            at += 1
            return true
        }

        /// An abbreviation: three letters or more, or anything in angle brackets.
        mutating func name() -> Bool {
            if take("<") {
                while let byte = next, byte != UInt8(ascii: ">") { at += 1 }
                return take(">")
            }
            let start = at
            while let byte = next, (0x41...0x5A).contains(byte & 0xDF) { at += 1 }
            return at - start >= 3
        }

        mutating func number(in range: ClosedRange<Int>) -> Int? {
            var (value, count) = (0, 0)
            while let byte = next, (0x30...0x39).contains(byte), count < 3 {
                (value, count, at) = (value * 10 + Int(byte - 0x30), count + 1, at + 1)
            }
            return count > 0 && range.contains(value) ? value : nil
        }

        /// Hours with minutes and seconds or without, and a sign or none; in seconds.
        mutating func time(hours: Int) -> Int? {
            let isNegative = take("-")
            if !isNegative { _ = take("+") }
            guard let hour = number(in: 0...hours) else { return nil }
            var seconds = hour * 3600
            if take(":") {
                guard let minute = number(in: 0...59) else { return nil }
                seconds += minute * 60
                if take(":") {
                    guard let second = number(in: 0...59) else { return nil }
                    seconds += second
                }
            }
            return isNegative ? -seconds : seconds
        }
    }
}
