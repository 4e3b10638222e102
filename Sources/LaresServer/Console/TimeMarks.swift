package import Foundation

/// The marks below a chart: round times of the place's clocks, where they lie.
package struct TimeMarks {
    /// What the chart shows.
    package let range: Range<Date>
    let amount: Amount

    /// Marks of a chart that shows this.
    package init(_ range: Range<Date>, _ amount: Amount) { (self.range, self.amount) = (range, amount) }

    private var length: Double { range.upperBound.timeIntervalSince(range.lowerBound) }

    private var calendar: Calendar {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = amount.timeZone
        return calendar
    }

    /// The round times in it: quarters of an hour, six hours, days or months, so that there are three to eight of them.
    package var dates: [Date] {
        switch length {
        case ...0: []
        case ..<10_800: quarters
        case ..<151_200: days.flatMap { hours(of: $0) }.filter { range.contains($0) }
        case ..<864_000: days.filter { range.contains($0) && ordinal($0) % 2 == 0 }
        case ..<5_184_000: days.filter { range.contains($0) && calendar.component(.weekday, from: $0) == 2 }
        default: months
        }
    }

    /// The fields of marks: where each is, as a part of the width, and what it says.
    package var fields: [[String: Any]] {
        dates.map { date in
            let part = date.timeIntervalSince(range.lowerBound) / length
            return ["at": String(format: "%.2f%%", 100 * part), "x": String(format: "%.2f", 100 * part), "word": word(date)]
        }
    }

    private func word(_ date: Date) -> String {
        switch length {
        case ..<151_200: amount.time(date)
        case ..<5_184_000: amount.shortDate(date)
        default: amount.month(date)
        }
    }

    private var quarters: [Date] {
        let quarter = 900.0, first = (range.lowerBound.timeIntervalSince1970 / quarter).rounded(.up) * quarter
        return stride(from: first, to: range.upperBound.timeIntervalSince1970, by: quarter).map { Date(timeIntervalSince1970: $0) }
    }

    /// The beginnings of days, from the one in which it begins; 62 at most.
    private var days: [Date] {
        var days: [Date] = [], next: Date? = calendar.startOfDay(for: range.lowerBound)
        while let day = next, day < range.upperBound, days.count < 62 {
            days.append(day)
            next = calendar.date(byAdding: .day, value: 1, to: day)
        }
        return days
    }

    private func hours(of day: Date) -> [Date] {
        [0, 6, 12, 18].compactMap { calendar.date(bySettingHour: $0, minute: 0, second: 0, of: day) }
    }

    /// Days are told apart by their number since 1970, so that marks stay where they are while time goes on.
    private func ordinal(_ day: Date) -> Int {
        Int((day.timeIntervalSince1970 + Double(amount.timeZone.secondsFromGMT(for: day))) / 86_400)
    }

    /// The first days of quarters of a year.
    private var months: [Date] {
        let year = calendar.component(.year, from: range.lowerBound)
        return (year...year + 2).flatMap { year in
            [1, 4, 7, 10].compactMap { calendar.date(from: DateComponents(year: year, month: $0, day: 1)) }
        }.filter { range.contains($0) }
    }
}
