extension Value {
    /// Takes over a value of the host.
    init(_ value: TemplateValue, _ render: Render, level: Int = 0) throws {
        guard level <= TemplateLimits.valueDepth else {
            throw TemplateError.limit("a given value is nested deeper than \(TemplateLimits.valueDepth) levels", "flatten it")
        }
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .int(number)
        case .double(let number): self = .double(number)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .list(try List(elements.map { try Value($0, render, level: level + 1) }, render))
        case .object(let object):
            self = .mapping(try Mapping(texts: object.keys, values: object.values.map { try Value($0, render, level: level + 1) }, render))
        }
    }
}

extension TemplateValue {
    /// Hands a value to the host. What is undefined becomes `null`.
    init(_ value: LaresTemplates.Value, _ render: Render) throws {
        try render.enter()
        defer { render.leave() }
        switch value {
        case .undefined, .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let number): self = .int(number)
        case .double(let number): self = .double(number)
        case .string(let text), .markup(let text): self = .string(text)
        case .list(let list): self = .array(try list.elements.map { try TemplateValue($0, render) })
        case .mapping(let mapping):
            var object = TemplateObject()
            for (key, value) in zip(mapping.keys, mapping.values) { object[try text(of: key, render)] = try TemplateValue(value, render) }
            self = .object(object)
        case .namespace, .loop, .callable: throw TemplateError.invalid("a \(value.typeName) can't be given to a function of the host")
        }
    }
}
