/// Builds a text piece by piece, paying for it as it grows.
struct TextBuilder {
    private(set) var text = ""
    private let render: Render

    init(_ render: Render) { self.render = render }

    mutating func append(_ piece: String) throws {
        let bytes = text.utf8.count + piece.utf8.count
        guard bytes <= render.limits.stringBytes else { return try render.checkText(bytes: bytes) }
        try render.spend(piece.utf8.count / 32 + 1)
        text += piece
    }
}

/// Python's `str`: what `{{ value }}` prints.
func text(of value: Value, _ render: Render) throws -> String {
    switch value {
    case .string(let text), .markup(let text): return text
    case .undefined: return ""
    case .int(let number): return String(number)
    default:
        var builder = TextBuilder(render)
        try appendRepresentation(of: value, to: &builder, render)
        return builder.text
    }
}

/// Python's `repr`.
func representation(of value: Value, _ render: Render) throws -> String {
    var builder = TextBuilder(render)
    try appendRepresentation(of: value, to: &builder, render)
    return builder.text
}

private func appendRepresentation(of value: Value, to builder: inout TextBuilder, _ render: Render) throws {
    switch value {
    case .undefined: try builder.append("Undefined")
    case .null: try builder.append("None")
    case .bool(let flag): try builder.append(flag ? "True" : "False")
    case .int(let number): try builder.append(String(number))
    case .double(let number): try builder.append(pythonText(of: number))
    case .string(let text), .markup(let text):
        try render.spend(text.utf8.count / 8)
        try builder.append(quoted(text))
    case .list(let list): try append(list, to: &builder, render)
    case .mapping(let mapping): try append(mapping.keys, mapping.values, between: "{", "}", to: &builder, render)
    case .namespace(let namespace):
        try append(namespace.names.map(Value.string), namespace.values, between: "<Namespace {", "}>", to: &builder, render)
    case .loop(let loop): try builder.append("<LoopContext \(loop.index + 1)/\(loop.items.count)>")
    case .callable(let callable):
        switch callable.kind {
        case .macro(let macro, _): try builder.append("<Macro \(quoted(macro.name))>")
        case .function(let name, _), .method(_, let name): try builder.append("<function \(name)>")
        }
    }
}

private func append(_ list: List, to builder: inout TextBuilder, _ render: Render) throws {
    try render.enter()
    defer { render.leave() }
    let (opening, closing) =
        switch list.kind {
        case .list: ("[", "]")
        case .tuple, .group: ("(", list.elements.count == 1 ? ",)" : ")")
        case .view(let name): ("\(name)([", "])")
        case .generator: ("<generator>", "")
        case .range(let from, let to, let by): (by == 1 ? "range(\(from), \(to))" : "range(\(from), \(to), \(by))", "")
        }
    try builder.append(opening)
    if list.kind.printsElements {
        for (index, element) in list.elements.enumerated() {
            if index > 0 { try builder.append(", ") }
            try appendRepresentation(of: element, to: &builder, render)
        }
    }
    try builder.append(closing)
}

private func append(
    _ keys: [Value], _ values: [Value], between opening: String, _ closing: String, to builder: inout TextBuilder, _ render: Render
) throws {
    try render.enter()
    defer { render.leave() }
    try builder.append(opening)
    for (index, (key, value)) in zip(keys, values).enumerated() {
        if index > 0 { try builder.append(", ") }
        try appendRepresentation(of: key, to: &builder, render)
        try builder.append(": ")
        try appendRepresentation(of: value, to: &builder, render)
    }
    try builder.append(closing)
}

extension List.Kind {
    fileprivate var printsElements: Bool {
        switch self {
        case .range, .generator: false
        default: true
        }
    }
}

/// A text in quotes as Python's `repr` writes it.
func quoted(_ text: String) -> String {
    let quote: Unicode.Scalar = text.utf8.contains(UInt8(ascii: "'")) && !text.utf8.contains(UInt8(ascii: "\"")) ? "\"" : "'"
    var out = String.UnicodeScalarView()
    out.append(quote)
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\", quote: out.append(contentsOf: ["\\", scalar])
        case "\n": out.append(contentsOf: "\\n".unicodeScalars)
        case "\r": out.append(contentsOf: "\\r".unicodeScalars)
        case "\t": out.append(contentsOf: "\\t".unicodeScalars)
        default: out.append(contentsOf: isPrintable(scalar) ? String(scalar).unicodeScalars : escape(scalar).unicodeScalars)
        }
    }
    out.append(quote)
    return String(out)
}

private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7f { return scalar.value >= 0x20 }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spaceSeparator: return false
    default: return true
    }
}

private func escape(_ scalar: Unicode.Scalar) -> String {
    let hex = String(scalar.value, radix: 16)
    let (mark, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
    return "\\" + mark + String(repeating: "0", count: width - hex.count) + hex
}
