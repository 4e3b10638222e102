/// A part of a template that has a value.
protocol Expression: Sendable {
    func evaluate(_ render: Render) throws -> Value
}

/// A value written in the source.
final class ConstantExpression: Expression {
    enum Constant: Sendable {
        case null
        case bool(Bool)
        case int(Int)
        case double(Double)
        case string(String)
    }

    private let constant: Constant

    init(_ constant: Constant) { self.constant = constant }

    func evaluate(_ render: Render) -> Value {
        switch constant {
        case .null: .null
        case .bool(let flag): .bool(flag)
        case .int(let number): .int(number)
        case .double(let number): .double(number)
        case .string(let text): .string(text)
        }
    }
}

/// A name, looked for in the scopes from the inside out.
final class NameExpression: Expression {
    private let number: Int
    let name: String

    init(number: Int, name: String) {
        self.number = number
        self.name = name
    }

    func evaluate(_ render: Render) throws -> Value { try render.scope.find(number, render) ?? .undefined(name) }
}

/// `[a, b]` or `(a, b)`.
final class ListExpression: Expression {
    private let elements: [any Expression]
    private let isTuple: Bool

    init(elements: [any Expression], isTuple: Bool) {
        self.elements = elements
        self.isTuple = isTuple
    }

    func evaluate(_ render: Render) throws -> Value {
        try render.enter()
        defer { render.leave() }
        return .list(try List(elements.map { try $0.evaluate(render) }, kind: isTuple ? .tuple : .list, render))
    }
}

/// `{key: value}`.
final class MappingExpression: Expression {
    private let pairs: [(any Expression, any Expression)]

    init(pairs: [(any Expression, any Expression)]) { self.pairs = pairs }

    func evaluate(_ render: Render) throws -> Value {
        try render.enter()
        defer { render.leave() }
        return .mapping(try Mapping(pairs: pairs.map { (try $0.evaluate(render), try $1.evaluate(render)) }, render))
    }
}

/// `a if b else c`.
final class ConditionalExpression: Expression {
    private let value: any Expression
    private let conditions: [any Expression]
    private let otherwise: (any Expression)?

    /// One flat chain, so that many conditions in a row need no deep tree.
    init(value: any Expression, conditions: [any Expression], otherwise: (any Expression)?) {
        self.value = value
        self.conditions = conditions
        self.otherwise = otherwise
    }

    func evaluate(_ render: Render) throws -> Value {
        try render.enter()
        defer { render.leave() }
        for (place, condition) in conditions.enumerated().reversed() where try !condition.evaluate(render).isTrue {
            // What follows 'else' belongs to the last condition.
            guard place == conditions.count - 1, let otherwise else { return .undefined("an 'if' without 'else'") }
            return try otherwise.evaluate(render)
        }
        return try value.evaluate(render)
    }
}
