#if canImport(Glibc)
    import Glibc
#else
    import Foundation
#endif

/// Python's arithmetic on whole numbers that don't grow past 64 bits, floats, texts and lists.
enum Arithmetic: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case floorDivide = "//"
    case modulo = "%"
    case power = "**"

    func callAsFunction(_ a: Value, _ b: Value, _ render: Render) throws -> Value {
        if let a = a.integer, let b = b.integer { return try whole(a, b) }
        if let a = a.number, let b = b.number { return try floating(a, b) }
        switch (self, a, b) {
        case (.add, .markup(let a), .markup(let b)): return .markup(try joined(a, b, render))
        case (.add, .markup(let a), .string(let b)): return .markup(try joined(a, try escapedForHTML(b, render), render))
        case (.add, .string(let a), .markup(let b)): return .markup(try joined(try escapedForHTML(a, render), b, render))
        case (_, .markup, _), (_, _, .markup): return try self(a.plain, b.plain, render)
        case (_, .undefined(let name), _): throw TemplateError.undefined(name)
        case (.modulo, .string(let pattern), _): return .string(try PercentFormat(pattern, b, render).text())
        case (_, _, .undefined(let name)): throw TemplateError.undefined(name)
        case (.add, .string(let a), .string(let b)):
            return .string(try joined(a, b, render))
        case (.add, .list(let a), .list(let b)) where a.kind.isOrdered && a.kind == b.kind:
            try render.checkElements(a.elements.count + b.elements.count)
            return .list(try List(a.elements + b.elements, kind: a.kind, render))
        case (.multiply, .string, _), (.multiply, .list, _), (.multiply, _, .string), (.multiply, _, .list):
            return try repeated(a, b, render)
        default: throw impossible(a, b)
        }
    }

    private func joined(_ a: String, _ b: String, _ render: Render) throws -> String {
        try render.checkText(bytes: a.utf8.count + b.utf8.count)
        return a + b
    }

    private func impossible(_ a: Value, _ b: Value) -> TemplateError {
        .invalid("'\(rawValue)' does not work on a \(a.typeName) and a \(b.typeName): convert one, with |string, |int or |list")
    }

    private func repeated(_ a: Value, _ b: Value, _ render: Render) throws -> Value {
        guard let times = b.integer ?? a.integer else { throw impossible(a, b) }
        let count = max(0, times)
        switch b.integer == nil ? b : a {
        case .string(let text):
            let (bytes, tooLarge) = text.utf8.count.multipliedReportingOverflow(by: count)
            try render.checkText(bytes: tooLarge ? .max : bytes)
            return .string(bytes == 0 ? "" : String(repeating: text, count: count))
        case .list(let list) where list.kind.isOrdered:
            let (total, tooLarge) = list.elements.count.multipliedReportingOverflow(by: count)
            try render.checkElements(tooLarge ? .max : total)
            if total == 0 { return .list(try List([], kind: list.kind, render)) }
            return .list(try List((0..<count).flatMap { _ in list.elements }, kind: list.kind, render))
        default: throw impossible(a, b)
        }
    }

    private func whole(_ a: Int, _ b: Int) throws -> Value {
        switch self {
        case .add: return try checked(a.addingReportingOverflow(b))
        case .subtract: return try checked(a.subtractingReportingOverflow(b))
        case .multiply: return try checked(a.multipliedReportingOverflow(by: b))
        case .divide:
            guard b != 0 else { throw Self.byZero }
            return .double(Double(a) / Double(b))
        case .floorDivide, .modulo:
            guard b != 0 else { throw Self.byZero }
            guard b != -1 else { return self == .modulo ? .int(0) : try checked(0.subtractingReportingOverflow(a)) }
            let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
            let adjusts = remainder != 0 && (remainder < 0) != (b < 0)
            return .int(self == .modulo ? remainder + (adjusts ? b : 0) : quotient - (adjusts ? 1 : 0))
        case .power: return b < 0 ? try floating(Double(a), Double(b)) : .int(try wholePower(a, b))
        }
    }

    private func checked(_ result: (partialValue: Int, overflow: Bool)) throws -> Value {
        guard !result.overflow else { throw Self.tooLarge }
        return .int(result.partialValue)
    }

    private func wholePower(_ base: Int, _ exponent: Int) throws -> Int {
        if base == 0 || base == 1 { return exponent == 0 ? 1 : base }
        if base == -1 { return exponent % 2 == 0 ? 1 : -1 }
        guard exponent < 64 else { throw Self.tooLarge }
        var power = 1
        for _ in 0..<exponent {
            let (next, overflow) = power.multipliedReportingOverflow(by: base)
            guard !overflow else { throw Self.tooLarge }
            power = next
        }
        return power
    }

    private func floating(_ a: Double, _ b: Double) throws -> Value {
        switch self {
        case .add: return .double(a + b)
        case .subtract: return .double(a - b)
        case .multiply: return .double(a * b)
        case .divide, .floorDivide, .modulo:
            guard b != 0 else { throw Self.byZero }
            if self == .divide { return .double(a / b) }
            var remainder = fmod(a, b)
            if remainder != 0, (remainder < 0) != (b < 0) { remainder += b }
            return .double(self == .modulo ? remainder : ((a - remainder) / b).rounded())
        case .power:
            guard a != 0 || b >= 0 else { throw Self.byZero }
            let power = pow(a, b)
            guard !power.isNaN || a.isNaN || b.isNaN else { throw TemplateError.invalid("\(a) ** \(b) is not a real number") }
            guard !power.isInfinite || a.isInfinite || b.isInfinite else { throw Self.tooLarge }
            return .double(power)
        }
    }

    static let byZero = TemplateError.invalid("division by zero: test the divisor first")
    static let tooLarge = TemplateError.limit("a number outgrows 64 bits", "use smaller numbers, or a float such as 2.0")
}
