extension Parser {
    /// Reads the statement that a word opens, up to but without the end of its last tag.
    mutating func statement(_ word: String, line: Int) throws -> any Statement {
        switch word {
        case "if": return try ifStatement(line: line)
        case "for": return try forStatement(line: line)
        case "set": return try setStatement(line: line)
        case "macro": return try macroStatement(line: line)
        case "call": return try callStatement(line: line)
        case "filter": return try filterStatement(line: line)
        case "with": return try withStatement(line: line)
        case "do": return PrintStatement(expressions: [try tupleOrExpression()], line: line, isSilent: true)
        case "print": return PrintStatement(expressions: try printed(), line: line)
        case "generation": return ScopedStatement(body: try body(until: "endgeneration").body)
        case "break", "continue":
            guard openLoops > 0 else { throw error("'\(word)' stands outside of a loop: remove it") }
            return JumpStatement(flow: word == "break" ? .stopLoop : .nextIteration)
        case "block", "extends", "include", "import", "from", "autoescape":
            throw error("'{% \(word) %}' is not supported: a template stands alone here")
        default: throw error("'{% \(word) %}' is not a tag that is known or expected here")
        }
    }

    private mutating func ifStatement(line: Int) throws -> any Statement {
        var branches: [IfStatement.Branch] = []
        while true {
            let condition = try tupleOrExpression(conditional: false)
            let (body, closedBy) = try body(until: "elif", "else", "endif")
            branches.append(IfStatement.Branch(condition: condition, body: body))
            if closedBy == "elif" { continue }
            let otherwise = closedBy == "else" ? try self.body(until: "endif").body : nil
            return IfStatement(branches: branches, otherwise: otherwise, line: line)
        }
    }

    private mutating func forStatement(line: Int) throws -> any Statement {
        let target = try target()
        try expect(word: "in")
        let items = try tupleOrExpression(conditional: false)
        let condition = take(word: "if") ? try expression() : nil
        let isRecursive = take(word: "recursive")
        openLoops += 1
        let (body, closedBy) = try body(until: "endfor", "else")
        openLoops -= 1
        let otherwise = closedBy == "else" ? try self.body(until: "endfor").body : nil
        return ForStatement(
            target: target, items: items, condition: condition, body: body, otherwise: otherwise, loopName: try number(of: "loop"),
            isRecursive: isRecursive, line: line)
    }

    private mutating func setStatement(line: Int) throws -> any Statement {
        let target = try target(allowsAttributes: true)
        if take(symbol: "=") { return SetStatement(target: target, value: try tupleOrExpression(), line: line) }
        var filters: [Access] = []
        while take(symbol: "|") { filters.append(.filter(try filterCall())) }
        return SetBlockStatement(target: target, filters: filters, body: try body(until: "endset").body, line: line)
    }

    private mutating func filterStatement(line: Int) throws -> any Statement {
        var filters: [Access] = [.filter(try filterCall())]
        while take(symbol: "|") { filters.append(.filter(try filterCall())) }
        return FilterStatement(filters: filters, body: try body(until: "endfilter").body, line: line)
    }

    private mutating func withStatement(line: Int) throws -> any Statement {
        var assignments: [(Target, any Expression)] = []
        while current.kind != .blockEnd {
            if !assignments.isEmpty { try expect(symbol: ",") }
            let target = try target()
            try expect(symbol: "=")
            assignments.append((target, try expression()))
        }
        return WithStatement(assignments: assignments, body: try body(until: "endwith").body, line: line)
    }

    private mutating func printed() throws -> [any Expression] {
        var expressions: [any Expression] = []
        while current.kind != .blockEnd {
            if !expressions.isEmpty { try expect(symbol: ",") }
            expressions.append(try expression())
        }
        return expressions
    }

    // MARK: Macros

    private mutating func macroStatement(line: Int) throws -> any Statement {
        let name = try expectName()
        return MacroStatement(
            name: try number(of: name), definition: try definition(name, closing: "endmacro", parameters: try parameters()))
    }

    private mutating func callStatement(line: Int) throws -> any Statement {
        let parameters = at(symbol: "(") ? try parameters() : []
        guard let chain = try expression() as? AccessChain else { throw error("'{% call %}' needs the call of a macro") }
        let caller = CallerExpression(definition: try definition("caller", closing: "endcall", parameters: parameters))
        guard let call = chain.addingCaller(caller) else { throw error("'{% call %}' needs the call of a macro") }
        return PrintStatement(expressions: [call], line: line)
    }

    /// Reads a macro's body.
    private mutating func definition(_ name: String, closing: String, parameters: [MacroDefinition.Parameter]) throws -> MacroDefinition {
        let start = place
        let loops = openLoops
        openLoops = 0
        defer { openLoops = loops }
        let body = try body(until: closing).body
        let extras = try ["varargs", "kwargs", "caller"].map { mentions($0, from: start, to: place) ? try number(of: $0) : nil }
        return MacroDefinition(
            name: name, parameters: parameters, body: body, positionalRest: extras[0], namedRest: extras[1], caller: extras[2])
    }

    private mutating func parameters() throws -> [MacroDefinition.Parameter] {
        try expect(symbol: "(")
        var parameters: [MacroDefinition.Parameter] = []
        while !at(symbol: ")") {
            if !parameters.isEmpty { try expect(symbol: ",") }
            let name = try expectName()
            let fallback = take(symbol: "=") ? try expression() : nil
            if fallback == nil, let last = parameters.last, last.fallback != nil {
                throw error("the parameter '\(name)' needs a default, as the one before it has one")
            }
            parameters.append(MacroDefinition.Parameter(name: name, number: try number(of: name), fallback: fallback))
        }
        try expect(symbol: ")")
        return parameters
    }

    // MARK: Targets

    private static let constants: Set<String> = ["true", "false", "none", "True", "False", "None"]

    /// Reads what is assigned to: a name, names in a row, or a namespace's attribute.
    private mutating func target(allowsAttributes: Bool = false) throws -> Target {
        var targets: [Target] = []
        var isTuple = false
        repeat {
            if at(word: "in") || at(symbol: "=") || at(symbol: ")") || current.kind == .blockEnd { break }
            targets.append(try nested { try $0.singleTarget(allowsAttributes) })
            isTuple = isTuple || at(symbol: ",")
        } while take(symbol: ",")
        if targets.count == 1, !isTuple { return targets[0] }
        guard !targets.isEmpty else { throw error("a name is missing before \(current.description)") }
        return .tuple(targets)
    }

    private mutating func singleTarget(_ allowsAttributes: Bool) throws -> Target {
        if take(symbol: "(") {
            let inner = try target(allowsAttributes: allowsAttributes)
            try expect(symbol: ")")
            return inner
        }
        let name = try expectName()
        guard !Self.constants.contains(name), name != "loop" || allowsAttributes else {
            throw error("nothing can be assigned to '\(name)'")
        }
        if allowsAttributes, take(symbol: ".") { return .attribute(try number(of: name), name: name, attribute: try expectName()) }
        return .name(try number(of: name))
    }
}
