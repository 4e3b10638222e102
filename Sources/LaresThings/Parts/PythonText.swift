internal import LaresJSON
internal import LaresTemplates

/// Values as Python prints them, which is what Home Assistant compares and sends.
extension JSON {
    /// "True", "None", "21.0": Python's `str`. Lists and objects come as JSON.
    var pythonText: String {
        switch self {
        case .string(let text): text
        case .int(let whole): String(whole)
        case .double(let number): number.description  // the same digits as Python's; exponents begin at 2^53 instead of 1e16
        case .bool(let flag): flag ? "True" : "False"
        case .null: "None"
        case .array, .object: serialized
        }
    }
}

extension TemplateValue {
    /// A JSON value, for a template.
    init(_ json: JSON) {
        switch json {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let whole): self = .int(whole)
        case .double(let number): self = .double(number)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map(TemplateValue.init))
        case .object(let members): self = .object(TemplateObject(members.map { ($0.key, TemplateValue($0.value)) }))
        }
    }
}

extension JSON {
    /// A value of a template, as JSON.
    init(_ value: TemplateValue) {
        switch value {
        case .null: self = .null
        case .bool(let flag): self = .bool(flag)
        case .int(let whole): self = .int(whole)
        case .double(let number): self = .double(number)
        case .string(let text): self = .string(text)
        case .array(let elements): self = .array(elements.map { JSON($0) })
        case .object(let object):
            var members = Members()
            for (key, value) in zip(object.keys, object.values) { members.append(key, JSON(value)) }
            self = .object(members)
        }
    }
}
