/// One thing done to a value: taking a part of it, calling it, filtering or testing it.
enum Access: Sendable {
    struct Slice: Sendable {
        let start, end, step: (any Expression)?
    }

    struct Named: Sendable {
        let name: String
        var arguments: CallArguments
    }

    case attribute(String)
    case item(any Expression)
    case slice(Slice)
    case method(String, CallArguments)
    case call(CallArguments)
    case filter(Named)
    case test(Named, isNegated: Bool)
}

/// A value and everything done to it in a row: `messages[0].content.split('x') | first is defined`.
final class AccessChain: Expression {
    private let base: any Expression
    private let accesses: [Access]

    init(base: any Expression, accesses: [Access]) {
        self.base = base
        self.accesses = accesses
    }

    func evaluate(_ render: Render) throws -> Value {
        try render.enter()
        defer { render.leave() }
        var value = try base.evaluate(render)
        for access in accesses { value = try access.apply(to: value, render) }
        return value
    }

    /// The same chain whose last call is given a `caller` as well; nil where it doesn't end in a call.
    func addingCaller(_ caller: CallerExpression) -> AccessChain? {
        var accesses = accesses
        switch accesses.popLast() {
        case .call(var arguments):
            arguments.named.append(("caller", caller))
            accesses.append(.call(arguments))
        case .method(let name, var arguments):
            arguments.named.append(("caller", caller))
            accesses.append(.method(name, arguments))
        default: return nil
        }
        return AccessChain(base: base, accesses: accesses)
    }
}

extension Access {
    func apply(to value: Value, _ render: Render) throws -> Value {
        try render.spend(1)
        switch self {
        case .attribute(let name): return try LaresTemplates.attribute(name, of: value, render)
        case .item(let place): return try LaresTemplates.item(try place.evaluate(render), of: value, render)
        case .slice(let slice):
            return try sliced(
                value, try slice.start?.evaluate(render), try slice.end?.evaluate(render), try slice.step?.evaluate(render), render)
        case .method(let name, let arguments): return try callMethod(name, on: value, try arguments.evaluate(render), render)
        case .call(let arguments): return try LaresTemplates.call(value, try arguments.evaluate(render), render)
        case .filter(let filter): return try filter.applyAsFilter(to: value, render)
        case .test(let test, let isNegated): return .bool(try test.applyAsTest(to: value, render) != isNegated)
        }
    }
}

extension Access.Named {
    func applyAsFilter(to value: Value, _ render: Render) throws -> Value {
        guard let filter = render.environment.filter(named: name) else { throw TemplateError(.unknownName, "there is no filter '\(name)'") }
        return try filter(value, try arguments.evaluate(render), render)
    }

    func applyAsTest(to value: Value, _ render: Render) throws -> Bool {
        guard let test = render.environment.test(named: name) else { throw TemplateError(.unknownName, "there is no test '\(name)'") }
        return try test(value, try arguments.evaluate(render), render)
    }
}

/// The arguments of a call as they are written.
struct CallArguments: Sendable {
    var positional: [any Expression] = []
    var named: [(name: String, value: any Expression)] = []
    /// `*values`
    var spread: (any Expression)?
    /// `**values`
    var namedSpread: (any Expression)?

    func evaluate(_ render: Render) throws -> Arguments {
        var arguments = Arguments()
        for expression in positional { arguments.positional.append(try expression.evaluate(render)) }
        for (name, expression) in named { arguments.named.append((name, try expression.evaluate(render))) }
        if let spread {
            let values = try elements(of: try spread.evaluate(render), render)
            try render.spend(values.count)
            arguments.positional += values
        }
        if let namedSpread {
            guard case .mapping(let mapping) = try namedSpread.evaluate(render) else { throw TemplateError.invalid("'**' needs a mapping") }
            try render.spend(mapping.count)
            for (key, value) in zip(mapping.keys, mapping.values) { arguments.named.append((try text(of: key, render), value)) }
        }
        return arguments
    }
}
