package import Foundation

/// A day in the place's time, as the address names it.
package struct DaySpan: Sendable {
    package let start: Date
    package let end: Date
    /// Whether it is the day that is now.
    package let isToday: Bool
    private let calendar: Calendar

    /// - Parameter text: "2026-11-30"; today for anything else, and for a day that hasn't come.
    package init(_ text: String?, in zone: TimeZone, now: Date = .now) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let today = calendar.startOfDay(for: now), numbers = (text ?? "").split(separator: "-").compactMap { Int($0) }
        let asked =
            numbers.count == 3 && (1970...2199).contains(numbers[0]) && (1...12).contains(numbers[1]) && (1...31).contains(numbers[2])
            ? calendar.date(from: DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])) : nil
        start = min(today, asked.map { calendar.startOfDay(for: $0) } ?? today)
        isToday = start == today
        end = calendar.date(byAdding: .day, value: 1, to: start) ?? start.addingTimeInterval(86_400)
        self.calendar = calendar
    }

    package func contains(_ date: Date) -> Bool { date >= start && date < end }

    /// "2026-11-29", so many days away.
    package func day(_ offset: Int) -> String {
        let date = calendar.date(byAdding: .day, value: offset, to: start) ?? start
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        return String(format: "%04d-%02d-%02d", parts.year ?? 1970, parts.month ?? 1, parts.day ?? 1)
    }
}
