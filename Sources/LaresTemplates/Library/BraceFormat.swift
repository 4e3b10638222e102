/// Python's `pattern.format(…)`: `{}`, `{0}`, `{name}`, `{0.key}`, `{0[key]}`, `{:>8.2f}`, `{!r}`.
struct BraceFormat {
    private let arguments: Arguments
    private let render: Render
    private var next = 0

    init(_ arguments: Arguments, _ render: Render) {
        self.arguments = arguments
        self.render = render
    }

    mutating func text(_ pattern: String) throws -> String {
        try render.spend(pattern.utf8.count / 4)
        var rest = Array(pattern.unicodeScalars)[...]
        var builder = TextBuilder(render)
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            try builder.append(String(String.UnicodeScalarView(rest[..<brace])))
            let after = rest.index(after: brace)
            if after < rest.endIndex, rest[after] == rest[brace] {
                try builder.append(String(rest[brace]))
                rest = rest[(after + 1)...]
                continue
            }
            guard rest[brace] == "{", let end = rest[after...].firstIndex(of: "}") else {
                throw TemplateError.invalid("a brace of the pattern is alone: double it to print it")
            }
            try builder.append(try field(String(String.UnicodeScalarView(rest[after..<end]))))
            rest = rest[(end + 1)...]
        }
        try builder.append(String(String.UnicodeScalarView(rest)))
        return builder.text
    }

    private mutating func field(_ field: String) throws -> String {
        let parts = field.unicodeScalars.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        let named = parts[0].unicodeScalars.split(separator: "!", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
        var value = try value(named[0])
        if named.count > 1 {
            guard named[1] == "r" || named[1] == "s" else { throw TemplateError.invalid("'!\(named[1])' is not a conversion Python knows") }
            value = .string(named[1] == "r" ? try representation(of: value, render) : try LaresTemplates.text(of: value, render))
        }
        return try laidOut(value, parts.count > 1 ? parts[1] : "")
    }

    private mutating func value(_ path: String) throws -> Value {
        let nameEnd = path.unicodeScalars.firstIndex { $0 == "." || $0 == "[" } ?? path.endIndex
        var value = try base(String(path[..<nameEnd]))
        var rest = path[nameEnd...].unicodeScalars
        while let mark = rest.popFirst() {
            let end = rest.firstIndex { mark == "[" ? $0 == "]" : $0 == "." || $0 == "[" } ?? rest.endIndex
            let key = String(rest[..<end])
            rest = rest[end...]
            if mark == "[" {
                guard rest.popFirst() == "]" else { throw TemplateError.invalid("a '[' of the pattern is not closed") }
                value = try item(Int(key).map(Value.int) ?? .string(key), of: value, render)
            } else {
                value = try attribute(key, of: value, render)
            }
        }
        return value
    }

    private mutating func base(_ name: String) throws -> Value {
        let index = name.isEmpty ? next : Int(name)
        if name.isEmpty { next += 1 }
        if let index {
            guard arguments.positional.indices.contains(index) else { throw TemplateError.invalid("format has no value number \(index)") }
            return arguments.positional[index]
        }
        guard let found = arguments.named.first(where: { $0.name == name }) else {
            throw TemplateError.invalid("format has no value '\(name)'")
        }
        return found.value
    }

    private func laidOut(_ value: Value, _ specification: String) throws -> String {
        guard !specification.isEmpty else { return try LaresTemplates.text(of: value, render) }
        var format = try NumberFormat(specification: specification, render)
        switch (value, format.type) {
        case (_, "%"):
            guard let number = value.number else { break }
            format.type = "f"
            format.width = max(0, format.width - 1)
            return try format.text(of: number * 100) + "%"
        case (.double(let number), "\0"):
            guard let precision = format.precision else { return try unsigned(pythonText(of: number.magnitude), number, format) }
            (format.type, format.precision) = ("g", max(1, precision))
            return try format.text(of: number)
        case (.int(let number), "d"), (.int(let number), "x"), (.int(let number), "X"), (.int(let number), "o"), (.int(let number), "b"),
            (.int(let number), "\0"):
            return try format.text(of: number)
        case (_, "f"), (_, "F"), (_, "e"), (_, "E"), (_, "g"), (_, "G"):
            guard let number = value.number else { break }
            return try format.text(of: number)
        case (.string(let text), "s"), (.string(let text), "\0"): return try format.text(of: text, render)
        default: break
        }
        throw TemplateError.invalid("the format '\(specification)' does not suit a \(value.typeName)")
    }

    private func unsigned(_ digits: String, _ number: Double, _ format: NumberFormat) throws -> String {
        var format = format
        format.alignment = format.alignment ?? ">"
        return try format.text(of: (number.sign == .minus ? "-" : format.sign) + digits, render)
    }
}
