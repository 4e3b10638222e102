package import Foundation

/// Numbers, sizes and times as people read them, in one language.
package struct Amount: Sendable {
    let words: Words
    let timeZone: TimeZone

    package init(_ words: Words, timeZone: TimeZone = .current) {
        self.words = words
        self.timeZone = timeZone
    }

    /// "1,284".
    package func whole(_ number: Int) -> String {
        var digits = String(number.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (number < 0 ? "−" : "") + ([digits] + groups).joined(separator: ",")
    }

    /// One decimal below ten, none from there: "1.7", "41".
    package func short(_ number: Double) -> String {
        guard number.isFinite else { return words("unit.none") }
        let tenths = (number * 10).rounded() / 10
        return tenths.magnitude < 10 ? String(format: "%.1f", tenths) : whole(Int(clamping: number))
    }

    /// What is counted, though not always in whole numbers: "1", "1.5", "41".
    package func tally(_ number: Double) -> String {
        let tenths = (number * 10).rounded() / 10
        return tenths.isFinite && tenths == tenths.rounded() ? whole(Int(clamping: tenths)) : short(tenths)
    }

    /// "270 MB".
    package func bytes(_ count: Int) -> String {
        let number = Double(count)
        switch number {
        case ..<1e3: return words("unit.bytes", ["n": whole(count)])
        case ..<999_500: return words("unit.kilobytes", ["n": whole(Int((number / 1e3).rounded()))])
        case ..<999_500_000:
            return words("unit.megabytes", ["n": number < 9.95e6 ? short(number / 1e6) : whole(Int((number / 1e6).rounded()))])
        default: return words("unit.gigabytes", ["n": short(number / 1e9)])
        }
    }

    /// "0.2" seconds; two decimals below a tenth.
    package func seconds(_ number: Double) -> String { String(format: number < 0.095 ? "%.2f" : "%.1f", number) }

    /// "0.3", for sentences that name the unit.
    package func gigabytes(_ count: Int) -> String { short(Double(count) / 1e9) }

    /// "135 million", "1.35 亿".
    package func count(_ number: Int) -> String {
        let units = words.language.largeUnits
        switch Double(number) {
        case units.larger...: return words("unit.larger", ["n": significant(Double(number) / units.larger)])
        case units.large...: return words("unit.large", ["n": significant(Double(number) / units.large)])
        default: return whole(number)
        }
    }

    /// "1 token", "41 tokens".
    package func tokens(_ count: Int) -> String { count == 1 ? words("chat.token") : words("chat.tokens", ["n": whole(count)]) }

    /// "41 tok/s", or a dash.
    package func rate(_ tokensPerSecond: Double?) -> String {
        tokensPerSecond.map { words("unit.rate", ["n": short($0)]) } ?? words("unit.none")
    }

    /// "23 Nov 2026".
    package func date(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        return words(
            "date.day", ["day": "\(parts.day ?? 1)", "month": words("month.\(parts.month ?? 1)"), "year": "\(parts.year ?? 1970)"])
    }

    /// "Nov".
    func month(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        return words("month.\(calendar.component(.month, from: date))")
    }

    /// "3 min ago"; the date from a day on.
    package func ago(_ date: Date, now: Date) -> String {
        let seconds = now.timeIntervalSince(date)
        switch seconds {
        case ..<60: return words("ago.now")
        case ..<3_600: return words("ago.minutes", ["n": "\(Int(seconds / 60))"])
        case ..<86_400: return words("ago.hours", ["n": "\(Int(seconds / 3_600))"])
        default: return self.date(date)
        }
    }

    /// "12 s", "4 min", "2 h".
    func duration(_ seconds: Double) -> String {
        switch seconds {
        case ..<90: words("time.seconds", ["n": whole(max(0, Int(clamping: seconds)))])
        case ..<5_400: words("time.minutes", ["n": whole(Int(clamping: seconds / 60))])
        default: words("time.hours", ["n": whole(Int(clamping: seconds / 3_600))])
        }
    }

    /// "18:02, 23 Nov 2026".
    func moment(_ date: Date) -> String {
        words("date.moment", ["time": time(date), "date": self.date(date)])
    }

    /// "18:02".
    func time(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let parts = calendar.dateComponents([.hour, .minute], from: date)
        return String(format: "%02d:%02d", parts.hour ?? 0, parts.minute ?? 0)
    }

    /// A measured number by about four digits: "0.01235", "12.35", "1,284".
    package func figure(_ number: Double) -> String {
        guard number.isFinite else { return words("unit.none") }
        if number == 0 { return "0" }
        let size = number.magnitude
        if size >= 10_000 { return size < 1e15 ? whole(Int(clamping: number)) : String(format: "%.3e", number) }
        if size < 1e-6 { return String(format: "%.2e", number) }
        let decimals = min(9, max(0, 3 - Int(log10(size).rounded(.down))))
        let text = String(format: "%.\(decimals)f", size)
        let short = text.contains(".") ? String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed()) : text
        let parts = short.split(separator: ".", maxSplits: 1)
        let grouped = whole(Int(parts.first ?? "0") ?? 0) + (parts.count > 1 ? "." + parts[1] : "")
        return (number < 0 ? "−" : "") + grouped
    }

    /// "97.3%": a share of one.
    package func percent(_ share: Double) -> String {
        guard share.isFinite else { return words("unit.none") }
        return words("unit.percent", ["n": String(format: "%.1f", share * 100)])
    }

    /// RFC 3339, for `datetime`.
    func exact(_ date: Date) -> String { date.formatted(.iso8601) }

    private func significant(_ number: Double) -> String {
        let text =
            number < 10 ? String(format: "%.2f", number) : number < 100 ? String(format: "%.1f", number) : whole(Int(number.rounded()))
        guard text.contains(".") else { return text }
        return String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed())
    }
}

extension Int {
    fileprivate init(clamping number: Double) { self = number >= 9e18 ? .max : number <= -9e18 ? .min : Int(number.rounded()) }
}
