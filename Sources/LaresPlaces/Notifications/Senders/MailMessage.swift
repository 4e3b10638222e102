internal import Foundation

/// A notice as a mail (RFC 5322): ASCII lines, the text in base 64.
///
/// Nothing that a rule says stands in a header as it is: addresses are checked, and a subject is encoded.
package struct MailMessage: Sendable {
    /// The whole message, lines ended by CR LF.
    package let text: String

    package init(_ parcel: Parcel, from: MailAddress, to: MailAddress) {
        var headers = [
            "From: <\(from)>", "To: <\(to)>", "Subject: " + Self.encoded(parcel.subject), "Date: " + Self.date(parcel.createdAt),
            // The same at every try, so that a mailbox can tell that it has had it.
            "Message-ID: <\(parcel.key)@\(from.host)>", "Auto-Submitted: auto-generated", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
        ]
        if parcel.isUrgent { headers += ["Importance: high", "X-Priority: 1"] }
        let body = Data((parcel.text + "\n").utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        text = headers.joined(separator: "\r\n") + "\r\n\r\n" + body + "\r\n"
    }

    /// A text as encoded words of at most 75 characters (RFC 2047), one a line; itself when it is short and plain.
    private static func encoded(_ text: String) -> String {
        if text.utf8.count <= 60, text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), !text.contains("=?") { return text }
        var (words, word) = ([String](), "")
        for scalar in text.unicodeScalars {
            if word.utf8.count + String(scalar).utf8.count > 42 {
                words.append(word)
                word = ""
            }
            word.unicodeScalars.append(scalar)
        }
        words.append(word)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }

    /// "Sun, 29 Nov 2026 10:00:00 +0000"
    private static func date(_ date: Date) -> String {
        let (day, seconds) = Instant(flooring: date).flooredDivision(by: 86_400)
        let calendarDay = CalendarDay(ordinal: day)
        let (year, month, dayOfMonth) = calendarDay.parts
        let names = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [seconds / 3600, seconds / 60 % 60, seconds % 60].map(\.twoDigits).joined(separator: ":")
        return "\(calendarDay.weekday.rawValue.capitalized), \(dayOfMonth) \(names[month - 1]) \(year) \(clock) +0000"
    }
}

extension Parcel {
    /// What stands over it.
    fileprivate var subject: String {
        guard case .notice(let notice, let language) = content else { return "Lares" }
        if let title = notice.title, !title.isEmpty { return title }
        switch language {
        case .english: return "A notice from your home"
        case .chinese: return "来自您家的通知"
        }
    }
}
