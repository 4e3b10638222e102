/// Python's `json.dumps`, as Hugging Face's `tojson` calls it: nothing is escaped for HTML.
struct JSONText {
    var escapesNonASCII = false
    /// What one level is indented by; nil puts everything on one line.
    var indentation: String?
    var itemSeparator = ", "
    var keySeparator = ": "
    var sortsKeys = false
    private let render: Render

    init(_ render: Render) { self.render = render }

    func text(of value: Value) throws -> String {
        var builder = TextBuilder(render)
        try append(value, level: 0, to: &builder)
        return builder.text
    }

    private func append(_ value: Value, level: Int, to builder: inout TextBuilder) throws {
        switch value {
        case .null: try builder.append("null")
        case .bool(let flag): try builder.append(flag ? "true" : "false")
        case .int(let number): try builder.append(String(number))
        case .double(let number): try builder.append(Self.text(of: number))
        case .string(let text), .markup(let text): try builder.append(try quoted(text))
        case .list(let list) where list.kind.isOrdered:
            try appendAll(list.elements, between: "[", "]", level: level, to: &builder) { try append($0, level: level + 1, to: &$1) }
        case .mapping(let mapping):
            try appendAll(try members(of: mapping), between: "{", "}", level: level, to: &builder) { member, builder in
                try builder.append(try quoted(member.name))
                try builder.append(keySeparator)
                try append(member.value, level: level + 1, to: &builder)
            }
        case .undefined(let name): throw TemplateError.undefined(name)
        default: throw TemplateError.invalid("a \(value.typeName) has no JSON form: use |list on what can be walked")
        }
    }

    private func appendAll<Element>(
        _ elements: [Element], between opening: String, _ closing: String, level: Int, to builder: inout TextBuilder,
        _ appendOne: (Element, inout TextBuilder) throws -> Void
    ) throws {
        try render.enter()
        defer { render.leave() }
        guard !elements.isEmpty else { return try builder.append(opening + closing) }
        try builder.append(opening)
        for (index, element) in elements.enumerated() {
            if index > 0 { try builder.append(itemSeparator) }
            try startLine(level + 1, &builder)
            try appendOne(element, &builder)
        }
        try startLine(level, &builder)
        try builder.append(closing)
    }

    private func startLine(_ level: Int, _ builder: inout TextBuilder) throws {
        guard let indentation else { return }
        try builder.append("\n")
        for _ in 0..<level { try builder.append(indentation) }
    }

    private func members(of mapping: Mapping) throws -> [(name: String, value: Value)] {
        let order =
            sortsKeys
            ? try mapping.keys.indices.sorted { try precedes(mapping.keys[$0], mapping.keys[$1], render) } : Array(mapping.keys.indices)
        return try order.map { (try name(of: mapping.keys[$0]), mapping.values[$0]) }
    }

    private func name(of key: Value) throws -> String {
        switch key {
        case .string(let text), .markup(let text): text
        case .null: "null"
        case .bool(let flag): flag ? "true" : "false"
        case .double(let number): Self.text(of: number)
        default: try LaresTemplates.text(of: key, render)
        }
    }

    private static func text(of number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Infinity" : "Infinity" }
        return pythonText(of: number)
    }

    private func quoted(_ text: String) throws -> String {
        try render.spend(text.utf8.count / 16)
        guard text.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5c || ($0 >= 0x80 && escapesNonASCII) }) else {
            return "\"" + text + "\""
        }
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "\u{8}": out += "\\b"
            case "\u{c}": out += "\\f"
            case _ where scalar.value < 0x20 || (scalar.value > 0x7f && escapesNonASCII):
                for unit in String(scalar).utf16 {
                    let hex = String(unit, radix: 16)
                    out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
                }
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}
