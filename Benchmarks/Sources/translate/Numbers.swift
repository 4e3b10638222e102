private let small = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
    """.split(whereSeparator: \.isWhitespace).map(String.init)
private let tens = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split(separator: " ").map(String.init)

/// The words of a whole number below a million.
func spoken(_ number: Int) -> [String] {
    switch number {
    case ..<20: return [small[number]]
    case ..<100: return [tens[number / 10]] + (number % 10 == 0 ? [] : [small[number % 10]])
    case ..<1000: return [small[number / 100], "hundred"] + (number % 100 == 0 ? [] : ["and"] + spoken(number % 100))
    default:
        let rest = number % 1000
        return spoken(number / 1000) + ["thousand"] + (rest == 0 ? [] : (rest < 100 ? ["and"] : []) + spoken(rest))
    }
}

/// A year as people say it: "nineteen oh five", "two thousand and nine", "twenty twenty-six".
func spokenYear(_ year: Int) -> String {
    func joined(_ number: Int) -> String { spoken(number).joined(separator: "-") }
    if 2000..<2010 ~= year { return spoken(year).joined(separator: " ") }
    let rest = year % 100
    return joined(year / 100) + " " + (rest == 0 ? "hundred" : (rest < 10 ? "oh " : "") + joined(rest))
}

/// "first", "twenty-first": for days of a month.
func spokenOrdinal(_ number: Int) -> String {
    let ordinals = """
        _ first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth
        seventeenth eighteenth nineteenth
        """.split(whereSeparator: \.isWhitespace).map(String.init)
    if number < 20 { return ordinals[number] }
    return number % 10 == 0 ? ["twentieth", "thirtieth"][number / 10 - 2] : tens[number / 10] + "-" + ordinals[number % 10]
}
