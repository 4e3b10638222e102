/// A part of a template that is carried out.
protocol Statement: Sendable {
    func execute(_ render: Render) throws -> Flow
}

/// How to go on after a statement.
enum Flow: Sendable {
    case next
    /// `break`
    case stopLoop
    /// `continue`
    case nextIteration
}

/// Statements in a row.
struct Block: Sendable {
    private let statements: [any Statement]

    init(_ statements: [any Statement]) { self.statements = statements }

    func execute(_ render: Render) throws -> Flow {
        for statement in statements {
            let flow = try statement.execute(render)
            guard case .next = flow else { return flow }
        }
        return .next
    }
}

/// Text outside of tags.
final class TextStatement: Statement {
    private let text: String

    init(text: String) { self.text = text }

    func execute(_ render: Render) throws -> Flow {
        try render.write(text)
        return .next
    }
}

/// `{{ … }}`, or `{% do … %}`, which writes nothing.
final class PrintStatement: Statement {
    private let expressions: [any Expression]
    private let line: Int
    private let isSilent: Bool

    init(expressions: [any Expression], line: Int, isSilent: Bool = false) {
        self.expressions = expressions
        self.line = line
        self.isSilent = isSilent
    }

    func execute(_ render: Render) throws -> Flow {
        render.line = line
        for expression in expressions {
            let value = try expression.evaluate(render)
            if !isSilent { try render.write(try text(of: value, render)) }
        }
        return .next
    }
}

/// `{% if %}` with its branches.
final class IfStatement: Statement {
    struct Branch: Sendable {
        let condition: any Expression
        let body: Block
    }

    private let branches: [Branch]
    private let otherwise: Block?
    private let line: Int

    init(branches: [Branch], otherwise: Block?, line: Int) {
        self.branches = branches
        self.otherwise = otherwise
        self.line = line
    }

    func execute(_ render: Render) throws -> Flow {
        try render.enter()
        defer { render.leave() }
        render.line = line
        for branch in branches where try branch.condition.evaluate(render).isTrue { return try branch.body.execute(render) }
        return try otherwise?.execute(render) ?? .next
    }
}

/// `{% break %}` or `{% continue %}`.
final class JumpStatement: Statement {
    private let flow: Flow

    init(flow: Flow) { self.flow = flow }

    func execute(_ render: Render) -> Flow { flow }
}

/// A body with names of its own: `{% generation %}`, which marks what the model wrote and prints like anything else.
final class ScopedStatement: Statement {
    private let body: Block

    init(body: Block) { self.body = body }

    func execute(_ render: Render) throws -> Flow {
        try render.enter()
        defer { render.leave() }
        return try render.within(Scope(inside: render.scope)) { try body.execute(render) }
    }
}
