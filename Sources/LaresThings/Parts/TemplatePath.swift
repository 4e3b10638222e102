internal import LaresJSON

/// A template that only follows a path and converts what it finds: `{{ value_json.a['b'] | float(0) | round(1) }}`.
///
/// It does what Home Assistant's engine does with the same text, without being interpreted: most discovered templates are such.
struct TemplatePath: Sendable {
    /// Where in the JSON; nil: the message itself.
    private let steps: [Step]?
    private let filters: [Filter]

    /// One step into a value.
    enum Step: Sendable, Hashable { case member(String), element(Int) }

    fileprivate enum Filter: Sendable {
        case int(JSON?)
        case float(JSON?)
        case round(Int, JSON?)
        case fallback(JSON)
        case lower
        case upper
        case isDefined
    }

    /// Names that Jinja looks up on Python's mappings and texts before it looks into them: `value_json.update` is a method.
    private static let methods: Set<String> = [
        "clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values", "title", "count", "index",
        "format",
        "lower", "upper", "strip", "split", "replace", "find", "join", "append", "sort", "reverse",
    ]

    /// What it finds in a message; nil where that isn't there.
    func value(of payload: inout Payload) throws(ThingsError) -> JSON? {
        var found: JSON?
        if let steps {
            guard let json = payload.json() else { return nil }
            guard case .some(let reached) = Self.follow(steps, from: json) else { return nil }
            found = reached
        } else {
            guard let text = payload.text else { throw ThingsError(.badValue, "the message is not UTF-8") }
            found = .string(filters.isEmpty ? text.trimmed : text)
        }
        for filter in filters { found = try filter.apply(to: found) }
        return found
    }

    /// What it makes of a value to be sent, where it names nothing but `value`.
    func command(_ value: JSON) -> String? {
        guard steps == nil, filters.isEmpty else { return nil }
        switch value {
        case .array, .object: return nil
        default: return value.pythonText.trimmed
        }
    }

    /// What stands at the end: `.some(nil)` where only the last step leads nowhere, which a default may fill; nil where an earlier one does, which Jinja
    /// calls an error.
    private static func follow(_ steps: [Step], from json: JSON) -> JSON?? {
        var here = json
        for (number, step) in steps.enumerated() {
            guard let next = take(step, in: here) else { return number == steps.count - 1 ? .some(nil) : nil }
            here = next
        }
        return here
    }

    private static func take(_ step: Step, in json: JSON) -> JSON? {
        switch step {
        case .member(let name): return json[name]
        case .element(let place):
            guard case .array(let elements) = json, elements.indices.contains(place) else { return nil }
            return elements[place]
        }
    }
}

extension TemplatePath {
    /// The path itself, without conversions.
    init(steps: [Step]) { (self.steps, filters) = (steps, []) }

    /// Nil for any template that is more than a path and conversions of it.
    init?(_ source: String) {
        guard source.utf8.count <= 400 else { return nil }
        var scanner = TemplateScanner(source)
        guard scanner.take("{{"), let name = scanner.name(), name == "value" || name == "value_json" else { return nil }
        var (steps, filters): ([Step], [Filter]) = ([], [])
        while name == "value_json", let step = Self.step(&scanner) { steps.append(step) }
        while scanner.take("|") {
            guard let filter = Self.filter(&scanner) else { return nil }
            filters.append(filter)
        }
        guard scanner.take("}}"), scanner.isAtEnd else { return nil }
        if name == "value_json", steps.isEmpty { return nil }
        self.steps = name == "value" ? nil : steps
        self.filters = filters
    }

    private static func step(_ scanner: inout TemplateScanner) -> Step? {
        let before = scanner
        if scanner.take("."), let name = scanner.name(), !methods.contains(name) { return .member(name) }
        scanner = before
        if scanner.take("["), let literal = scanner.literal(), scanner.take("]") {
            switch literal {
            case .string(let name): return .member(name)
            case .int(let place) where place >= 0: return .element(place)
            default: break
            }
        }
        scanner = before
        return nil
    }

    private static func filter(_ scanner: inout TemplateScanner) -> Filter? {
        guard let name = scanner.name() else { return nil }
        var given: [JSON] = []
        if scanner.take("("), !scanner.take(")") {
            repeat {
                guard let literal = scanner.literal() else { return nil }
                given.append(literal)
            } while scanner.take(",")
            guard scanner.take(")") else { return nil }
        }
        switch (name, given.count) {
        case ("int", 0...1): return .int(given.first)
        case ("float", 0...1): return .float(given.first)
        case ("default", 1), ("d", 1): return .fallback(given[0])
        case ("lower", 0): return .lower
        case ("upper", 0): return .upper
        case ("is_defined", 0): return .isDefined
        case ("round", 0): return .round(0, nil)
        case ("round", 1): if case .int(let places) = given[0], (0...12).contains(places) { return .round(places, nil) } else { return nil }
        default: return nil
        }
    }
}

extension TemplatePath.Filter {
    /// Home Assistant's filter on what was found, nil for what wasn't.
    fileprivate func apply(to value: JSON?) throws(ThingsError) -> JSON? {
        switch self {
        case .fallback(let other): return value ?? other
        case .isDefined: return value
        case .lower: return value.map { .string($0.pythonText.lowercased()) }
        case .upper: return value.map { .string($0.pythonText.uppercased()) }
        case .int(let fallback):
            guard let value else { return nil }
            if let whole = Conversions.whole(value) { return .int(whole) }
            return try Self.fallback(fallback, "int", value)
        case .float(let fallback):
            guard let value else { return nil }
            if let number = Conversions.number(value) { return .double(number) }
            return try Self.fallback(fallback, "float", value)
        case .round(let places, let fallback):
            guard let value else { return nil }
            guard let number = Conversions.number(value) else { return try Self.fallback(fallback, "round", value) }
            let rounded = Conversions.rounded(number, places: places)
            return places == 0 ? Int(exactly: rounded).map { .int($0) } ?? .double(rounded) : .double(rounded)
        }
    }

    private static func fallback(_ fallback: JSON?, _ filter: String, _ value: JSON) throws(ThingsError) -> JSON {
        guard let fallback else {
            throw ThingsError(.badValue, "the filter \(filter) can't convert \"\(value.pythonText.prefix(40))\", and no default is given")
        }
        return fallback
    }
}
