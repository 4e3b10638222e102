extension Filters {
    static let text: [String: Body] = [
        "string": { value, arguments, render in
            _ = try arguments.bind("string")
            return .string(try soft(value, render))
        },
        "safe": { value, _, render in .markup(try soft(value, render)) },
        "upper": method("upper"), "lower": method("lower"), "capitalize": method("capitalize"),
        "title": { value, arguments, render in
            _ = try arguments.bind("title")
            let text = try soft(value, render)
            try render.checkText(bytes: text.utf8.count * 8)
            return .string(TextMethods.filterTitled(text))
        },
        "trim": { value, arguments, render in
            let characters = try arguments.bind("trim", "chars")[0].orNone
            return .string(
                try TextMethods.stripped(try soft(value, render), characters.map { try Optional($0).text("trim", or: "") }, render))
        },
        "replace": { value, arguments, render in
            let given = try arguments.bind("replace", "old", "new", "count", required: 2)
            let (old, new) = (try soft(given[0] ?? .null, render), try soft(given[1] ?? .null, render))
            let count = try given[2].orNone.map { try Optional($0).integer("replace", or: -1) } ?? -1
            return .string(try TextMethods.replaced(try soft(value, render), old, new, count, render))
        },
        "escape": escape, "e": escape,
        "forceescape": { value, arguments, render in try escape(value.plain, arguments, render) },
        "urlencode": { value, arguments, render in
            _ = try arguments.bind("urlencode")
            return .string(try urlEncoded(value, render))
        },
        "wordcount": { value, arguments, render in
            _ = try arguments.bind("wordcount")
            let text = try soft(value, render)
            try render.spend(text.utf8.count)
            return .int(words(in: text))
        },
        "center": { value, arguments, render in
            let width = try arguments.bind("center", "width")[0].integer("center", or: 80)
            var centred = Arguments()
            centred.positional = [.int(width)]
            return try callMethod("center", on: .string(try soft(value, render)), centred, render)
        },
        "indent": indent,
        "truncate": truncate,
        "format": { value, arguments, render in
            guard arguments.positional.isEmpty || arguments.named.isEmpty else {
                throw TemplateError.invalid("format takes values with names or without, not both")
            }
            let values: Value =
                arguments.named.isEmpty
                ? .list(try List(arguments.positional, kind: .tuple, render))
                : .mapping(try Mapping(pairs: arguments.named.map { (.string($0.name), $0.value) }, render))
            return .string(try PercentFormat(try soft(value, render), values, render).text())
        },
    ]

    private static func method(_ name: String) -> Body {
        { value, arguments, render in try callMethod(name, on: .string(try soft(value, render)), arguments, render) }
    }

    private static let escape: Body = { value, arguments, render in
        _ = try arguments.bind("escape")
        if case .markup = value { return value }
        return .markup(try escapedForHTML(try soft(value, render), render))
    }

    private static let indent: Body = { value, arguments, render in
        let given = try arguments.bind("indent", "width", "first", "blank")
        if value.text == nil { throw TemplateError.invalid("indent needs text, not a \(value.typeName)") }
        let width = given[0]?.text == nil ? try given[0].integer("indent", or: 4) : nil
        try render.checkText(bytes: max(0, width ?? 0))
        let space = try width.map { String(repeating: " ", count: max(0, $0)) } ?? given[0].text("indent", or: "")
        let text = try soft(value, render)
        try render.checkText(bytes: text.utf8.count * 4)
        var builder = TextBuilder(render)
        for (index, line) in TextMethods.lines(of: text + "\n").enumerated() {
            if index > 0 { try builder.append("\n") }
            if index == 0 ? given[1].flag : given[2].flag || !line.isEmpty { try builder.append(space) }
            try builder.append(line)
        }
        return .string(builder.text)
    }

    private static let truncate: Body = { value, arguments, render in
        let given = try arguments.bind("truncate", "length", "killwords", "end", "leeway")
        let length = try given[0].integer("truncate", or: 255)
        let end = try given[2].text("truncate", or: "...")
        let leeway = try given[3].orNone.map { try Optional($0).integer("truncate", or: 5) } ?? 5
        let text = try TextSlice(try soft(value, render), render)
        let endLength = end.unicodeScalars.count
        guard length >= endLength, leeway >= 0 else {
            throw TemplateError.invalid("truncate needs a length that holds its end, and a leeway from 0")
        }
        if text.count - length <= leeway { return .string(try text.slice(nil, nil, 1)) }
        let cut = try text.slice(nil, length - endLength, 1)
        if given[1].flag { return .string(cut + end) }
        let range = TextSearch(cut, render).rangesFromBack(of: " ", limit: 1).first
        return .string((range.map { TextSearch(cut, render).text(0..<$0.lowerBound) } ?? cut) + end)
    }

    private static func words(in text: String) -> Int {
        var count = 0
        var inWord = false
        for scalar in text.unicodeScalars {
            let isWord = scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            if isWord, !inWord { count += 1 }
            inWord = isWord
        }
        return count
    }

    private static func urlEncoded(_ value: Value, _ render: Render) throws -> String {
        let pairs: [Value]
        switch value {
        case .mapping(let mapping): pairs = try MappingMethods.items(of: mapping, render)
        case .list(let list): pairs = list.elements
        default: return try quoted(try soft(value, render), isQuery: false, render)
        }
        var parts: [String] = []
        for pair in pairs {
            let both = try elements(of: pair, render)
            guard both.count == 2 else { throw TemplateError.invalid("urlencode needs pairs of a key and a value") }
            let (key, value) = (try soft(both[0], render), try soft(both[1], render))
            parts.append(try quoted(key, isQuery: true, render) + "=" + quoted(value, isQuery: true, render))
        }
        return try TextMethods.joined(parts.map(Value.string), separator: "&", strictly: true, render)
    }

    private static func quoted(_ text: String, isQuery: Bool, _ render: Render) throws -> String {
        try render.checkText(bytes: text.utf8.count * 3)
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: out.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x2f where !isQuery: out += "/"
            case 0x20 where isQuery: out += "+"
            default: out += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return out
    }
}
