/// Times as a crontab writes them: minute, hour, day of the month, month and day of the week.
///
/// ```swift
/// let office = try CronExpression("*/15 8-17 * * mon-fri")
/// ```
///
/// Each field is `*`, a number, a range `a-b`, one of these with a step `/n`, or a list of them with commas. Months may be `jan` to `dec`, weekdays
/// `sun` to `sat`; Sunday is 0 or 7. As in cron, a day need only match one of the two day fields when neither begins with `*`, and both
/// otherwise. `@hourly`, `@daily`, `@midnight`, `@weekly`, `@monthly`, `@yearly` and `@annually` stand for whole expressions.
///
/// Where clocks change, cron's rule holds too: an expression for every hour follows elapsed time, as its user expects of "every ten
/// minutes"; any other runs once when its time comes twice, and right behind the gap when its time is skipped.
public struct CronExpression: Hashable, Sendable {
    /// The expression as it was given.
    public let text: String
    private let minutes, hours, monthDays, months, weekdays: UInt64
    private let needsBothDays: Bool

    /// Throws ``ScheduleError`` with `badSchedule`, naming the field and what it may hold.
    public init(_ text: String) throws(ScheduleError) {
        guard text.utf8.count <= 256 else { throw ScheduleError(.badSchedule, "a cron expression has at most 256 characters") }
        let expression = CronField.macros[text.lowercased()] ?? text
        let fields = expression.split { $0 == " " || $0 == "\t" }
        guard fields.count == 5 else {
            throw ScheduleError(
                .badSchedule,
                "the cron expression \"\(text)\" has \(fields.count) fields, not five: minute, hour, day of month, month, day of week")
        }
        self.text = text
        minutes = try CronField.minute.set(fields[0])
        hours = try CronField.hour.set(fields[1])
        monthDays = try CronField.monthDay.set(fields[2])
        months = try CronField.month.set(fields[3])
        let days = try CronField.weekday.set(fields[4])
        weekdays = (days | days >> 7) & 0x7F
        needsBothDays = fields[2].first == "*" || fields[4].first == "*"
    }

    /// Whether it runs in every hour of its days, so that it follows elapsed time where clocks change.
    package var isHourly: Bool { hours == 0xFF_FFFF }

    /// The seconds since 00:00 at which it runs on its days, ascending.
    package var secondsOfDay: [Int] {
        stride(from: 0, to: 86_400, by: 60).filter { time in
            hours >> UInt64(time / 3600) & 1 != 0 && minutes >> UInt64(time / 60 % 60) & 1 != 0
        }
    }

    /// Whether a day is one of its days.
    package func matches(_ day: CalendarDay) -> Bool {
        let (_, month, monthDay) = day.parts
        guard months >> UInt64(month) & 1 != 0 else { return false }
        let inMonth = monthDays >> UInt64(monthDay) & 1 != 0
        let inWeek = weekdays >> UInt64((day.weekdayIndex + 1) % 7) & 1 != 0
        return needsBothDays ? inMonth && inWeek : inMonth || inWeek
    }
}

/// What one field of a cron expression may hold.
private struct CronField {
    let name: String
    let range: ClosedRange<Int>
    /// Words for the range's numbers, from its first on.
    var words: [String] = []

    static let minute = CronField(name: "minute", range: 0...59)
    static let hour = CronField(name: "hour", range: 0...23)
    static let monthDay = CronField(name: "day of month", range: 1...31)
    static let month = CronField(
        name: "month", range: 1...12, words: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
    static let weekday = CronField(name: "day of week", range: 0...7, words: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])

    static let macros = [
        "@hourly": "0 * * * *", "@daily": "0 0 * * *", "@midnight": "0 0 * * *", "@weekly": "0 0 * * 0", "@monthly": "0 0 1 * *",
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *",
    ]

    private func error(_ text: some StringProtocol) -> ScheduleError {
        let names = words.isEmpty ? "" : ", their names \(words[0]) to \(words[words.count - 1])"
        return ScheduleError(
            .badSchedule,
            "\"\(text)\" is no \(name) of a cron expression: there may be \(range.lowerBound) to \(range.upperBound)\(names), "
                + "rising ranges, steps and lists of these")
    }

    /// The field's numbers, one bit each.
    func set(_ field: Substring) throws(ScheduleError) -> UInt64 {
        var bits: UInt64 = 0
        for item in field.split(separator: ",", omittingEmptySubsequences: false) {
            guard let values = values(item) else { throw error(item) }
            for value in values { bits |= 1 << UInt64(value) }
        }
        return bits
    }

    private func values(_ item: Substring) -> StrideThrough<Int>? {
        let halves = item.split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count <= 2, let step = halves.count == 2 ? number(halves[1]) : 1, step >= 1 else { return nil }
        if halves[0] == "*" { return stride(from: range.lowerBound, through: everyday, by: step) }
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let first = value(ends[0]) else { return nil }
        guard ends.count == 2 else { return stride(from: first, through: halves.count == 2 ? everyday : first, by: step) }
        guard var last = value(ends[1]) else { return nil }
        if range.upperBound == 7, last == 0, first > 0 { last = 7 }
        return first <= last ? stride(from: first, through: last, by: step) : nil
    }

    /// The last number of `*`, which doesn't count Sunday twice.
    private var everyday: Int { range.upperBound == 7 ? 6 : range.upperBound }

    private func value(_ text: Substring) -> Int? {
        if let place = words.firstIndex(of: text.lowercased()) { return range.lowerBound + place }
        return number(text).flatMap { range.contains($0) ? $0 : nil }
    }

    private func number(_ text: Substring) -> Int? { text.digits(1) ?? text.digits(2) ?? text.digits(3) }
}
