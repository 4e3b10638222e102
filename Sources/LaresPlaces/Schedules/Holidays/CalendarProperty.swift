/// One content line of an iCalendar text: a name, parameters that matter here, and a value (RFC 5545 §3.1).
struct CalendarProperty {
    let line: Int
    /// In capitals.
    let name: String
    let value: String

    /// Nil for a line that isn't one.
    init?(_ text: String, line: Int) {
        var isQuoted = false
        let colon = text.utf8.firstIndex { byte in
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            return byte == UInt8(ascii: ":") && !isQuoted
        }
        guard let colon else { return nil }
        let head = text[..<colon].split(separator: ";", maxSplits: 1, omittingEmptySubsequences: false)
        let name = head[0].uppercased()
        guard !name.isEmpty, name.utf8.allSatisfy({ (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }) else {
            return nil
        }
        (self.line, self.name, value) = (line, name, String(text[text.utf8.index(after: colon)...]))
    }

    private func error(_ what: String) -> ScheduleError {
        ScheduleError(.badCalendar, "the calendar's line \(line), \(name), \(what): export the calendar again")
    }

    /// Its value without escapes, at most 200 characters of it.
    var text: String {
        var (plain, isEscaped) = ("", false)
        for character in value.prefix(400) {
            if !isEscaped, character == "\\" {
                isEscaped = true
                continue
            }
            plain.append(isEscaped && (character == "n" || character == "N") ? " " : character)
            isEscaped = false
        }
        return String(plain.prefix(200))
    }

    /// A day; nil when it is a moment with a time of day, or lies outside the supported years.
    func day() throws(ScheduleError) -> CalendarDay? { try Self.day(value[...], error) }

    /// Days, those with a time of day left out.
    func dayList() throws(ScheduleError) -> [CalendarDay] {
        var days: [CalendarDay] = []
        for item in value.split(separator: ",") {
            if let day = try Self.day(item, error) { days.append(day) }
        }
        return days
    }

    private static func day(_ text: Substring, _ error: (String) -> ScheduleError) throws(ScheduleError) -> CalendarDay? {
        let date = text.prefix(8)
        guard let year = date.prefix(4).digits(4), let month = date.dropFirst(4).prefix(2).digits(2), let day = date.dropFirst(6).digits(2),
            text.utf8.count == 8 || text.dropFirst(8).first == "T"
        else { throw error("has \"\(text.prefix(40))\" where a day such as 20261224 was expected") }
        guard text.utf8.count == 8 else { return nil }
        if !(1900...2199).contains(year) { return nil }
        guard let found = CalendarDay(year: year, month: month, day: day) else { throw error("names a day that no calendar has, \(date)") }
        return found
    }

    /// A duration in whole days, "P1D" or "P2W"; nil for others.
    var days: Int? {
        guard value.hasPrefix("P"), let unit = value.last, unit == "D" || unit == "W" else { return nil }
        let count = value.dropFirst().dropLast()
        guard let number = count.digits(1) ?? count.digits(2) ?? count.digits(3) else { return nil }
        return unit == "W" ? number * 7 : number
    }
}
