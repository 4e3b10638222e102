import LaresTime

import struct Foundation.Date
import struct Foundation.TimeZone

/// C's `strftime` in English, over a given moment and time zone.
struct TimeFormat {
    private let year, month, day, hour, minute, second, microsecond: Int
    /// From Monday, 0.
    private let weekday: Int
    /// From 0.
    private let yearDay: Int
    private let offset: Int
    private let zone: String
    private let epoch: Int

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
    ]
    private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    init(_ date: Date, in timeZone: TimeZone) {
        let farthest = 253_402_300_799.0
        let moment = min(max(date.timeIntervalSince1970, -62_135_596_800), farthest)
        offset = timeZone.secondsFromGMT(for: date)
        zone = offset == 0 && timeZone.identifier == "GMT" ? "UTC" : timeZone.abbreviation(for: date) ?? timeZone.identifier
        epoch = Int(moment.rounded(.down))
        microsecond = Int((moment - moment.rounded(.down)) * 1_000_000)
        let local = epoch + offset
        let days = Int((Double(local) / 86_400).rounded(.down))
        let seconds = local - days * 86_400
        (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        let civil = CivilDay(days)
        (year, month, day) = civil.date
        (weekday, yearDay) = (civil.weekday, civil.placeInYear.day)
    }

    /// Replaces the directives of a format; an unknown one stays as it is.
    func text(_ format: String) -> String {
        var out = ""
        var rest = Substring(format).unicodeScalars
        while let next = rest.popFirst() {
            guard next == "%", var directive = rest.popFirst() else {
                out.unicodeScalars.append(next)
                continue
            }
            let dropsPadding = directive == "-"
            if dropsPadding { directive = rest.popFirst() ?? "-" }
            out += self.directive(directive, padded: !dropsPadding) ?? "%" + (dropsPadding ? "-" : "") + String(directive)
        }
        return out
    }

    private func directive(_ directive: Unicode.Scalar, padded: Bool) -> String? {
        let hour12 = (hour + 11) % 12 + 1
        func pad(_ number: Int, _ width: Int = 2, _ fill: String = "0") -> String {
            let digits = String(number)
            return padded ? String(repeating: fill, count: max(0, width - digits.utf8.count)) + digits : digits
        }
        switch directive {
        case "Y": return String(year)
        case "C": return pad(year / 100)
        case "y": return pad(year % 100)
        case "m": return pad(month)
        case "d": return pad(day)
        case "e": return pad(day, 2, " ")
        case "H": return pad(hour)
        case "k": return pad(hour, 2, " ")
        case "I": return pad(hour12)
        case "l": return pad(hour12, 2, " ")
        case "M": return pad(minute)
        case "S": return pad(second)
        case "f": return pad(microsecond, 6)
        case "j": return pad(yearDay + 1, 3)
        case "u": return String(weekday + 1)
        case "w": return String((weekday + 1) % 7)
        case "U": return pad((yearDay + 7 - (weekday + 1) % 7) / 7)
        case "W": return pad((yearDay + 7 - weekday) / 7)
        default: return name(directive) ?? composite(directive)
        }
    }

    private func name(_ directive: Unicode.Scalar) -> String? {
        switch directive {
        case "B": Self.months[month - 1]
        case "b", "h": String(Self.months[month - 1].prefix(3))
        case "A": Self.weekdays[weekday]
        case "a": String(Self.weekdays[weekday].prefix(3))
        case "p": hour < 12 ? "AM" : "PM"
        case "P": hour < 12 ? "am" : "pm"
        case "Z": zone
        case "z": (offset < 0 ? "-" : "+") + digits(abs(offset) / 3600) + digits(abs(offset) / 60 % 60)
        case "s": String(epoch)
        case "n": "\n"
        case "t": "\t"
        case "%": "%"
        case "V": digits(isoWeek.week)
        case "G": String(isoWeek.year)
        default: nil
        }
    }

    private func digits(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }

    private func composite(_ directive: Unicode.Scalar) -> String? {
        switch directive {
        case "F": text("%Y-%m-%d")
        case "T", "X": text("%H:%M:%S")
        case "R": text("%H:%M")
        case "D", "x": text("%m/%d/%y")
        case "c": text("%a %b %e %H:%M:%S %Y")
        case "r": text("%I:%M:%S %p")
        default: nil
        }
    }

    /// The week of ISO 8601: it belongs to the year that holds its Thursday.
    private var isoWeek: (year: Int, week: Int) {
        let thursday = yearDay - weekday + 3
        if thursday < 0 {
            let length = CivilDay.isLeap(year - 1) ? 366 : 365
            return (year - 1, (thursday + length) / 7 + 1)
        }
        let length = CivilDay.isLeap(year) ? 366 : 365
        return thursday >= length ? (year + 1, 1) : (year, thursday / 7 + 1)
    }
}
