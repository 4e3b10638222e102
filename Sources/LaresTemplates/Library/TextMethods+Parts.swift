extension TextMethods {
    static func tail(of text: String, after bytes: Int, _ render: Render) throws -> String {
        try render.checkText(bytes: text.utf8.count)
        return String(decoding: text.utf8.dropFirst(bytes), as: UTF8.self)
    }

    /// `str.strip` and its siblings; without characters, blank space is stripped.
    static func stripped(_ text: String, _ characters: String?, start: Bool = true, end: Bool = true, _ render: Render) throws -> String {
        try render.checkText(bytes: text.utf8.count)
        let set = characters.map { Set($0.unicodeScalars) }
        let goes = { (scalar: Unicode.Scalar) in set?.contains(scalar) ?? Whitespace.isSpace(scalar) }
        var rest = text.unicodeScalars[...]
        if start { rest = rest.drop(while: goes) }
        if end { while let last = rest.last, goes(last) { rest.removeLast() } }
        return rest.count == 0 ? "" : rest.startIndex == text.startIndex && rest.endIndex == text.endIndex ? text : String(rest)
    }

    static func split(_ text: String, _ arguments: Arguments, fromBack: Bool, _ render: Render) throws -> List {
        let given = try arguments.bind(fromBack ? "rsplit" : "split", "sep", "maxsplit")
        let limit = try given[1].integer("split", or: -1)
        let most = limit < 0 ? Int.max : limit
        try render.checkText(bytes: text.utf8.count * 4)
        let pieces: [String]
        if let separator = given[0].orNone {
            let separator = try Optional(separator).text("split", or: "")
            guard !separator.isEmpty else { throw TemplateError.invalid("split needs a separator that is not empty") }
            let search = TextSearch(text, render)
            let ranges = fromBack ? search.rangesFromBack(of: separator, limit: most) : search.ranges(of: separator, limit: most)
            try render.checkElements(ranges.count + 1)
            pieces = between(ranges, of: search)
        } else {
            pieces = words(of: text, most: most, fromBack: fromBack)
        }
        return try List(pieces.map(Value.string), render)
    }

    private static func between(_ ranges: [Range<Int>], of search: TextSearch) -> [String] {
        var start = 0
        var pieces: [String] = []
        for range in ranges {
            pieces.append(search.text(start..<range.lowerBound))
            start = range.upperBound
        }
        return pieces + [search.text(start..<search.count)]
    }

    private static func words(of text: String, most: Int, fromBack: Bool) -> [String] {
        let scalars = fromBack ? Array(text.unicodeScalars.reversed()) : Array(text.unicodeScalars)
        var rest = scalars.drop(while: Whitespace.isSpace)
        var words: [ArraySlice<Unicode.Scalar>] = []
        while !rest.isEmpty {
            if words.count == most {
                words.append(rest)
                break
            }
            let end = rest.firstIndex(where: Whitespace.isSpace) ?? rest.endIndex
            words.append(rest[..<end])
            rest = rest[end...].drop(while: Whitespace.isSpace)
        }
        let inOrder = fromBack ? words.reversed().map { Array($0.reversed())[...] } : words
        return inOrder.map { String(String.UnicodeScalarView($0)) }
    }

    /// `str.splitlines`.
    static func lines(of text: String, keepingEnds: Bool = false) -> [String] {
        var lines: [String] = []
        var line = String.UnicodeScalarView()
        var previous: Unicode.Scalar = "\0"
        for scalar in text.unicodeScalars {
            if scalar == "\n", previous == "\r" {
                if keepingEnds { lines[lines.count - 1].unicodeScalars.append(scalar) }
            } else if isLineEnd(scalar) {
                if keepingEnds { line.append(scalar) }
                lines.append(String(line))
                line = String.UnicodeScalarView()
            } else {
                line.append(scalar)
            }
            previous = scalar
        }
        return line.isEmpty ? lines : lines + [String(line)]
    }

    private static func isLineEnd(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0a...0x0d, 0x1c...0x1e, 0x85, 0x2028, 0x2029: true
        default: false
        }
    }

    static func partition(_ name: String, _ text: String, _ arguments: Arguments, fromBack: Bool, _ render: Render) throws -> Value {
        let separator = try arguments.bind(name, "sep", required: 1)[0].text(name, or: "")
        guard !separator.isEmpty else { throw TemplateError.invalid("\(name) needs a separator that is not empty") }
        try render.checkText(bytes: text.utf8.count)
        let search = TextSearch(text, render)
        let ranges = fromBack ? search.rangesFromBack(of: separator, limit: 1) : search.ranges(of: separator, limit: 1)
        let parts: [String] =
            if let range = ranges.first {
                [search.text(0..<range.lowerBound), separator, search.text(range.upperBound..<search.count)]
            } else {
                fromBack ? ["", "", text] : [text, "", ""]
            }
        return .list(try List(parts.map(Value.string), kind: .tuple, render))
    }

    /// `str.replace`; a negative count replaces all.
    static func replaced(_ text: String, _ old: String, _ new: String, _ count: Int, _ render: Render) throws -> String {
        try render.checkText(bytes: text.utf8.count * 2)
        let most = count < 0 ? Int.max : count
        var builder = TextBuilder(render)
        if old.isEmpty {
            for (index, scalar) in text.unicodeScalars.enumerated() {
                if index < most { try builder.append(new) }
                try builder.append(String(scalar))
            }
            if text.unicodeScalars.count < most { try builder.append(new) }
            return builder.text
        }
        let search = TextSearch(text, render)
        var start = 0
        for range in search.ranges(of: old, limit: most) {
            try builder.append(search.text(start..<range.lowerBound))
            try builder.append(new)
            start = range.upperBound
        }
        if start == 0 { return text }
        try builder.append(search.text(start..<search.count))
        return builder.text
    }

    static func find(_ name: String, _ text: String, _ arguments: Arguments, fromBack: Bool, _ render: Render) throws -> Value {
        let given = try arguments.bind(name, "sub", "start", "end", required: 1)
        let part = try given[0].text(name, or: "")
        let whole = try TextSlice(text, render)
        let start = try given[1].orNone.map { try Optional($0).integer(name, or: 0) }
        let end = try given[2].orNone.map { try Optional($0).integer(name, or: 0) }
        let search = TextSearch(try whole.slice(start, end, 1), render)
        try render.spend(search.count / 8)
        let range = fromBack && !part.isEmpty ? search.rangesFromBack(of: part, limit: 1).first : search.firstRange(of: part)
        let offset = slicePlaces(count: whole.count, start, end, 1).first ?? 0
        if fromBack, part.isEmpty { return .int(offset + search.text(0..<search.count).unicodeScalars.count) }
        return .int(range.map { offset + search.text(0..<$0.lowerBound).unicodeScalars.count } ?? -1)
    }

    static func found(_ name: String, _ text: String, _ arguments: Arguments, fromBack: Bool, _ render: Render) throws -> Value {
        let place = try find(name, text, arguments, fromBack: fromBack, render)
        guard place.integer != -1 else { throw TemplateError.invalid("\(name) did not find the text: use find, which gives -1") }
        return place
    }

    /// The texts of values with a separator between them; `strictly` takes nothing but text, as `str.join` does.
    static func joined(_ items: [Value], separator: String, strictly: Bool, _ render: Render) throws -> String {
        var builder = TextBuilder(render)
        for (index, item) in items.enumerated() {
            if index > 0 { try builder.append(separator) }
            if strictly, item.text == nil { throw TemplateError.invalid("join needs texts, not a \(item.typeName): use the filter |join") }
            try builder.append(try text(of: item, render))
        }
        return builder.text
    }
}
