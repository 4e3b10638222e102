extension Parser {
    /// Reads an expression: `a if b else c`, or one without a condition.
    mutating func expression(conditional: Bool = true) throws -> any Expression {
        let value = try operation(.or)
        var conditions: [any Expression] = []
        while conditional, take(word: "if") { conditions.append(try operation(.or)) }
        guard !conditions.isEmpty else { return value }
        let otherwise = take(word: "else") ? try nested { try $0.expression() } : nil
        return ConditionalExpression(value: value, conditions: conditions, otherwise: otherwise)
    }

    /// Reads an expression, or several with commas between them: a tuple.
    mutating func tupleOrExpression(conditional: Bool = true, inParentheses: Bool = false) throws -> any Expression {
        var elements: [any Expression] = []
        var isTuple = false
        while !atTupleEnd {
            elements.append(try expression(conditional: conditional))
            guard take(symbol: ",") else { break }
            isTuple = true
        }
        if isTuple || (inParentheses && elements.isEmpty) { return ListExpression(elements: elements, isTuple: true) }
        guard let only = elements.first else { throw error("an expression is missing before \(current.description)") }
        return only
    }

    private var atTupleEnd: Bool {
        current.kind == .variableEnd || current.kind == .blockEnd || at(symbol: ")") || at(word: "recursive")
    }

    // MARK: Operators

    /// From the loosest to the tightest.
    enum Binding: Int {
        case or, and, comparison, sum, concatenation, product, power

        var tighter: Binding? { Binding(rawValue: rawValue + 1) }
    }

    /// Reads operands joined by operators that bind at least as tightly as asked.
    ///
    /// Operators of one tightness make one flat chain, so that a long sum needs no deep tree.
    mutating func operation(_ loosest: Binding) throws -> any Expression {
        try nested { parser in
            if loosest.rawValue <= Binding.comparison.rawValue, parser.take(word: "not") {
                let negated = NotExpression(value: try parser.operation(.comparison))
                return try parser.continued(negated, loosest: loosest, tightest: .and)
            }
            return try parser.continued(try parser.signed(), loosest: loosest, tightest: .power)
        }
    }

    private mutating func continued(_ first: any Expression, loosest: Binding, tightest: Binding) throws -> any Expression {
        var value = first
        while let (binding, _) = operatorHere(), binding.rawValue >= loosest.rawValue, binding.rawValue <= tightest.rawValue {
            value = try chain(value, binding)
        }
        return value
    }

    private mutating func chain(_ first: any Expression, _ binding: Binding) throws -> any Expression {
        var rest: [(symbol: String, operand: any Expression)] = []
        while let (next, symbol) = operatorHere(), next == binding {
            advance()
            if symbol == "not in" { advance() }
            rest.append((symbol, try binding.tighter.map { try operation($0) } ?? nested { try $0.signed() }))
        }
        switch binding {
        case .or, .and: return LogicalExpression(operands: [first] + rest.map(\.operand), isOr: binding == .or)
        case .comparison: return ComparisonExpression(first: first, rest: rest.map { (Comparison(rawValue: $0) ?? .equal, $1) })
        case .concatenation: return ConcatenationExpression(operands: [first] + rest.map(\.operand))
        case .sum, .product, .power: return ArithmeticExpression(first: first, rest: rest.map { (Arithmetic(rawValue: $0) ?? .add, $1) })
        }
    }

    private static let bindings: [String: Binding] = [
        "==": .comparison, "!=": .comparison, "<": .comparison, "<=": .comparison, ">": .comparison, ">=": .comparison, "+": .sum,
        "-": .sum,
        "~": .concatenation, "*": .product, "/": .product, "//": .product, "%": .product, "**": .power,
    ]

    private func operatorHere() -> (Binding, String)? {
        switch current.kind {
        case .symbol(let symbol): Self.bindings[symbol].map { ($0, symbol) }
        case .name("or"): (.or, "or")
        case .name("and"): (.and, "and")
        case .name("in"): (.comparison, "in")
        case .name("not") where next.kind == .name("in"): (.comparison, "not in")
        default: nil
        }
    }

    /// Reads a value with its sign, what is taken from it, and its filters and tests.
    private mutating func signed(withFilters: Bool = true) throws -> any Expression {
        let value: any Expression
        if at(symbol: "-") || at(symbol: "+") {
            let isNegative = at(symbol: "-")
            advance()
            value = SignExpression(value: try nested { try $0.signed(withFilters: false) }, isNegative: isNegative)
        } else {
            value = try primary()
        }
        var accesses = try accesses()
        while withFilters {
            if take(symbol: "|") {
                accesses.append(.filter(try filterCall()))
            } else if take(word: "is") {
                accesses.append(try testCall())
            } else if at(symbol: "(") {
                accesses.append(.call(try arguments()))
            } else {
                break
            }
        }
        return accesses.isEmpty ? value : AccessChain(base: value, accesses: accesses)
    }

    // MARK: Primaries

    /// The argument of a test without parentheses: a value and what is taken from it, without filters.
    mutating func bareArgument() throws -> any Expression {
        let value = try primary()
        let accesses = try accesses()
        return accesses.isEmpty ? value : AccessChain(base: value, accesses: accesses)
    }

    private mutating func primary() throws -> any Expression {
        let token = current
        switch token.kind {
        case .name(let name):
            advance()
            switch name {
            case "true", "True": return ConstantExpression(.bool(true))
            case "false", "False": return ConstantExpression(.bool(false))
            case "none", "None": return ConstantExpression(.null)
            default: return NameExpression(number: try number(of: name), name: name)
            }
        case .string(var text):
            advance()
            while case .string(let more) = current.kind {
                text += more
                advance()
            }
            return ConstantExpression(.string(text))
        case .int(let number):
            advance()
            return ConstantExpression(.int(number))
        case .double(let number):
            advance()
            return ConstantExpression(.double(number))
        case .symbol("("):
            advance()
            let inner = try tupleOrExpression(inParentheses: true)
            try expect(symbol: ")")
            return inner
        case .symbol("["): return ListExpression(elements: try elements(), isTuple: false)
        case .symbol("{"): return MappingExpression(pairs: try pairs())
        default: throw error("\(token.description) has no place here: a value is expected")
        }
    }

    private mutating func elements() throws -> [any Expression] {
        try expect(symbol: "[")
        var elements: [any Expression] = []
        while !at(symbol: "]") {
            elements.append(try expression())
            guard take(symbol: ",") else { break }
        }
        try expect(symbol: "]")
        return elements
    }

    private mutating func pairs() throws -> [(any Expression, any Expression)] {
        try expect(symbol: "{")
        var pairs: [(any Expression, any Expression)] = []
        while !at(symbol: "}") {
            let key = try expression()
            try expect(symbol: ":")
            pairs.append((key, try expression()))
            guard take(symbol: ",") else { break }
        }
        try expect(symbol: "}")
        return pairs
    }
}
