// The keywords that concern one type of value.
extension SchemaCompiler {
    mutating func base(_ schema: Int, _ members: [(key: String, value: Int)]) throws(GrammarError) -> NormalForm {
        var form = try types(schema)
        if limits.readsNullable, let entry = text.member(schema, "nullable"), case .bool(true) = text[entry] { form.null = true }
        if !form.numbers.isEmpty { try numbers(schema, &form) }
        if !form.strings.isEmpty, let shape = try strings(schema) { form.strings = [shape] }
        if !form.arrays.isEmpty { form.arrays = try arrays(schema) }
        if !form.objects.isEmpty { form.objects = try objects(schema) }
        return form
    }

    private func types(_ schema: Int) throws(GrammarError) -> NormalForm {
        guard let entry = text.member(schema, "type") else { return .anything }
        var form = NormalForm.never
        var names: [Int] = [entry]
        if case .array(let list) = text[entry] { names = list }
        for name in names {
            switch text.string(name) {
            case "null": form.null = true
            case "boolean": (form.yes, form.no) = (true, true)
            case "number": form.numbers = [NumberShape()]
            case "integer": if form.numbers.isEmpty { form.numbers = [NumberShape(isInteger: true)] }
            case "string": form.strings = [StringShape()]
            case "array": form.arrays = [ArrayShape()]
            case "object": form.objects = [ObjectShape()]
            default: throw error(.badKeyword, "type", entry, "'type' is not one of null, boolean, number, integer, string, array, object")
            }
        }
        return form
    }

    /// A whole number that is not negative.
    private func count(_ schema: Int, _ key: String) throws(GrammarError) -> Int? {
        guard let entry = text.member(schema, key) else { return nil }
        guard case .number(let number) = text[entry], let value = number.int, value >= 0 else {
            if case .number(let number) = text[entry], number.isInteger, !number.isNegative { return Int(Int32.max) }
            throw error(.badKeyword, key, entry, "'\(key)' is not a whole number of at least 0")
        }
        return min(value, Int(Int32.max))
    }

    private func decimal(_ schema: Int, _ key: String) throws(GrammarError) -> Decimal? {
        guard let entry = text.member(schema, key) else { return nil }
        guard case .number(let number) = text[entry] else { throw error(.badKeyword, key, entry, "'\(key)' is not a number") }
        return number
    }

    private func numbers(_ schema: Int, _ form: inout NormalForm) throws(GrammarError) {
        for index in form.numbers.indices {
            try numberFormat(schema, &form.numbers[index])
            form.numbers[index].raise(try decimal(schema, "minimum"), try flag(schema, "exclusiveMinimum"))
            form.numbers[index].lower(try decimal(schema, "maximum"), try flag(schema, "exclusiveMaximum"))
            form.numbers[index].raise(try exclusive(schema, "exclusiveMinimum"), true)
            form.numbers[index].lower(try exclusive(schema, "exclusiveMaximum"), true)
            if let multiple = try decimal(schema, "multipleOf") {
                guard !multiple.isZero, !multiple.isNegative else {
                    throw error(.badKeyword, "multipleOf", schema, "'multipleOf' is not a number greater than 0")
                }
                form.numbers[index].multiples = [multiple]
            }
        }
    }

    /// `int32` and `int64` of OpenAPI are ranges; formats of strings say nothing about numbers.
    private func numberFormat(_ schema: Int, _ shape: inout NumberShape) throws(GrammarError) {
        guard let entry = text.member(schema, "format"), let name = text.string(entry) else { return }
        switch name {
        case "int32":
            shape.raise(Decimal(Int(Int32.min)), false)
            shape.lower(Decimal(Int(Int32.max)), false)
        case "int64":
            shape.raise(Decimal(Int.min), false)
            shape.lower(Decimal(Int.max), false)
        default:
            let isKnown = StringFormats.standard.contains(name) || StringFormats.withoutEffect.contains(name)
            if !isKnown, !limits.acceptsUnknownFormats {
                throw unsupported("format", entry, "'\(name)' is not a format that is enforced")
            }
        }
    }

    /// Draft 4 has `exclusiveMinimum: true` beside `minimum`.
    private func flag(_ schema: Int, _ key: String) throws(GrammarError) -> Bool {
        guard let entry = text.member(schema, key), case .bool(let flag) = text[entry] else { return false }
        return flag
    }

    private func exclusive(_ schema: Int, _ key: String) throws(GrammarError) -> Decimal? {
        if let entry = text.member(schema, key), case .bool = text[entry] { return nil }
        return try decimal(schema, key)
    }

    private mutating func strings(_ schema: Int) throws(GrammarError) -> StringShape? {
        var shape = StringShape()
        shape.minimum = try count(schema, "minLength") ?? 0
        shape.maximum = try count(schema, "maxLength")
        if let maximum = shape.maximum, maximum < shape.minimum { shape.values = [] }
        if let entry = text.member(schema, "pattern") {
            guard let pattern = text.string(entry) else { throw error(.badKeyword, "pattern", entry, "'pattern' is not a string") }
            if let automaton = try automaton(pattern: pattern, entry) { shape.automata.append(automaton) }
        }
        if let entry = text.member(schema, "format"), let automaton = try format(entry) { shape.automata.append(automaton) }
        shape.automata = Set(shape.automata).sorted()
        return shape
    }

    /// The number of a pattern's automaton; nil if it admits everything.
    mutating func automaton(pattern: String, _ entry: Int) throws(GrammarError) -> Int? {
        if let known = automatonNumbers[Name(pattern)] { return known < 0 ? nil : known }
        do {
            let node = try RegexParser.parse(pattern, limits: limits)
            let automaton = try CharacterAutomaton(node, searches: true, limits: limits)
            let number = automaton.accepts.count == 1 && automaton.isEverything ? -1 : try add(automaton)
            automatonNumbers[Name(pattern)] = number
            return number < 0 ? nil : number
        } catch {
            throw GrammarError(
                error.code, keyword: "pattern", place: text.pointer(entry), "the pattern '\(pattern)' can't be enforced: \(error.message)")
        }
    }

    mutating func add(_ automaton: CharacterAutomaton) throws(GrammarError) -> Int {
        try count(automaton)
        automata.append(automaton)
        return automata.count - 1
    }

    /// Keeps the patterns of a schema together within bounds.
    mutating func count(_ automaton: CharacterAutomaton) throws(GrammarError) {
        patternStates += automaton.accepts.count
        guard patternStates <= limits.allPatternStates else {
            throw GrammarError(
                .tooLarge, keyword: "pattern", "the patterns together need more than \(limits.allPatternStates) states; make them simpler")
        }
    }

    private mutating func format(_ entry: Int) throws(GrammarError) -> Int? {
        guard let name = text.string(entry) else { throw error(.badKeyword, "format", entry, "'format' is not a string") }
        if let expression = StringFormats.expressions[name] {
            let key = Name("format:" + name)
            if let known = automatonNumbers[key] { return known }
            let node = try RegexParser.parse(expression, limits: limits)
            let number = try add(try CharacterAutomaton(node, searches: false, limits: limits))
            automatonNumbers[key] = number
            return number
        }
        if StringFormats.withoutEffect.contains(name) || limits.acceptsUnknownFormats && !StringFormats.standard.contains(name) {
            return nil
        }
        throw unsupported("format", entry, "'\(name)' is not a format that is enforced; use a 'pattern'")
    }

    private mutating func arrays(_ schema: Int) throws(GrammarError) -> [ArrayShape] {
        var shape = ArrayShape()
        shape.minimum = try count(schema, "minItems") ?? 0
        shape.maximum = try count(schema, "maxItems")
        var layer = ArrayShape.Layer(prefix: [], rest: [])
        var restKey = "items"
        if let entry = text.member(schema, "items"), case .array(let list) = text[entry] {
            layer.prefix = list.map { conjunction($0) }
            restKey = "additionalItems"
        } else if let entry = text.member(schema, "prefixItems") {
            layer.prefix = try schemas("prefixItems", entry).map { conjunction($0) }
        }
        if let entry = text.member(schema, restKey) { layer.rest = conjunction(entry) }
        if !layer.prefix.isEmpty || !layer.rest.isEmpty { shape.layers = [layer] }
        if let entry = text.member(schema, "uniqueItems"), case .bool(true) = text[entry], shape.maximum ?? 2 > 1 {
            throw unsupported("uniqueItems", entry, SchemaKeywords.refused["uniqueItems"] ?? "")
        }
        if let maximum = shape.maximum, maximum < shape.minimum { return [] }
        return [shape]
    }

    private mutating func objects(_ schema: Int) throws(GrammarError) -> [ObjectShape] {
        var shape = ObjectShape()
        shape.minimum = try count(schema, "minProperties") ?? 0
        shape.maximum = try count(schema, "maxProperties")
        if let maximum = shape.maximum, maximum < shape.minimum { return [] }
        if let entry = text.member(schema, "required") { shape.required = try names("required", entry) }
        if let entry = text.member(schema, "propertyNames") { shape.names = conjunction(entry) }
        var layer = ObjectLayer()
        if let entry = text.member(schema, "properties") {
            for (key, value) in try object("properties", entry) {
                layer.names.append(Name(key))
                layer.members[Name(key)] = conjunction(value)
            }
        }
        if let entry = text.member(schema, "patternProperties") {
            for (key, value) in try object("patternProperties", entry) {
                let number: Int
                if let known = try automaton(pattern: key, entry) { number = known } else { number = try everything() }
                layer.patterns.append((number, conjunction(value)))
            }
        }
        if let entry = text.member(schema, "additionalProperties") { layer.additional = conjunction(entry) }
        if !layer.names.isEmpty || !layer.patterns.isEmpty || !layer.additional.isEmpty {
            layers.append(layer)
            shape.layers = [layers.count - 1]
        }
        return [shape]
    }

    private mutating func everything() throws(GrammarError) -> Int { try add(.length(0, nil)) }

    func object(_ key: String, _ entry: Int) throws(GrammarError) -> [(key: String, value: Int)] {
        guard case .object(let members) = text[entry] else { throw error(.badKeyword, key, entry, "'\(key)' is not an object") }
        return members
    }

    func names(_ key: String, _ entry: Int) throws(GrammarError) -> [Name] {
        guard case .array(let list) = text[entry] else { throw error(.badKeyword, key, entry, "'\(key)' is not a list of names") }
        var (names, seen): ([Name], Set<Name>) = ([], [])
        for item in list {
            guard let name = text.string(item).map(Name.init) else {
                throw error(.badKeyword, key, item, "'\(key)' is not a list of names")
            }
            if seen.insert(name).inserted { names.append(name) }
        }
        return names
    }
}
