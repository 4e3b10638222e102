/// A float as Python prints it: the shortest digits that read back the same, in plain notation from 1e-4 up to 1e16.
func pythonText(of number: Double) -> String {
    if number.isNaN { return "nan" }
    if number.isInfinite { return number < 0 ? "-inf" : "inf" }
    let (digits, exponent) = shortestDigits(number.magnitude)
    let sign = number.sign == .minus ? "-" : ""
    guard exponent >= -4, exponent < 16 else {
        let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
        let size = String(exponent.magnitude)
        return sign + digits.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+") + (size.count < 2 ? "0" : "") + size
    }
    if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
    let whole = digits.prefix(exponent + 1)
    let zeros = String(repeating: "0", count: max(0, exponent + 1 - digits.count))
    let fraction = digits.dropFirst(exponent + 1)
    return sign + whole + zeros + "." + (fraction.isEmpty ? "0" : fraction)
}

/// The digits of a number d.ddd × 10^exponent, without zeros at the end.
private func shortestDigits(_ number: Double) -> (digits: String, exponent: Int) {
    let parts = number.description.split(separator: "e")
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + mantissa[0].count - 1
    var digits = Substring(mantissa.joined())
    while digits.first == "0", digits.count > 1 {
        digits = digits.dropFirst()
        exponent -= 1
    }
    while digits.last == "0", digits.count > 1 { digits = digits.dropLast() }
    return (String(digits), digits == "0" ? 0 : exponent)
}
