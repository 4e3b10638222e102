/// The values of one call.
struct Arguments {
    var positional: [Value] = []
    var named: [(name: String, value: Value)] = []

    /// Sorts the values to parameters as Python does.
    ///
    /// - Throws: when there are too many, an unknown or doubled name, or fewer than `required`.
    func bind(_ function: String, _ parameters: String..., required: Int = 0) throws -> [Value?] {
        var bound: [Value?] = positional
        guard bound.count <= parameters.count else {
            throw TemplateError.invalid("\(function) takes at most \(parameters.count) arguments, it was given \(bound.count)")
        }
        bound.append(contentsOf: repeatElement(nil, count: parameters.count - bound.count))
        for (name, value) in named {
            guard let index = parameters.firstIndex(of: name) else {
                throw TemplateError.invalid("\(function) has no argument '\(name)'")
            }
            guard bound[index] == nil else { throw TemplateError.invalid("\(function) was given '\(name)' twice") }
            bound[index] = value
        }
        if let missing = bound.prefix(required).firstIndex(where: { $0 == nil }) {
            throw TemplateError.invalid("\(function) needs the argument '\(parameters[missing])'")
        }
        return bound
    }
}

extension Optional where Wrapped == Value {
    /// A whole number, or the default where the argument was left out.
    func integer(_ function: String, or fallback: Int) throws -> Int {
        guard let self else { return fallback }
        guard let number = self.integer else {
            throw TemplateError.invalid("\(function) needs a whole number where it was given a \(self.typeName)")
        }
        return number
    }

    /// Text, or the default where the argument was left out.
    func text(_ function: String, or fallback: String) throws -> String {
        guard let self else { return fallback }
        guard let text = self.text else { throw TemplateError.invalid("\(function) needs text where it was given a \(self.typeName)") }
        return text
    }

    /// Truth, false where the argument was left out.
    var flag: Bool { self?.isTrue ?? false }
    /// The argument, unless it was left out or is `none`.
    var orNone: Value? {
        if case .null? = self { return nil }
        return self
    }
}
