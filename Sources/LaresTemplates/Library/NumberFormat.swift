#if canImport(Glibc)
    import Glibc
#else
    import Foundation
#endif

/// A number or text laid out as a format asks: what `%5.2f` and `{:>10,}` share.
struct NumberFormat {
    static let longestPrecision = 1000

    var fill: Unicode.Scalar = " "
    /// `<`, `>`, `^`, `=`, or nil for the default of the value.
    var alignment: Unicode.Scalar?
    /// `+` or a space in front of what isn't negative.
    var sign = ""
    var showsRadix = false
    var width = 0
    var groups = ""
    var precision: Int?
    var type: Unicode.Scalar = "s"

    /// The digits of a float in one of C's notations.
    static func digits(of number: Double, notation: Unicode.Scalar, precision: Int, keepsPoint: Bool = false) throws -> String {
        guard precision >= 0, precision <= longestPrecision else {
            throw TemplateError.limit("a precision of \(precision) is more than \(longestPrecision)", "use a smaller one")
        }
        if !number.isFinite { return pythonText(of: number) }
        var buffer = [CChar](repeating: 0, count: 400 + precision)
        let format = "%" + (keepsPoint ? "#" : "") + "." + String(precision) + String(notation)
        let length = withVaList([number]) { vsnprintf(&buffer, buffer.count, format, $0) }
        return String(decoding: buffer.prefix(max(0, Int(length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func text(of number: Double) throws -> String {
        let plain = try Self.digits(of: number.magnitude, notation: type, precision: precision ?? 6, keepsPoint: showsRadix)
        return try aligned(number.sign == .minus && !number.isNaN ? "-" : sign, "", grouped(plain), rightByDefault: true)
    }

    func text(of number: Int) throws -> String {
        let (radix, prefix): (Int, String) =
            switch type {
            case "x", "X": (16, type == "x" ? "0x" : "0X")
            case "o": (8, "0o")
            case "b": (2, "0b")
            default: (10, "")
            }
        var digits = String(number.magnitude, radix: radix, uppercase: type == "X")
        if let precision, precision > digits.utf8.count {
            guard precision <= Self.longestPrecision else {
                throw TemplateError.limit("a precision of \(precision) is more than \(Self.longestPrecision)", "use a smaller one")
            }
            digits = String(repeating: "0", count: precision - digits.utf8.count) + digits
        }
        return try aligned(number < 0 ? "-" : sign, showsRadix ? prefix : "", grouped(digits), rightByDefault: true)
    }

    func text(of text: String, _ render: Render, rightByDefault: Bool = false) throws -> String {
        let cut = try precision.map { try TextSlice(text, render).slice(nil, $0, 1) } ?? text
        return try aligned("", "", cut, rightByDefault: rightByDefault)
    }

    private func grouped(_ digits: String) -> String {
        guard !groups.isEmpty else { return digits }
        let whole = Array(digits.prefix { $0.isNumber })
        var out = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { out += groups }
            out.append(digit)
        }
        return out + digits.dropFirst(whole.count)
    }

    private func aligned(_ sign: String, _ prefix: String, _ body: String, rightByDefault: Bool) throws -> String {
        let missing = max(0, width) - sign.utf8.count - prefix.utf8.count - body.unicodeScalars.count
        guard missing > 0 else { return sign + prefix + body }
        let padding = { (count: Int) in String(repeating: String(fill), count: count) }
        switch alignment ?? (rightByDefault ? ">" : "<") {
        case "<": return sign + prefix + body + padding(missing)
        case "^": return padding(missing / 2) + sign + prefix + body + padding(missing - missing / 2)
        case "=": return sign + prefix + padding(missing) + body
        default: return padding(missing) + sign + prefix + body
        }
    }
}

extension NumberFormat {
    /// Reads the part of a replacement field after its colon: `[[fill]align][sign][#][0][width][,][.precision][type]`.
    init(specification: String, _ render: Render) throws {
        var rest = Array(specification.unicodeScalars)[...]
        if rest.count > 1, let second = rest.dropFirst().first, "<>^=".unicodeScalars.contains(second) {
            fill = rest.removeFirst()
            alignment = rest.removeFirst()
        } else if let first = rest.first, "<>^=".unicodeScalars.contains(first) {
            alignment = rest.removeFirst()
        }
        if let first = rest.first, "+- ".unicodeScalars.contains(first) {
            rest.removeFirst()
            sign = first == "-" ? "" : String(first)
        }
        if rest.first == "#" { showsRadix = rest.popFirst() != nil }
        if rest.first == "0" {
            rest.removeFirst()
            if alignment == nil { (fill, alignment) = ("0", "=") }
        }
        width = try Self.number(&rest) ?? 0
        try render.checkText(bytes: width)
        if rest.first == "," || rest.first == "_" { groups = String(rest.removeFirst()) }
        if rest.first == "." {
            rest.removeFirst()
            guard let digits = try Self.number(&rest) else { throw TemplateError.invalid("a format lacks its precision after '.'") }
            precision = digits
        }
        type = rest.popFirst() ?? "\0"
        guard rest.isEmpty else { throw TemplateError.invalid("the format '\(specification)' is not one Python knows") }
    }

    static func number(_ rest: inout ArraySlice<Unicode.Scalar>) throws -> Int? {
        var digits = ""
        while let next = rest.first, next.value >= 0x30, next.value <= 0x39 {
            digits.unicodeScalars.append(next)
            rest.removeFirst()
        }
        guard !digits.isEmpty else { return nil }
        guard let number = Int(digits) else { throw Arithmetic.tooLarge }
        return number
    }
}
