/// What is assigned to.
indirect enum Target: Sendable {
    case name(Int)
    case tuple([Target])
    case attribute(Int, name: String, attribute: String)

    /// Assigns a value in a scope.
    func assign(_ value: Value, in scope: Scope, _ render: Render) throws {
        switch self {
        case .name(let number): scope.set(number, value)
        case .tuple(let targets):
            let parts = try elements(of: value, render)
            guard parts.count == targets.count else {
                throw TemplateError.invalid("\(parts.count) values can't be assigned to \(targets.count) names")
            }
            for (target, part) in zip(targets, parts) { try target.assign(part, in: scope, render) }
        case .attribute(let number, let name, let attribute):
            guard case .namespace(let namespace)? = try scope.find(number, render) else {
                throw TemplateError.invalid("'\(name).\(attribute)' can only be set on a namespace: {% set \(name) = namespace() %}")
            }
            namespace[attribute] = value
        }
    }
}

/// `{% set target = value %}`
final class SetStatement: Statement {
    private let target: Target
    private let value: any Expression
    private let line: Int

    init(target: Target, value: any Expression, line: Int) {
        self.target = target
        self.value = value
        self.line = line
    }

    func execute(_ render: Render) throws -> Flow {
        try render.spend(1)
        render.line = line
        try target.assign(try value.evaluate(render), in: render.scope, render)
        return .next
    }
}

/// `{% set target | filters %}…{% endset %}`
final class SetBlockStatement: Statement {
    private let target: Target
    private let filters: [Access]
    private let body: Block
    private let line: Int

    init(target: Target, filters: [Access], body: Block, line: Int) {
        self.target = target
        self.filters = filters
        self.body = body
        self.line = line
    }

    func execute(_ render: Render) throws -> Flow {
        let (text, flow) = try captured(body, filteredBy: filters, line: line, render)
        try target.assign(text, in: render.scope, render)
        return flow
    }
}

/// `{% filter name %}…{% endfilter %}`
final class FilterStatement: Statement {
    private let filters: [Access]
    private let body: Block
    private let line: Int

    init(filters: [Access], body: Block, line: Int) {
        self.filters = filters
        self.body = body
        self.line = line
    }

    func execute(_ render: Render) throws -> Flow {
        let (value, flow) = try captured(body, filteredBy: filters, line: line, render)
        try render.write(try text(of: value, render))
        return flow
    }
}

private func captured(_ body: Block, filteredBy filters: [Access], line: Int, _ render: Render) throws -> (Value, Flow) {
    try render.enter()
    defer { render.leave() }
    var flow = Flow.next
    let text = try render.capture { flow = try render.within(Scope(inside: render.scope)) { try body.execute(render) } }
    render.line = line
    return (try filters.reduce(Value.string(text)) { try $1.apply(to: $0, render) }, flow)
}

/// `{% with a = 1 %}…{% endwith %}`
final class WithStatement: Statement {
    private let assignments: [(Target, any Expression)]
    private let body: Block
    private let line: Int

    init(assignments: [(Target, any Expression)], body: Block, line: Int) {
        self.assignments = assignments
        self.body = body
        self.line = line
    }

    func execute(_ render: Render) throws -> Flow {
        try render.enter()
        defer { render.leave() }
        render.line = line
        let scope = Scope(inside: render.scope)
        for (target, expression) in assignments { try target.assign(try expression.evaluate(render), in: scope, render) }
        return try render.within(scope) { try body.execute(render) }
    }
}
