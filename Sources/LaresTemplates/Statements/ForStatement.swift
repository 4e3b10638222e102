/// `{% for target in items if condition recursive %}…{% else %}…{% endfor %}`
final class ForStatement: Statement {
    private let target: Target
    private let items: any Expression
    private let condition: (any Expression)?
    private let body: Block
    private let otherwise: Block?
    private let loopName: Int
    private let isRecursive: Bool
    private let line: Int

    init(
        target: Target, items: any Expression, condition: (any Expression)?, body: Block, otherwise: Block?, loopName: Int,
        isRecursive: Bool,
        line: Int
    ) {
        self.target = target
        self.items = items
        self.condition = condition
        self.body = body
        self.otherwise = otherwise
        self.loopName = loopName
        self.isRecursive = isRecursive
        self.line = line
    }

    func execute(_ render: Render) throws -> Flow {
        render.line = line
        return try run(over: try items.evaluate(render), level: 0, outside: render.scope, render)
    }

    private func run(over value: Value, level: Int, outside: Scope, _ render: Render) throws -> Flow {
        try render.enter()
        defer { render.leave() }
        let items = try chosen(from: try elements(of: value, render), outside: outside, render)
        guard !items.isEmpty else {
            guard let otherwise else { return .next }
            return try render.within(Scope(inside: outside)) { try otherwise.execute(render) }
        }
        let loop = try LoopState(items, level: level, again: isRecursive ? again(level: level + 1, outside, render) : nil, render)
        for (index, item) in items.enumerated() {
            try render.spend(1)
            loop.index = index
            let scope = Scope(inside: outside)
            try target.assign(item, in: scope, render)
            scope.set(loopName, .loop(loop))
            let flow = try render.within(scope) { try body.execute(render) }
            if case .stopLoop = flow { break }
        }
        return .next
    }

    /// What `loop(children)` does in a recursive loop: the same body over other items, as text.
    private func again(level: Int, _ outside: Scope, _ render: Render) -> (Value) throws -> Value {
        { [unowned render] value in
            .string(try render.capture { _ = try self.run(over: value, level: level, outside: outside, render) })
        }
    }

    private func chosen(from items: [Value], outside: Scope, _ render: Render) throws -> [Value] {
        guard let condition else { return items }
        return try items.filter { item in
            try render.spend(1)
            let scope = Scope(inside: outside)
            try target.assign(item, in: scope, render)
            return try render.within(scope) { try condition.evaluate(render).isTrue }
        }
    }
}
