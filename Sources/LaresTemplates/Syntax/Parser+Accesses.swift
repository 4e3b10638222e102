extension Parser {
    /// Reads what is taken from a value: `.name`, `[…]`, `(…)`.
    mutating func accesses() throws -> [Access] {
        var accesses: [Access] = []
        while true {
            if take(symbol: ".") {
                accesses.append(try attribute())
            } else if at(symbol: "[") {
                accesses.append(try item())
            } else if at(symbol: "(") {
                accesses.append(.call(try arguments()))
            } else {
                return accesses
            }
        }
    }

    private mutating func attribute() throws -> Access {
        switch current.kind {
        case .name(let name):
            advance()
            return at(symbol: "(") ? .method(name, try arguments()) : .attribute(name)
        case .int(let number):
            advance()
            return .item(ConstantExpression(.int(number)))
        default: throw error("a name is missing after '.', before \(current.description)")
        }
    }

    private mutating func item() throws -> Access {
        try expect(symbol: "[")
        let start = at(symbol: ":") ? nil : try expression()
        guard take(symbol: ":") else {
            try expect(symbol: "]")
            guard let start else { throw error("a place is missing in '[]'") }
            return .item(start)
        }
        let end = at(symbol: ":") || at(symbol: "]") ? nil : try expression()
        let step = take(symbol: ":") && !at(symbol: "]") ? try expression() : nil
        try expect(symbol: "]")
        return .slice(Access.Slice(start: start, end: end, step: step))
    }

    /// Reads a filter's name and arguments.
    mutating func filterCall() throws -> Access.Named {
        let name = try dottedName()
        return Access.Named(name: name, arguments: at(symbol: "(") ? try arguments() : CallArguments())
    }

    /// Reads a test after `is`.
    mutating func testCall() throws -> Access {
        let isNegated = take(word: "not")
        let name = try dottedName()
        var given = CallArguments()
        if at(symbol: "(") {
            given = try arguments()
        } else if beginsTestArgument {
            given.positional = [try nested { try $0.bareArgument() }]
        }
        return .test(Access.Named(name: name, arguments: given), isNegated: isNegated)
    }

    private var beginsTestArgument: Bool {
        switch current.kind {
        case .name(let name): !["else", "or", "and", "is", "if", "recursive", "in", "not"].contains(name)
        case .string, .int, .double, .symbol("["), .symbol("{"): true
        default: false
        }
    }

    private mutating func dottedName() throws -> String {
        var name = try expectName()
        while take(symbol: ".") { name += "." + (try expectName()) }
        return name
    }

    /// Reads the arguments of a call with their parentheses.
    mutating func arguments() throws -> CallArguments {
        try expect(symbol: "(")
        var given = CallArguments()
        while !at(symbol: ")") {
            try readArgument(into: &given)
            guard take(symbol: ",") else { break }
        }
        try expect(symbol: ")")
        return given
    }

    private mutating func readArgument(into given: inout CallArguments) throws {
        if take(symbol: "*") {
            guard given.spread == nil, given.namedSpread == nil else { throw error("only one '*' argument can be given, before '**'") }
            given.spread = try expression()
        } else if take(symbol: "**") {
            guard given.namedSpread == nil else { throw error("only one '**' argument can be given") }
            given.namedSpread = try expression()
        } else if case .name(let name) = current.kind, next.kind == .symbol("=") {
            guard given.namedSpread == nil else { throw error("'\(name)=' stands after '**'") }
            advance()
            advance()
            given.named.append((name, try expression()))
        } else {
            guard given.named.isEmpty, given.spread == nil, given.namedSpread == nil else {
                throw error("an argument without a name stands after one with a name")
            }
            given.positional.append(try expression())
        }
    }
}
