package import Foundation
package import LaresThings

/// Which stretch of time the histories of a thing's page show: all of it is in its address.
package struct HistorySpan: Sendable {
    /// How long it is.
    package enum Length: String, CaseIterable, Sendable {
        case hour, day, week, month, year

        package var seconds: Double {
            switch self {
            case .hour: 3_600
            case .day: 86_400
            case .week: 604_800
            case .month: 30 * 86_400
            case .year: 365 * 86_400
            }
        }
    }

    package let length: Length
    /// Where it ends; nil: now.
    package let end: Date?
    let now: Date

    /// - Parameters:
    ///   - length: The word of a length; a day for any other.
    ///   - end: Seconds since 1970; now for none, for what is no moment and for one that hasn't come.
    package init(_ length: String?, until end: String?, now: Date = .now) {
        let moment = end.flatMap { Double($0) }.flatMap { (86_400...7_258_118_400).contains($0) ? Date(timeIntervalSince1970: $0) : nil }
        self.init(length.flatMap { Length(rawValue: $0) } ?? .day, moment, now)
    }

    private init(_ length: Length, _ end: Date?, _ now: Date) {
        (self.length, self.end, self.now) = (length, end.flatMap { $0 < now ? $0 : nil }, now)
    }

    /// From when, until before when.
    package var range: Range<Timestamp> {
        let last = Timestamp(end ?? now)
        return Timestamp(milliseconds: max(0, last.milliseconds - Int64(length.seconds * 1_000)))..<last
    }

    /// The query of its address.
    var query: String {
        let until = end.map { "&to=\(Int($0.timeIntervalSince1970))" } ?? ""
        return length == .day && end == nil ? "" : "?span=\(length.rawValue)\(until)"
    }

    /// "in the last 24 hours", or from when to when.
    func words(_ amount: Amount) -> String {
        guard end != nil else { return amount.words("history.when.\(length.rawValue)") }
        return amount.words(
            "history.between", ["from": amount.moment(range.lowerBound.date), "to": amount.moment(range.upperBound.date)])
    }

    /// The fields of the links that make it longer, shorter, earlier and later.
    func fields(_ page: String, _ words: Words) -> [String: Any] {
        func link(_ length: Length, _ end: Date?) -> String { page + HistorySpan(length, end, now).query + "#histories" }
        let before = (end ?? now).addingTimeInterval(-length.seconds)
        return [
            "spans": Length.allCases.map {
                ["href": link($0, end), "word": words("history.span.\($0.rawValue)"), "current": $0 == length] as [String: Any]
            },
            "earlier": before.timeIntervalSince1970 > 86_400 ? link(length, before) : false,
            "later": end.map { link(length, $0.addingTimeInterval(length.seconds)) } ?? false,
        ]
    }

    /// The marks below a chart.
    func marks(_ amount: Amount) -> TimeMarks { TimeMarks(range.lowerBound.date..<range.upperBound.date, amount) }

    /// A moment in a table: the day is said where there are several.
    func moment(_ date: Date, _ amount: Amount) -> String {
        length == .hour || length == .day && end == nil ? amount.time(date) : amount.moment(date)
    }
}
