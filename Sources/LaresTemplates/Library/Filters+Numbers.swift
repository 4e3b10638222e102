#if canImport(Glibc)
    import Glibc
#else
    import Foundation
#endif

extension Filters {
    static let numbers: [String: Body] = [
        "int": { value, arguments, render in
            let given = try arguments.bind("int", "default", "base")
            if case .undefined(let name) = value { throw TemplateError.undefined(name) }
            return try whole(value, base: try given[1].integer("int", or: 10), render) ?? given[0] ?? .int(0)
        },
        "float": { value, arguments, render in
            let given = try arguments.bind("float", "default")
            if case .undefined(let name) = value { throw TemplateError.undefined(name) }
            return try floating(value, render).map(Value.double) ?? given[0] ?? .double(0)
        },
        "abs": { value, arguments, render in
            _ = try arguments.bind("abs")
            if case .double(let number) = value { return .double(number.magnitude) }
            guard let number = value.integer else { throw TemplateError.invalid("abs needs a number, not a \(value.typeName)") }
            return number < 0 ? try Arithmetic.subtract(.int(0), .int(number), render) : .int(number)
        },
        "round": { value, arguments, render in
            let given = try arguments.bind("round", "precision", "method")
            return try rounded(value, try given[0].integer("round", or: 0), try given[1].text("round", or: "common"))
        },
        "filesizeformat": { value, arguments, render in
            let isBinary = try arguments.bind("filesizeformat", "binary")[0].flag
            guard let bytes = try floating(value, render) else { throw TemplateError.invalid("filesizeformat needs a number") }
            return .string(try fileSize(bytes, isBinary: isBinary))
        },
    ]

    /// Python's `int`, with jinja2's detour over `float`; nil where neither reads the value.
    private static func whole(_ value: Value, base: Int, _ render: Render) throws -> Value? {
        if let number = value.integer { return .int(number) }
        if case .double(let number) = value { return number.isFinite ? .int(try wholePart(of: number)) : nil }
        guard let text = value.text else { return nil }
        guard base == 0 || (2...36).contains(base) else { return nil }
        if let number = try integer(try TextMethods.stripped(text, nil, render), base: base) { return .int(number) }
        guard let number = try floating(value, render), number.isFinite else { return nil }
        return .int(try wholePart(of: number))
    }

    private static func integer(_ text: String, base: Int) throws -> Int? {
        var digits = Substring(text)
        let isNegative = digits.first == "-"
        if isNegative || digits.first == "+" { digits = digits.dropFirst() }
        var base = base
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)]
        where (base == radix || base == 0) && digits.lowercased().hasPrefix(prefix) {
            digits = digits.dropFirst(2)
            base = radix
        }
        if base == 0 { base = 10 }
        let plain = digits.utf8.filter { $0 != UInt8(ascii: "_") }
        guard let first = plain.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "+"), digits.first != "_", digits.last != "_"
        else { return nil }
        let isNumber = plain.allSatisfy { Character(Unicode.Scalar($0)).isLetter || Character(Unicode.Scalar($0)).isNumber }
        guard isNumber, plain.allSatisfy({ Int(String(Unicode.Scalar($0)), radix: base) != nil }) else { return nil }
        guard let number = Int((isNegative ? "-" : "") + String(decoding: plain, as: UTF8.self), radix: base) else {
            throw Arithmetic.tooLarge
        }
        return number
    }

    private static func floating(_ value: Value, _ render: Render) throws -> Double? {
        if let number = value.number { return number }
        guard let text = value.text else { return nil }
        let trimmed = try TextMethods.stripped(text, nil, render)
        let plain = trimmed.lowercased()
        let unsigned = plain.first == "-" || plain.first == "+" ? plain.dropFirst() : plain[...]
        if ["inf", "infinity", "nan"].contains(unsigned) {
            return plain.first == "-" ? -(strtod(String(unsigned), nil)) : strtod(String(unsigned), nil)
        }
        guard let first = unsigned.utf8.first, (0x30...0x39).contains(first) || first == 0x2e else { return nil }
        guard plain.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-._e".utf8.contains($0) }) else { return nil }
        var digits = plain
        digits.removeAll { $0 == "_" }
        if digits.hasSuffix(".") { digits += "0" }
        if unsigned.hasPrefix(".") { digits = digits.replacingFirst(".", with: "0.") }
        return Double(digits)
    }

    /// Python's `round`: halves go to the even neighbour, decided on the exact value.
    private static func rounded(_ value: Value, _ precision: Int, _ method: String) throws -> Value {
        guard ["common", "ceil", "floor"].contains(method) else { throw TemplateError.invalid("round goes 'common', 'ceil' or 'floor'") }
        if method == "common", let number = value.integer {
            guard precision < 0 else { return .int(number) }
            guard precision > -19 else { return .int(0) }
            return .int(try roundedToEven(number, unit: (0..<(-precision)).reduce(1) { power, _ in power * 10 }))
        }
        guard let number = value.number else { throw TemplateError.invalid("round needs a number, not a \(value.typeName)") }
        guard precision.magnitude <= 300, number.isFinite else { return .double(number) }
        if method == "common" {
            guard precision < 0 else {
                return .double(strtod(try NumberFormat.digits(of: number, notation: "f", precision: precision), nil))
            }
            let unit = pow(10, Double(-precision))
            return .double((number / unit).rounded(.toNearestOrEven) * unit)
        }
        let unit = pow(10, Double(precision))
        return .double((number * unit).rounded(method == "ceil" ? .up : .down) / unit)
    }

    private static func roundedToEven(_ number: Int, unit: Int) throws -> Int {
        let (quotient, remainder) = number.quotientAndRemainder(dividingBy: unit)
        let twice = remainder.magnitude.multipliedReportingOverflow(by: 2).partialValue
        let goesUp = twice > unit.magnitude || (twice == unit.magnitude && quotient % 2 != 0)
        let (rounded, overflow) = (quotient + (goesUp ? number.signum() : 0)).multipliedReportingOverflow(by: unit)
        guard !overflow else { throw Arithmetic.tooLarge }
        return rounded
    }

    private static func fileSize(_ bytes: Double, isBinary: Bool) throws -> String {
        let base = isBinary ? 1024.0 : 1000.0
        if bytes == 1 { return "1 Byte" }
        if bytes < base { return try "\(wholePart(of: bytes)) Bytes" }
        let units = isBinary ? ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"] : ["kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"]
        var unit = base * base
        var index = 0
        while bytes >= unit, index < units.count - 1 {
            unit *= base
            index += 1
        }
        return try NumberFormat.digits(of: base * bytes / unit, notation: "f", precision: 1) + " " + units[index]
    }
}

extension String {
    fileprivate func replacingFirst(_ character: Character, with text: String) -> String {
        guard let index = firstIndex(of: character) else { return self }
        return String(self[..<index]) + text + String(self[self.index(after: index)...])
    }
}
