import Foundation
import LaresPlaces
import LaresThings

/// The days that the page of energy shows: one by its hours, seven or thirty by themselves.
struct EnergySpan {
    enum Length: String, CaseIterable {
        case day, week, month

        var days: Int { self == .day ? 1 : self == .week ? 7 : 30 }
    }

    let length: Length
    let last: CalendarDay
    let today: CalendarDay

    /// - Parameters:
    ///   - length: The word of a length; a day for any other.
    ///   - last: The last day, "2026-11-28"; today for none and for one that hasn't come.
    init(_ length: String?, on last: String?, in zone: TimeZoneRules, now: Date) {
        let today = CalendarDay(ordinal: zone.wall(at: Int(now.timeIntervalSince1970.rounded(.down))).day)
        self.length = length.flatMap(Length.init) ?? .day
        self.today = today
        self.last = min(today, max(last.flatMap { CalendarDay($0) } ?? today, CalendarDay.supported.lowerBound.adding(60)))
    }

    var days: ClosedRange<CalendarDay> { last.adding(1 - length.days)...last }

    var step: EnergyReport.Step { length == .day ? .hour : .day }

    /// The fields of the links between lengths and to the days before and after.
    func fields(_ amount: Amount) -> [String: Any] {
        let words = amount.words, next = last.adding(length.days)
        return [
            "lengths": Length.allCases.map {
                ["href": address($0, last), "word": words("energy.span.\($0.rawValue)"), "current": $0 == length] as [String: Any]
            },
            "earlier": address(length, last.adding(-length.days)), "later": last < today ? address(length, min(next, today)) : false,
            "when": length == .day
                ? amount.day(last) : words("energy.range", ["from": amount.day(days.lowerBound), "to": amount.day(last)]),
        ]
    }

    private func address(_ length: Length, _ last: CalendarDay) -> String {
        "/energy?span=\(length.rawValue)" + (last == today ? "" : "&on=\(last)")
    }
}

extension Amount {
    /// "23 Nov 2026", of a day without a time.
    func day(_ day: CalendarDay) -> String {
        let parts = day.parts
        return words("date.day", ["day": "\(parts.day)", "month": words("month.\(parts.month)"), "year": "\(parts.year)"])
    }

    /// "23 Nov".
    func shortDay(_ day: CalendarDay) -> String {
        words("date.short", ["day": "\(day.parts.day)", "month": words("month.\(day.parts.month)")])
    }

    /// "12.35 kWh": two decimals below ten, one below a thousand.
    func energy(_ kilowattHours: Double) -> String {
        let size = kilowattHours.magnitude
        return decimal(kilowattHours, places: size < 9.995 ? 2 : size < 999.95 ? 1 : 0) + "\u{a0}kWh"
    }

    /// "1,234.50 EUR".
    func money(_ sum: Double, _ currency: String) -> String { decimal(sum, places: 2) + "\u{a0}" + currency }

    /// A number with so many decimals, its thousands parted.
    func decimal(_ number: Double, places: Int) -> String {
        guard number.isFinite, number.magnitude < 1e12 else { return figure(number) }
        let text = String(format: "%.\(places)f", number.magnitude)
        let parts = text.split(separator: ".", maxSplits: 1)
        let grouped = whole(Int(parts[0]) ?? 0) + (parts.count > 1 ? "." + parts[1] : "")
        return (number < 0 && text.contains { ("1"..."9").contains($0) } ? "−" : "") + grouped
    }
}
