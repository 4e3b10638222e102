/// Numbers as bytes.
enum Decimal {
    /// What a number was read as.
    struct Number {
        let value: Double
        /// Whether it has neither a point nor an exponent.
        let isWhole: Bool
        /// Whether it has more digits than 64 bits hold.
        let isLong: Bool
    }

    /// Powers of ten that a double holds exactly.
    private static let powers: [Double] = (0...22).reduce(into: []) { powers, _ in powers.append((powers.last ?? 0.1) * 10) }

    /// Reads a number and moves behind it; nil for none and for one that no double holds, and the place is then undefined.
    ///
    /// Up to 19 digits whose value is below 2⁵³, with a power of ten up to 22, are two exact doubles, so that one operation rounds once
    /// (Clinger 1990). Everything else goes the long way.
    static func number(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) -> Number? {
        let start = at
        let isNegative = at < end && bytes[at] == UInt8(ascii: "-")
        if isNegative || (at < end && bytes[at] == UInt8(ascii: "+")) { at += 1 }
        var digits = Digits()
        digits.read(bytes, &at, upTo: end)
        let whole = digits.count
        if at < end, bytes[at] == UInt8(ascii: ".") {
            at += 1
            digits.read(bytes, &at, upTo: end)
        }
        guard digits.count > 0 else { return nil }
        let isWhole = digits.count == whole && bytes[at - 1] != UInt8(ascii: ".")
        var power = whole - digits.count
        let hasExponent = at < end && bytes[at] | 0x20 == UInt8(ascii: "e")
        if hasExponent {
            guard let exponent = exponent(bytes, &at, upTo: end) else { return nil }
            power += exponent
        }
        guard !digits.isLong, digits.value <= 1 << 53, abs(power) <= 22 else {
            return long(bytes, start..<at, Number(value: 0, isWhole: isWhole && !hasExponent, isLong: digits.isLong))
        }
        let magnitude = power < 0 ? Double(digits.value) / powers[-power] : Double(digits.value) * powers[power]
        return Number(value: isNegative ? -magnitude : magnitude, isWhole: isWhole && !hasExponent, isLong: false)
    }

    private struct Digits {
        var value: UInt64 = 0
        var count = 0
        /// Whether `value` is not all of them.
        var isLong = false

        mutating func read(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) {
            while at < end {
                let digit = bytes[at] &- 0x30
                guard digit < 10 else { return }
                let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
                let (sum, isTooLong) = product.addingReportingOverflow(UInt64(digit))
                if isTooLarge || isTooLong { isLong = true } else { value = sum }
                count += 1
                at += 1
            }
        }
    }

    private static func exponent(_ bytes: Span<UInt8>, _ at: inout Int, upTo end: Int) -> Int? {
        at += 1
        let isNegative = at < end && bytes[at] == UInt8(ascii: "-")
        if isNegative || (at < end && bytes[at] == UInt8(ascii: "+")) { at += 1 }
        var (value, count) = (0, 0)
        while at < end, bytes[at] &- 0x30 < 10 {
            // More than four digits are beyond every double anyway.
            value = min(value * 10 + Int(bytes[at] &- 0x30), 99_999)
            count += 1
            at += 1
        }
        return count == 0 ? nil : isNegative ? -value : value
    }

    private static func long(_ bytes: Span<UInt8>, _ range: Range<Int>, _ number: Number) -> Number? {
        guard range.count <= 1_024, let value = Double(String(decoding: Array(copying: bytes, range), as: UTF8.self)), value.isFinite else {
            return nil
        }
        return Number(value: value, isWhole: number.isWhole, isLong: number.isLong)
    }

    /// Reads a whole number that fills the rest; nil for anything else.
    static func whole(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int64? {
        var at = range.lowerBound
        let isNegative = at < range.upperBound && bytes[at] == UInt8(ascii: "-")
        if isNegative { at += 1 }
        guard at < range.upperBound else { return nil }
        var value: Int64 = 0
        while at < range.upperBound {
            let digit = bytes[at] &- 0x30
            guard digit < 10 else { return nil }
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            // Downwards for negative numbers: there is one more of them.
            let (sum, isTooLong) =
                isNegative ? product.subtractingReportingOverflow(Int64(digit)) : product.addingReportingOverflow(Int64(digit))
            if isTooLarge || isTooLong { return nil }
            value = sum
            at += 1
        }
        return value
    }
}
