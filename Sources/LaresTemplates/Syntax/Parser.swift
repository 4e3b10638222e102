/// Reads tokens into statements, by recursive descent with a bounded depth.
struct Parser {
    private let tokens: [Token]
    private var position = 0
    private let nesting: Int
    private var depth = 0
    private var numbers: [String: Int] = [:]
    private(set) var names: [String] = []
    /// How many loops are open, so that `break` outside of one is an error.
    var openLoops = 0

    init(_ tokens: [Token], nesting: Int) {
        self.tokens = tokens
        self.nesting = nesting
    }

    mutating func template() throws -> Block { try block(until: []).body }

    // MARK: Tokens

    var current: Token { tokens[position] }
    var next: Token { tokens[min(position + 1, tokens.count - 1)] }
    var place: Int { position }

    mutating func advance() {
        if position < tokens.count - 1 { position += 1 }
    }

    mutating func take(_ kind: Token.Kind) -> Bool {
        guard current.kind == kind else { return false }
        advance()
        return true
    }

    mutating func take(symbol: String) -> Bool { take(.symbol(symbol)) }
    mutating func take(word: String) -> Bool { take(.name(word)) }

    func at(symbol: String) -> Bool { current.kind == .symbol(symbol) }
    func at(word: String) -> Bool { current.kind == .name(word) }

    mutating func expect(_ kind: Token.Kind) throws {
        guard take(kind) else {
            throw error("\(Token(kind: kind, line: 0).description) is missing before \(current.description)")
        }
    }

    mutating func expect(symbol: String) throws { try expect(.symbol(symbol)) }
    mutating func expect(word: String) throws { try expect(.name(word)) }

    mutating func expectName() throws -> String {
        guard case .name(let name) = current.kind else { throw error("a name is missing before \(current.description)") }
        advance()
        return name
    }

    func error(_ message: String) -> TemplateError { TemplateError(.syntax, message, line: current.line) }

    /// Whether a name occurs between two places of the source.
    func mentions(_ name: String, from start: Int, to end: Int) -> Bool {
        tokens[start..<end].contains { $0.kind == .name(name) }
    }

    /// The number that stands for a name in scopes.
    mutating func number(of name: String) throws -> Int {
        if let number = numbers[name] { return number }
        // A scope is searched name by name.
        guard names.count < TemplateLimits.names else {
            throw TemplateError(.limit, "the template has more than \(TemplateLimits.names) names: use fewer", line: current.line)
        }
        numbers[name] = names.count
        names.append(name)
        return names.count - 1
    }

    // MARK: Depth

    /// Runs one level deeper.
    mutating func nested<R>(_ body: (inout Parser) throws -> R) throws -> R {
        depth += 1
        defer { depth -= 1 }
        guard depth <= nesting else {
            throw TemplateError(
                .limit, "the template is nested deeper than \(nesting) levels: flatten it, or raise TemplateLimits.nesting",
                line: current.line)
        }
        return try body(&self)
    }

    // MARK: Blocks

    /// Reads text and tags up to one of the closing words; the word is read, what follows it is not.
    mutating func block(until closing: [String]) throws -> (body: Block, closedBy: String) {
        var statements: [any Statement] = []
        while true {
            let token = current
            switch token.kind {
            case .text(let text):
                advance()
                statements.append(TextStatement(text: text))
            case .variableBegin:
                advance()
                statements.append(PrintStatement(expressions: [try tupleOrExpression()], line: token.line))
                try expect(.variableEnd)
            case .blockBegin:
                advance()
                let word = try expectName()
                if closing.contains(word) { return (Block(statements), word) }
                statements.append(try nested { try $0.statement(word, line: token.line) })
                try expect(.blockEnd)
            case .end:
                guard closing.isEmpty else {
                    throw error("'{% \(closing[closing.count - 1]) %}' is missing before the end of the template")
                }
                return (Block(statements), "")
            default: throw error("\(current.description) has no place here")
            }
        }
    }

    /// Reads the rest of an opening tag, a body, and the closing word.
    mutating func body(until closing: String...) throws -> (body: Block, closedBy: String) {
        _ = take(symbol: ":")
        try expect(.blockEnd)
        return try block(until: closing)
    }
}
