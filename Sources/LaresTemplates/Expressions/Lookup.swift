/// `value.name`: a method or attribute first, then the item of that name, as jinja2 looks it up. Only data can be reached.
func attribute(_ name: String, of value: Value, _ render: Render) throws -> Value {
    switch value.plain {
    case .undefined(let missing): throw TemplateError.undefined(missing)
    case .mapping(let mapping):
        if MappingMethods.names.contains(name) {
            return MappingMethods.safeNames.contains(name) ? .callable(Callable(.method(value, name))) : .undefined(name)
        }
        return mapping[name] ?? .undefined(name)
    case .namespace(let namespace): return namespace[name] ?? .undefined(name)
    case .loop(let loop): return loop[name] ?? .undefined("loop.\(name)")
    case .list(let list):
        if list.kind == .group, name == "grouper" { return list.elements[0] }
        if list.kind == .group, name == "list" { return list.elements[1] }
        return ListMethods.safeNames.contains(name) && list.kind.isOrdered ? .callable(Callable(.method(value, name))) : .undefined(name)
    case .callable(let callable):
        if case .macro(let macro, _) = callable.kind, name == "name" { return .string(macro.name) }
        return .undefined(name)
    case .string: return TextMethods.all[name] == nil ? .undefined(name) : .callable(Callable(.method(value, name)))
    default: return .undefined(name)
    }
}

/// `value[place]`: the item first, then the attribute of that name.
func item(_ place: Value, of value: Value, _ render: Render) throws -> Value {
    switch (value.plain, place.plain) {
    case (.undefined(let missing), _): throw TemplateError.undefined(missing)
    case (.mapping(let mapping), .string(let name)): return try mapping[name] ?? attribute(name, of: value, render)
    case (.mapping(let mapping), .list), (.mapping(let mapping), .mapping):
        _ = mapping
        return .undefined("an item of the mapping")
    case (.mapping(let mapping), .undefined(let name)):
        _ = mapping
        return .undefined(name)
    case (.mapping(let mapping), _): return try mapping.value(of: place, render) ?? .undefined(try text(of: place, render))
    case (.list(let list), _) where list.kind.hasPlaces && place.integer != nil:
        let index = place.integer ?? 0
        let fromFront = index < 0 ? index + list.elements.count : index
        return list.elements.indices.contains(fromFront) ? list.elements[fromFront] : .undefined("element \(index)")
    case (.string(let string), _) where place.integer != nil: return try TextSlice(string, render).character(at: place.integer ?? 0)
    case (_, .string(let name)): return try attribute(name, of: value, render)
    default: return .undefined("an item of a \(value.typeName)")
    }
}

/// `value[start:end:step]` with Python's rules for what is left out, negative or beyond the ends.
func sliced(_ value: Value, _ start: Value?, _ end: Value?, _ step: Value?, _ render: Render) throws -> Value {
    if case .undefined(let name) = value { throw TemplateError.undefined(name) }
    let step = try bound(step) ?? 1
    guard step != 0 else { throw TemplateError.invalid("a slice can't step by 0") }
    let (start, end) = (try bound(start), try bound(end))
    switch value.plain {
    case .string(let text): return .string(try TextSlice(text, render).slice(start, end, step))
    case .list(let list) where list.kind.hasPlaces:
        let places = slicePlaces(count: list.elements.count, start, end, step)
        let kind: List.Kind = list.kind == .list ? .list : list.kind.isOrdered ? .tuple : .list
        return .list(try List(places.map { list.elements[$0] }, kind: kind, render))
    default: throw TemplateError.invalid("a \(value.typeName) can't be sliced: only text and lists can")
    }
}

private func bound(_ value: Value?) throws -> Int? {
    switch value {
    case nil, .null?: return nil
    case .undefined(let name)?: throw TemplateError.undefined(name)
    case let value?:
        guard let number = value.integer else { throw TemplateError.invalid("a slice needs whole numbers, not a \(value.typeName)") }
        return number
    }
}

/// The places a slice of so many elements names, in order.
func slicePlaces(count: Int, _ start: Int?, _ end: Int?, _ step: Int) -> [Int] {
    func clamped(_ place: Int, _ low: Int, _ high: Int) -> Int { min(max(place < 0 ? max(place, -count - 1) + count : place, low), high) }
    if step > 0 {
        let from = start.map { clamped($0, 0, count) } ?? 0
        let to = end.map { clamped($0, 0, count) } ?? count
        return Array(stride(from: from, to: to, by: min(step, count + 1)))
    }
    let from = start.map { clamped($0, -1, count - 1) } ?? count - 1
    let to = end.map { clamped($0, -1, count - 1) } ?? -1
    return Array(stride(from: from, to: to, by: max(step, -count - 1)))
}

/// Calls a value.
func call(_ value: Value, _ arguments: Arguments, _ render: Render) throws -> Value {
    try render.enter()
    defer { render.leave() }
    switch value {
    case .callable(let callable): return try callable.call(arguments, render)
    case .loop(let loop): return try loop.recurse(arguments)
    case .undefined(let name): throw TemplateError.undefined(name)
    default: throw TemplateError.invalid("a \(value.typeName) can't be called")
    }
}

/// `value.name(…)`
func callMethod(_ name: String, on value: Value, _ arguments: Arguments, _ render: Render) throws -> Value {
    try render.enter()
    defer { render.leave() }
    switch value.plain {
    case .string(let string):
        guard let method = TextMethods.all[name] else { throw TemplateError(.unknownName, "text has no method '\(name)'") }
        return try method(string, arguments, render)
    case .mapping(let mapping) where MappingMethods.names.contains(name): return try MappingMethods.call(name, mapping, arguments, render)
    case .list(let list) where list.kind.isOrdered && ListMethods.names.contains(name):
        return try ListMethods.call(name, list, arguments, render)
    case .loop(let loop):
        if let result = try loop.call(name, arguments, render) { return result }
        return try call(try attribute(name, of: value, render), arguments, render)
    default: return try call(try attribute(name, of: value, render), arguments, render)
    }
}

/// The elements of what can be walked: lists, the keys of mappings, the characters of text; of what is undefined, none.
func elements(of value: Value, _ render: Render) throws -> [Value] {
    switch value {
    case .undefined: return []
    case .list(let list): return list.elements
    case .mapping(let mapping): return mapping.keys
    case .string(let text), .markup(let text):
        try render.checkElements(text.unicodeScalars.count)
        try render.spend(text.utf8.count)
        return text.unicodeScalars.map { .string(String($0)) }
    default: throw TemplateError.invalid("a \(value.typeName) can't be walked: use a list, a mapping or text")
    }
}
