internal import Foundation

/// The header `Retry-After` (RFC 9110 §10.2.3): seconds, or a date.
enum RetryAfter {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds from now, not negative; nil for what can't be read.
    static func seconds(_ text: String, _ now: Date) -> Double? {
        if !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return Double(text) }
        return date(text).map { max(0, $0.timeIntervalSince(now)) }
    }

    /// "Sun, 06 Nov 1994 08:49:37 GMT"
    private static func date(_ text: String) -> Date? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let day = words[1].digits(2), let month = months.firstIndex(of: String(words[2])),
            let year = words[3].digits(4), let time = TimeOfDay(words[4]),
            let date = CalendarDay(year: year, month: month + 1, day: day)
        else { return nil }
        return (date.ordinal * 86_400 + time.seconds).date
    }
}
