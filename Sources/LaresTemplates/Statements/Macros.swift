/// A macro's parameters and body.
final class MacroDefinition: Sendable {
    struct Parameter: Sendable {
        let name: String
        let number: Int
        let fallback: (any Expression)?
    }

    let name: String
    private let parameters: [Parameter]
    private let body: Block
    /// The numbers of `varargs`, `kwargs` and `caller`, where the body mentions them.
    private let positionalRest, namedRest, caller: Int?

    init(name: String, parameters: [Parameter], body: Block, positionalRest: Int?, namedRest: Int?, caller: Int?) {
        self.name = name
        self.parameters = parameters
        self.body = body
        self.positionalRest = positionalRest
        self.namedRest = namedRest
        self.caller = caller
    }

    /// Runs the body with the names of the place it was written in, and gives its text.
    func call(_ arguments: Arguments, in outside: Scope, _ render: Render) throws -> Value {
        try render.enter()
        defer { render.leave() }
        let scope = Scope(inside: outside)
        return try render.within(scope) {
            try bind(arguments, in: scope, render)
            return .string(try render.capture { _ = try body.execute(render) })
        }
    }

    private func bind(_ arguments: Arguments, in scope: Scope, _ render: Render) throws {
        var named = arguments.named
        for (index, parameter) in parameters.enumerated() {
            let byName = named.firstIndex { $0.name == parameter.name }.map { named.remove(at: $0).value }
            if index < arguments.positional.count {
                guard byName == nil else { throw TemplateError.invalid("the macro '\(name)' was given '\(parameter.name)' twice") }
                scope.set(parameter.number, arguments.positional[index])
            } else {
                scope.set(parameter.number, try byName ?? parameter.fallback?.evaluate(render) ?? .undefined(parameter.name))
            }
        }
        try bindRest(Array(arguments.positional.dropFirst(parameters.count)), named, in: scope, render)
    }

    private func bindRest(_ positional: [Value], _ named: [(name: String, value: Value)], in scope: Scope, _ render: Render) throws {
        var named = named
        let given = named.firstIndex { $0.name == "caller" }.map { named.remove(at: $0).value }
        if let caller {
            scope.set(caller, given ?? .undefined("caller"))
        } else if given != nil {
            throw TemplateError.invalid("the macro '\(name)' is used with '{% call %}' but never calls 'caller()'")
        }
        if let positionalRest {
            scope.set(positionalRest, .list(try List(positional, kind: .tuple, render)))
        } else if !positional.isEmpty {
            throw TemplateError.invalid("the macro '\(name)' takes at most \(parameters.count) arguments")
        }
        if let namedRest {
            scope.set(namedRest, .mapping(try Mapping(pairs: named.map { (.string($0.name), $0.value) }, render)))
        } else if let unknown = named.first {
            throw TemplateError.invalid("the macro '\(name)' has no argument '\(unknown.name)'")
        }
    }
}

/// `{% macro name(…) %}…{% endmacro %}`
final class MacroStatement: Statement {
    private let name: Int
    private let definition: MacroDefinition

    init(name: Int, definition: MacroDefinition) {
        self.name = name
        self.definition = definition
    }

    func execute(_ render: Render) throws -> Flow {
        try render.spend(1)
        render.scope.set(name, .callable(Callable(.macro(definition, render.captureScope()))))
        return .next
    }
}

/// The body of `{% call %}`, as the macro it calls sees it.
final class CallerExpression: Expression {
    private let definition: MacroDefinition

    init(definition: MacroDefinition) { self.definition = definition }

    func evaluate(_ render: Render) throws -> Value {
        try render.spend(1)
        return .callable(Callable(.macro(definition, render.captureScope())))
    }
}
