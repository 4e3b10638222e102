/// The methods of Python's `str` that templates use.
enum TextMethods {
    typealias Body = @Sendable (String, Arguments, Render) throws -> Value

    static let all: [String: Body] = [
        "upper": plain("upper") { $0.uppercased() },
        "lower": plain("lower") { $0.lowercased() },
        "casefold": plain("casefold") { $0.lowercased() },
        "title": plain("title") { titled($0) },
        "capitalize": plain("capitalize") { capitalized($0) },
        "swapcase": plain("swapcase") { swappedCase($0) },
        "strip": strip("strip", start: true, end: true),
        "lstrip": strip("lstrip", start: true, end: false),
        "rstrip": strip("rstrip", start: false, end: true),
        "split": { .list(try split($0, $1, fromBack: false, $2)) },
        "rsplit": { .list(try split($0, $1, fromBack: true, $2)) },
        "splitlines": { text, arguments, render in
            let keepsEnds = try arguments.bind("splitlines", "keepends")[0].flag
            try render.spend(text.utf8.count)
            return .list(try List(lines(of: text, keepingEnds: keepsEnds).map(Value.string), render))
        },
        "partition": { try partition("partition", $0, $1, fromBack: false, $2) },
        "rpartition": { try partition("rpartition", $0, $1, fromBack: true, $2) },
        "startswith": affix("startswith") { $0.starts(with: $1) },
        "endswith": affix("endswith") { $0.reversed().starts(with: $1.reversed()) },
        "removeprefix": { text, arguments, render in
            let prefix = try arguments.bind("removeprefix", "prefix", required: 1)[0].text("removeprefix", or: "")
            try render.spend(prefix.utf8.count / 32)
            return .string(text.utf8.starts(with: prefix.utf8) ? try tail(of: text, after: prefix.utf8.count, render) : text)
        },
        "removesuffix": { text, arguments, render in
            let suffix = try arguments.bind("removesuffix", "suffix", required: 1)[0].text("removesuffix", or: "")
            try render.spend(suffix.utf8.count / 32)
            guard !suffix.isEmpty, text.utf8.reversed().starts(with: suffix.utf8.reversed()) else { return .string(text) }
            try render.checkText(bytes: text.utf8.count)
            return .string(String(decoding: text.utf8.dropLast(suffix.utf8.count), as: UTF8.self))
        },
        "replace": { text, arguments, render in
            let given = try arguments.bind("replace", "old", "new", "count", required: 2)
            return .string(
                try replaced(
                    text, try given[0].text("replace", or: ""), try given[1].text("replace", or: ""),
                    try given[2].integer("replace", or: -1),
                    render))
        },
        "find": { try find("find", $0, $1, fromBack: false, $2) },
        "rfind": { try find("rfind", $0, $1, fromBack: true, $2) },
        "index": { try found("index", $0, $1, fromBack: false, $2) },
        "rindex": { try found("rindex", $0, $1, fromBack: true, $2) },
        "count": { text, arguments, render in
            let part = try arguments.bind("count", "sub", required: 1)[0].text("count", or: "")
            try render.spend(text.utf8.count / 8)
            return .int(part.isEmpty ? text.unicodeScalars.count + 1 : TextSearch(text, render).ranges(of: part).count)
        },
        "join": { text, arguments, render in
            let items = try elements(of: try arguments.bind("join", "iterable", required: 1)[0] ?? .null, render)
            return .string(try joined(items, separator: text, strictly: true, render))
        },
        "format": { text, arguments, render in
            var format = BraceFormat(arguments, render)
            return .string(try format.text(text))
        },
        "zfill": { text, arguments, render in
            var format = NumberFormat()
            (format.fill, format.alignment) = ("0", ">")
            format.width = max(0, try arguments.bind("zfill", "width", required: 1)[0].integer("zfill", or: 0))
            try render.checkText(bytes: format.width)
            guard let sign = text.unicodeScalars.first, sign == "-" || sign == "+" else {
                return .string(try format.text(of: text, render))
            }
            format.width = max(0, format.width - 1)
            return .string(String(sign) + (try format.text(of: try tail(of: text, after: 1, render), render)))
        },
        "ljust": justify("ljust", "<"), "rjust": justify("rjust", ">"), "center": justify("center", "^"),
        "isdigit": every("isdigit") { $0.properties.numericType == .decimal || $0.properties.numericType == .digit },
        "isdecimal": every("isdecimal") { $0.properties.numericType == .decimal },
        "isnumeric": every("isnumeric") { $0.properties.numericType != nil },
        "isalpha": every("isalpha") { isLetter($0) },
        "isalnum": every("isalnum") { isLetter($0) || $0.properties.numericType != nil },
        "isspace": every("isspace") { Whitespace.isSpace($0) },
        "isascii": { text, _, render in
            try render.spend(text.utf8.count / 32)
            return .bool(text.utf8.allSatisfy { $0 < 0x80 })
        },
        "isupper": { text, _, render in
            try render.spend(text.utf8.count)
            return .bool(
                text.unicodeScalars.contains { $0.properties.isUppercase } && !text.unicodeScalars.contains { $0.properties.isLowercase })
        },
        "islower": { text, _, render in
            try render.spend(text.utf8.count)
            return .bool(
                text.unicodeScalars.contains { $0.properties.isLowercase } && !text.unicodeScalars.contains { $0.properties.isUppercase })
        },
    ]

    private static func plain(_ name: String, _ body: @escaping @Sendable (String) -> String) -> Body {
        { text, arguments, render in
            _ = try arguments.bind(name)
            try render.checkText(bytes: text.utf8.count)
            try render.spend(text.utf8.count / 4)
            return .string(body(text))
        }
    }

    private static func strip(_ name: String, start: Bool, end: Bool) -> Body {
        { text, arguments, render in
            let characters = try arguments.bind(name, "chars")[0].orNone
            return .string(try stripped(text, characters.map { try Optional($0).text(name, or: "") }, start: start, end: end, render))
        }
    }

    private static func affix(_ name: String, _ matches: @escaping @Sendable (String.UTF8View, String.UTF8View) -> Bool) -> Body {
        { text, arguments, render in
            let given = try arguments.bind(name, "affix", "start", "end", required: 1)
            let part =
                given[1] == nil && given[2] == nil
                ? text
                : try TextSlice(text, render).slice(
                    try given[1].integer(name, or: 0), try given[2].orNone.map { try Optional($0).integer(name, or: 0) }, 1)
            if case .list(let list)? = given[0], list.kind == .tuple {
                for affix in list.elements where matches(part.utf8, try Optional(affix).text(name, or: "").utf8) { return .bool(true) }
                return .bool(false)
            }
            let affix = try given[0].text(name, or: "")
            try render.spend(affix.utf8.count / 32)
            return .bool(matches(part.utf8, affix.utf8))
        }
    }

    private static func justify(_ name: String, _ alignment: Unicode.Scalar) -> Body {
        { text, arguments, render in
            let given = try arguments.bind(name, "width", "fillchar", required: 1)
            var format = NumberFormat()
            format.alignment = alignment
            format.width = try given[0].integer(name, or: 0)
            let fill = try given[1].text(name, or: " ").unicodeScalars
            guard let character = fill.first, fill.count == 1 else {
                throw TemplateError.invalid("\(name) needs one character to fill with")
            }
            format.fill = character
            try render.checkText(bytes: max(0, format.width))
            return .string(try format.text(of: text, render))
        }
    }

    private static func every(_ name: String, _ holds: @escaping @Sendable (Unicode.Scalar) -> Bool) -> Body {
        { text, arguments, render in
            _ = try arguments.bind(name)
            try render.spend(text.utf8.count)
            return .bool(!text.isEmpty && text.unicodeScalars.allSatisfy(holds))
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }
}
