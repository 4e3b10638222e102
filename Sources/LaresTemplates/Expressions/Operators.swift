/// `a or b or c`, `a and b and c`: the first operand that decides, as Python gives it.
final class LogicalExpression: Expression {
    private let operands: [any Expression]
    private let isOr: Bool

    init(operands: [any Expression], isOr: Bool) {
        self.operands = operands
        self.isOr = isOr
    }

    func evaluate(_ render: Render) throws -> Value {
        try render.enter()
        defer { render.leave() }
        var value = Value.null
        for operand in operands {
            value = try operand.evaluate(render)
            if value.isTrue == isOr { break }
        }
        return value
    }
}

/// `not a`.
final class NotExpression: Expression {
    private let value: any Expression

    init(value: any Expression) { self.value = value }

    func evaluate(_ render: Render) throws -> Value {
        try render.enter()
        defer { render.leave() }
        return .bool(!(try value.evaluate(render).isTrue))
    }
}

/// `-a` or `+a`.
final class SignExpression: Expression {
    private let value: any Expression
    private let isNegative: Bool

    init(value: any Expression, isNegative: Bool) {
        self.value = value
        self.isNegative = isNegative
    }

    func evaluate(_ render: Render) throws -> Value {
        try render.enter()
        defer { render.leave() }
        let value = try value.evaluate(render)
        if case .double(let number) = value { return .double(isNegative ? -number : number) }
        if case .undefined(let name) = value { throw TemplateError.undefined(name) }
        guard let number = value.integer else { throw TemplateError.invalid("a \(value.typeName) has no sign: only numbers have one") }
        return isNegative ? try Arithmetic.subtract(.int(0), .int(number), render) : .int(number)
    }
}

/// `a + b - c`, `a * b / c`, `a ** b ** c`: from left to right.
final class ArithmeticExpression: Expression {
    private let first: any Expression
    private let rest: [(Arithmetic, any Expression)]

    init(first: any Expression, rest: [(Arithmetic, any Expression)]) {
        self.first = first
        self.rest = rest
    }

    func evaluate(_ render: Render) throws -> Value {
        try render.enter()
        defer { render.leave() }
        var value = try first.evaluate(render)
        for (operation, operand) in rest { value = try operation(value, try operand.evaluate(render), render) }
        return value
    }
}

/// `a ~ b ~ c`: the texts of all, joined.
final class ConcatenationExpression: Expression {
    private let operands: [any Expression]

    init(operands: [any Expression]) { self.operands = operands }

    func evaluate(_ render: Render) throws -> Value {
        try render.enter()
        defer { render.leave() }
        var builder = TextBuilder(render)
        for operand in operands { try builder.append(try text(of: try operand.evaluate(render), render)) }
        return .string(builder.text)
    }
}

/// A comparison of two values.
enum Comparison: String, Sendable {
    case equal = "=="
    case unequal = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isIn = "in"
    case isNotIn = "not in"

    func callAsFunction(_ a: Value, _ b: Value, _ render: Render) throws -> Bool {
        switch self {
        case .equal: try LaresTemplates.equal(a, b, render)
        case .unequal: !(try LaresTemplates.equal(a, b, render))
        case .less: try precedes(a, b, render)
        case .greater: try precedes(b, a, render)
        case .lessOrEqual: try precedes(a, b, render) || LaresTemplates.equal(a, b, render)
        case .greaterOrEqual: try precedes(b, a, render) || LaresTemplates.equal(a, b, render)
        case .isIn: try contains(b, a, render)
        case .isNotIn: !(try contains(b, a, render))
        }
    }
}

/// `a < b <= c`: true when every neighbouring pair is.
final class ComparisonExpression: Expression {
    private let first: any Expression
    private let rest: [(Comparison, any Expression)]

    init(first: any Expression, rest: [(Comparison, any Expression)]) {
        self.first = first
        self.rest = rest
    }

    func evaluate(_ render: Render) throws -> Value {
        try render.enter()
        defer { render.leave() }
        var left = try first.evaluate(render)
        for (comparison, operand) in rest {
            let right = try operand.evaluate(render)
            guard try comparison(left, right, render) else { return .bool(false) }
            left = right
        }
        return .bool(true)
    }
}
