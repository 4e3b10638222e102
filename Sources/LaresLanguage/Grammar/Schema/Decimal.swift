/// A decimal number, exact: `0.d₁d₂d₃… × 10^exponent`, without zeros at either end of the digits.
struct Decimal: Hashable, Comparable, Sendable {
    private(set) var isNegative = false
    private(set) var digits: [UInt8] = []
    private(set) var exponent = 0

    static let zero = Decimal()

    private init() {}

    init(_ value: Int) { self = Decimal(String(value)) ?? .zero }

    /// A number as JSON writes it; nil for anything else, and for exponents beyond a million.
    init?(_ text: String) {
        var bytes = Array(text.utf8)[...]
        if bytes.first == 0x2D {
            isNegative = true
            bytes = bytes.dropFirst()
        }
        let whole = bytes.prefix { (0x30...0x39).contains($0) }
        bytes = bytes.dropFirst(whole.count)
        var fraction: ArraySlice<UInt8> = []
        if bytes.first == 0x2E {
            fraction = bytes.dropFirst().prefix { (0x30...0x39).contains($0) }
            bytes = bytes.dropFirst(fraction.count + 1)
        }
        var power = 0
        if bytes.first == 0x65 || bytes.first == 0x45 {
            guard let value = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)), (-999_999...999_999).contains(value) else {
                return nil
            }
            power = value
        } else if !bytes.isEmpty {
            return nil
        }
        if whole.isEmpty { return nil }
        digits = (whole + fraction).map { $0 - 0x30 }
        exponent = whole.count + power
        normalise()
    }

    private mutating func normalise() {
        let leading = digits.prefix { $0 == 0 }.count
        digits.removeFirst(leading)
        exponent -= leading
        while digits.last == 0 { digits.removeLast() }
        if digits.isEmpty {
            isNegative = false
            exponent = 0
        }
    }

    var isZero: Bool { digits.isEmpty }
    var isInteger: Bool { digits.count <= exponent || digits.isEmpty }
    var magnitude: Decimal {
        var copy = self
        copy.isNegative = false
        return copy
    }
    var negated: Decimal {
        var copy = self
        if !isZero { copy.isNegative.toggle() }
        return copy
    }

    /// The digits before the point, without leading zeros; only sensible for small exponents.
    var wholeDigits: [UInt8] {
        guard exponent > 0 else { return [] }
        return (0..<exponent).map { $0 < digits.count ? digits[$0] : 0 }
    }

    /// The digits after the point, without trailing zeros.
    var fractionDigits: [UInt8] {
        if exponent >= digits.count { return [] }
        if exponent >= 0 { return Array(digits[exponent...]) }
        return Array(repeating: 0, count: -exponent) + digits
    }

    /// The value as a whole number that fits.
    var int: Int? {
        guard isInteger, exponent <= 18 else { return nil }
        let value = wholeDigits.reduce(0) { $0 * 10 + Int($1) }
        return isNegative ? -value : value
    }

    /// The value in plain digits; nil if that would be long.
    var text: String? {
        guard abs(exponent) <= 40, digits.count <= 60 else { return nil }
        let whole = wholeDigits.isEmpty ? [0] : wholeDigits
        var bytes = whole.map { $0 + 0x30 }
        if !fractionDigits.isEmpty { bytes += [0x2E] + fractionDigits.map { $0 + 0x30 } }
        return (isNegative ? "-" : "") + String(decoding: bytes, as: UTF8.self)
    }

    static func < (left: Decimal, right: Decimal) -> Bool {
        if left.isNegative != right.isNegative { return left.isNegative }
        return left.isNegative ? isLess(right, left) : isLess(left, right)
    }

    /// By magnitude.
    private static func isLess(_ left: Decimal, _ right: Decimal) -> Bool {
        if left.isZero || right.isZero { return left.isZero && !right.isZero }
        if left.exponent != right.exponent { return left.exponent < right.exponent }
        return left.digits.lexicographicallyPrecedes(right.digits)
    }
}
