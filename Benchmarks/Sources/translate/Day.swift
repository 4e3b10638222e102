import LaresTensor

/// A day from 1 January 1900 to 31 December 2099.
struct Day {
    static let count = 73049
    let year: Int, month: Int, day: Int
    /// 0 is Monday, as 1 January 1900 was.
    let weekday: Int

    /// The day so many days after the first.
    init(_ number: Int) {
        var (year, month, left) = (1900, 1, number)
        func length() -> Int { [31, year % 4 == 0 && year != 1900 ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] }
        while left >= length() {
            left -= length()
            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
        }
        (self.year, self.month, day, weekday) = (year, month, left + 1, number % 7)
    }

    /// `1976-07-04`
    var iso: String { "\(year)-\(two(month))-\(two(day))" }

    /// As somebody may write it.
    func written(using random: inout SeededRandom) -> String {
        let forms = figures + words + otherLanguages, form = forms[Int.random(in: forms.indices, using: &random)]
        return [form, form.lowercased(), form.uppercased()][Int.random(in: 0..<3, using: &random)]
    }

    /// The day comes first where a form doesn't say which is which.
    private var figures: [String] {
        [
            "\(two(day)).\(two(month)).\(year)", "\(day).\(month).\(year)", "\(two(day))/\(two(month))/\(year)", "\(day)-\(month)-\(year)",
            "\(year)/\(two(month))/\(two(day))", "\(year)-\(month)-\(day)", "\(year)\(two(month))\(two(day))",
            "\(day).\(Day.roman[month - 1]).\(year)",
        ]
    }

    private var words: [String] {
        let name = Day.months[month - 1], short = name.prefix(3), dayName = Day.weekdays[weekday]
        let ending = (11...13).contains(day) ? "th" : [1: "st", 2: "nd", 3: "rd"][day % 10] ?? "th"
        return [
            "\(day) \(name) \(year)", "\(name) \(day), \(year)", "\(name) \(day)\(ending), \(year)",
            "the \(day)\(ending) of \(name) \(year)",
            "\(short) \(two(day)) \(year)", "\(two(day))-\(short)-\(year)", "\(year) \(name) \(day)", "\(dayName), \(day) \(name) \(year)",
            "\(dayName.prefix(3)) \(short) \(day) \(year)", "\(dayName) the \(day)\(ending) of \(name), \(year)",
            "the \(spokenOrdinal(day)) of \(name) \(spokenYear(year))",
        ]
    }

    private var otherLanguages: [String] {
        [
            "\(day). \(Day.germanMonths[month - 1]) \(year)", "le \(day) \(Day.frenchMonths[month - 1]) \(year)",
            "\(year)年\(month)月\(day)日",
            String(year).compactMap(\.wholeNumberValue).map { Day.chinese[$0] }.joined() + "年\(chinese(month))月\(chinese(day))日",
        ]
    }

    /// Numbers below a hundred in Chinese.
    private func chinese(_ number: Int) -> String {
        let (tens, ones) = (number / 10, number % 10)
        return (tens > 1 ? Day.chinese[tens] : "") + (tens > 0 ? "十" : "") + (ones > 0 ? Day.chinese[ones] : "")
    }

    private func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }

    private static func list(_ text: String) -> [String] { text.split(whereSeparator: \.isWhitespace).map(String.init) }
    private static let months = list("January February March April May June July August September October November December")
    private static let germanMonths = list("Januar Februar März April Mai Juni Juli August September Oktober November Dezember")
    private static let frenchMonths = list("janvier février mars avril mai juin juillet août septembre octobre novembre décembre")
    private static let weekdays = list("Monday Tuesday Wednesday Thursday Friday Saturday Sunday")
    private static let roman = list("I II III IV V VI VII VIII IX X XI XII")
    private static let chinese = list("〇 一 二 三 四 五 六 七 八 九")
}
