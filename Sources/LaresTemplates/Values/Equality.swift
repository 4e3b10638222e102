/// Python's `==`. Every element looked at is paid for, so shared values nested in each other stay bounded.
func equal(_ a: Value, _ b: Value, _ render: Render) throws -> Bool {
    switch (a, b) {
    case (.undefined, .undefined), (.null, .null): return true
    case (.string(let a), .string(let b)):
        try render.spend(1 + min(a.utf8.count, b.utf8.count) / 32)
        return sameText(a, b)
    case (.list(let a), .list(let b)): return try equal(a, b, render)
    case (.mapping(let a), .mapping(let b)): return try equal(a, b, render)
    case (.namespace(let a), .namespace(let b)): return a === b
    case (.loop(let a), .loop(let b)): return a === b
    case (.callable(let a), .callable(let b)): return a === b
    default:
        if Value.anyMarked(a, b) { return try equal(a.plain, b.plain, render) }
        try render.spend(1)
        if let a = a.integer, let b = b.integer { return a == b }
        if let a = a.number, let b = b.number { return a == b }
        return false
    }
}

func equal(_ a: [Value], _ b: [Value], _ render: Render) throws -> Bool {
    guard a.count == b.count else { return false }
    try render.enter()
    defer { render.leave() }
    for (a, b) in zip(a, b) where try !equal(a, b, render) { return false }
    return true
}

private func equal(_ a: List, _ b: List, _ render: Render) throws -> Bool {
    switch (a.kind, b.kind) {
    case (.list, .list), (.tuple, .tuple), (.tuple, .group), (.group, .tuple), (.group, .group), (.range, .range), (.view, .view):
        try equal(a.elements, b.elements, render)
    default: a === b
    }
}

private func equal(_ a: Mapping, _ b: Mapping, _ render: Render) throws -> Bool {
    guard a.count == b.count else { return false }
    try render.enter()
    defer { render.leave() }
    for (key, value) in zip(a.keys, a.values) {
        guard let other = try b.value(of: key, render), try equal(value, other, render) else { return false }
    }
    return true
}

/// Whether `a < b`, as Python orders them: numbers, texts, and lists element by element.
func precedes(_ a: Value, _ b: Value, _ render: Render) throws -> Bool {
    switch (a, b) {
    case (.string(let a), .string(let b)):
        try render.spend(1 + min(a.utf8.count, b.utf8.count) / 32)
        return textPrecedes(a, b)
    case (.list(let a), .list(let b)) where a.kind.isOrdered && (a.kind == .list) == (b.kind == .list) && b.kind.isOrdered:
        try render.enter()
        defer { render.leave() }
        for (a, b) in zip(a.elements, b.elements) where try !equal(a, b, render) { return try precedes(a, b, render) }
        return a.elements.count < b.elements.count
    case (.undefined(let name), _), (_, .undefined(let name)): throw TemplateError.undefined(name)
    default:
        if Value.anyMarked(a, b) { return try precedes(a.plain, b.plain, render) }
        try render.spend(1)
        if let a = a.integer, let b = b.integer { return a < b }
        if let a = a.number, let b = b.number { return a < b }
        throw TemplateError.invalid("a \(a.typeName) and a \(b.typeName) have no order: compare numbers with numbers, text with text")
    }
}

extension List.Kind {
    var isOrdered: Bool { self == .list || self == .tuple || self == .group }
}

/// Python's `in`.
func contains(_ container: Value, _ value: Value, _ render: Render) throws -> Bool {
    switch container {
    case .undefined: return false
    case .string(let text), .markup(let text):
        guard let part = value.text else {
            throw TemplateError.invalid("only text can be in a text, not a \(value.typeName)")
        }
        try render.spend(1 + text.utf8.count / 32)
        return TextSearch(text, render).firstRange(of: part) != nil
    case .list(let list):
        for element in list.elements where try equal(element, value, render) { return true }
        return false
    case .mapping(let mapping): return try mapping.value(of: value, render) != nil
    default: throw TemplateError.invalid("nothing can be in a \(container.typeName): use a list, a mapping or text")
    }
}
