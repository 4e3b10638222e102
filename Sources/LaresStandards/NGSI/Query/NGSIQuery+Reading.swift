import LaresJSON

extension NGSIQuery {
    /// - Parameters:
    ///   - text: The query.
    ///   - context: What names stand for.
    ///   - vocabularies: Attributes whose values are words to be expanded (expandValues).
    /// - Throws: ``NGSIError`` with `badRequestData` for what isn't a query.
    public init(_ text: String, _ context: LDContext, expanding vocabularies: Set<String> = []) throws {
        guard !text.isEmpty, text.utf8.count <= Self.mostBytes else {
            throw NGSIError.bad("the query q is empty, or longer than \(Self.mostBytes) bytes")
        }
        var reader = QueryReader(text, context, vocabularies)
        root = try reader.or(0)
        try reader.end()
        self.text = text
    }
}

/// Reads queries by recursive descent.
private struct QueryReader {
    private let scalars: [Unicode.Scalar]
    private let context: LDContext
    private let vocabularies: Set<String>
    private var at = 0
    private var terms = 0

    init(_ text: String, _ context: LDContext, _ vocabularies: Set<String>) {
        (scalars, self.context, self.vocabularies) = (Array(text.unicodeScalars), context, vocabularies)
    }

    private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    private func error(_ what: String) -> NGSIError { NGSIError.bad("the query q can't be read at character \(at + 1): \(what)") }

    func end() throws {
        if at < scalars.count { throw error("';', '|' or the end was expected, not '\(scalars[at])'") }
    }

    private mutating func take(_ sign: String) -> Bool {
        let signs = Array(sign.unicodeScalars)
        guard scalars.count - at >= signs.count, scalars[at..<(at + signs.count)].elementsEqual(signs) else { return false }
        at += signs.count
        return true
    }

    private mutating func skipSpace() {
        while next == " " { at += 1 }
    }

    mutating func or(_ depth: Int) throws -> NGSIQuery.Node {
        var nodes = [try and(depth)]
        while take("|") { nodes.append(try and(depth)) }
        return nodes.count == 1 ? nodes[0] : .or(nodes)
    }

    private mutating func and(_ depth: Int) throws -> NGSIQuery.Node {
        var nodes = [try term(depth)]
        while take(";") { nodes.append(try term(depth)) }
        return nodes.count == 1 ? nodes[0] : .and(nodes)
    }

    private mutating func term(_ depth: Int) throws -> NGSIQuery.Node {
        guard depth <= 16 else { throw error("brackets are nested more than 16 deep") }
        terms += 1
        guard terms <= NGSIQuery.mostTerms else { throw error("there are more than \(NGSIQuery.mostTerms) conditions") }
        skipSpace()
        if take("(") {
            let node = try or(depth + 1)
            guard take(")") else { throw error("a ')' is missing") }
            skipSpace()
            return node
        }
        if take("!") { return .absent(try path()) }
        let path = try path()
        skipSpace()
        guard let sign = NGSIQuery.Operator.allCases.first(where: { take($0.rawValue) }) else { return .exists(path) }
        skipSpace()
        if sign == .matches || sign == .notMatches { return .compare(path, sign, .pattern(try pattern())) }
        let target = try target(expands: vocabularies.contains(path.names[0]))
        skipSpace()
        switch (target, sign) {
        case (.range, .equal), (.range, .notEqual), (.list, .equal), (.list, .notEqual), (.value, _): break
        default: throw error("ranges and lists go with == and != only")
        }
        return .compare(path, sign, target)
    }

    private mutating func name(_ stops: String) -> String {
        var name = String.UnicodeScalarView()
        // An IRI has points and slashes of its own; everything up to its fragment belongs to it.
        let isIRI = isIRIAhead
        while let scalar = next, !stops.unicodeScalars.contains(scalar) || (isIRI && scalar == "." && !isLastPoint) {
            name.append(scalar)
            at += 1
        }
        return String(name)
    }

    private var isIRIAhead: Bool {
        let ahead = String(String.UnicodeScalarView(scalars[at..<min(scalars.count, at + 10)]))
        return ahead.hasPrefix("http://") || ahead.hasPrefix("https://")
    }

    /// Whether no '/' or '#' stands behind in the same name: the point leads to an attribute of the attribute.
    private var isLastPoint: Bool {
        for scalar in scalars[at...] {
            if scalar == "/" || scalar == "#" { return false }
            if "=!<>~;|()[]".unicodeScalars.contains(scalar) { return true }
        }
        return true
    }

    private static let stops = ".[]{}=!<>~;|() "

    /// Members that attributes and entities have by themselves.
    private static let own: Set<String> = [
        "observedAt", "unitCode", "datasetId", "createdAt", "modifiedAt", "deletedAt", "id", "type", "lang", "languageMap", "value",
        "object", "json", "vocab",
    ]

    private mutating func path() throws -> NGSIQuery.Path {
        var path = NGSIQuery.Path(names: [], keys: [])
        repeat {
            let name = name(Self.stops)
            guard !name.isEmpty, name.isNGSIName else { throw error("the name of an attribute was expected") }
            path.names.append(Self.own.contains(name) ? name : context.expand(name))
            if take("{") {
                let type = self.name("}")
                guard take("}") else { throw error("a '}' is missing") }
                path.linked.append(context.expand(type))
            }
        } while path.names.count < 12 && take(".")
        while take("[") {
            let key = name("]")
            guard take("]"), !key.isEmpty else { throw error("a ']' is missing") }
            path.keys += key.hasPrefix("\"") ? [key.filter { $0 != "\"" }] : key.split(separator: ".").map(String.init)
        }
        return path
    }

    private mutating func target(expands: Bool) throws -> NGSIQuery.Target {
        let first = try value(expands)
        if take("..") { return .range(first, try value(expands)) }
        guard next == "," else { return .value(first) }
        var values = [first]
        while take(",") { values.append(try value(expands)) }
        guard values.count <= 1_000 else { throw error("a list has more than 1,000 values") }
        return .list(values)
    }

    private mutating func value(_ expands: Bool) throws -> JSON {
        skipSpace()
        if next == "\"" {
            let text = try quoted()
            return .string(expands ? context.expand(text) : text)
        }
        var word = String.UnicodeScalarView()
        while let scalar = next, !";|(),\"".unicodeScalars.contains(scalar) {
            if scalar == ".", at + 1 < scalars.count, scalars[at + 1] == "." { break }
            word.append(scalar)
            at += 1
        }
        let text = String(word).trimmingSpaces
        guard !text.isEmpty else { throw error("a value was expected") }
        if text == "true" || text == "false" { return .bool(text == "true") }
        if let json = try? JSON(parsing: Array(text.utf8)), json.number != nil { return json }
        // Moments, days, times and URIs stand without quotes; so do words where the query is generous.
        guard
            expands || text.isURI || NGSIQuery.looksLikeTime(text)
                || !text.unicodeScalars.contains(where: { "=<>!~".unicodeScalars.contains($0) })
        else {
            throw error("'\(text.prefix(60))' is no value")
        }
        return .string(expands ? context.expand(text) : text)
    }

    private mutating func quoted() throws -> String {
        var text = String.UnicodeScalarView()
        at += 1
        while let scalar = next, scalar != "\"" {
            at += 1
            if scalar == "\\", let escaped = next {
                at += 1
                if escaped != "\"" && escaped != "\\" { text.append("\\") }
                text.append(escaped)
            } else {
                text.append(scalar)
            }
        }
        guard take("\"") else { throw error("a '\"' is missing") }
        return String(text)
    }

    private mutating func pattern() throws -> NGSIPattern {
        if next == "\"" { return try NGSIPattern(try quoted()) }
        var (word, depth) = (String.UnicodeScalarView(), 0)
        while let scalar = next {
            if scalar == "\\", at + 1 < scalars.count {
                word.append(scalar)
                at += 1
                word.append(scalars[at])
                at += 1
                continue
            }
            if scalar == "(" || scalar == "[" { depth += 1 }
            if scalar == ")" || scalar == "]" {
                if depth == 0 { break }
                depth -= 1
            }
            if depth == 0, scalar == ";" || scalar == "|" { break }
            word.append(scalar)
            at += 1
        }
        guard !word.isEmpty else { throw error("a pattern was expected") }
        return try NGSIPattern(String(word))
    }
}

extension NGSIQuery {
    /// Whether a text is a day, a time of day or a moment.
    static func looksLikeTime(_ text: String) -> Bool {
        text.utf8.count >= 5 && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x3A || [0x2D, 0x2E, 0x2B, 0x54, 0x5A, 0x2C].contains($0) }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        var text = Substring(self)
        while text.first == " " { text = text.dropFirst() }
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
