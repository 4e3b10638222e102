// Schemas into normal forms.
extension SchemaCompiler {
    /// What a conjunction admits.
    mutating func form(of conjunction: Conjunction) throws(GrammarError) -> NormalForm {
        if let known = forms[conjunction] { return known }
        var form = NormalForm.anything
        for atom in conjunction { form = try intersection(form, try self.form(ofAtom: atom)) }
        forms[conjunction] = form
        return form
    }

    private mutating func form(ofAtom atom: Int) throws(GrammarError) -> NormalForm {
        if let known = atomForms[atom] { return known }
        let form: NormalForm
        switch atoms[atom] {
        case .never: form = .never
        case .literal(let entry): form = literal(entry)
        case .not(let other): form = try complement(try self.form(of: [other]), 0)
        case .schema(let schema): form = try self.form(ofSchema: schema)
        }
        atomForms[atom] = form
        return form
    }

    /// What the schema of an entry admits.
    mutating func form(ofSchema schema: Int) throws(GrammarError) -> NormalForm {
        let members: [(key: String, value: Int)]
        switch text[schema] {
        case .bool(true): return .anything
        case .bool(false): return .never
        case .object(let found): members = found
        default: throw error(.badKeyword, "schema", schema, "a schema is an object, true or false")
        }
        guard inProgress.insert(schema).inserted else {
            throw error(.badReference, "$ref", schema, "this schema refers to itself without anything between")
        }
        depth += 1
        defer {
            inProgress.remove(schema)
            depth -= 1
        }
        if depth > limits.textDepth { throw error(.tooLarge, "$ref", schema, "references are nested deeper than \(limits.textDepth)") }
        if draft.refStandsAlone, let reference = text.member(schema, "$ref") { return try self.form(ofReference: reference, in: schema) }
        return try combine(members, of: schema)
    }

    private mutating func combine(_ members: [(key: String, value: Int)], of schema: Int) throws(GrammarError) -> NormalForm {
        var form = NormalForm.anything
        var hasBase = false
        for (key, value) in members {
            switch key {
            case "$ref": form = try intersection(form, try self.form(ofReference: value, in: schema))
            case "allOf": for part in try schemas(key, value) { form = try intersection(form, try self.form(ofSchema: part)) }
            case "anyOf": form = try intersection(form, try union(key, value))
            case "oneOf": form = try intersection(form, try exclusiveUnion(value))
            case "enum": form = try intersection(form, try enumeration(value))
            case "const": form = try intersection(form, literal(value))
            case "not": form = try intersection(form, try complement(try self.form(ofSchema: value), value))
            case "if": form = try intersection(form, try conditional(value, schema))
            case "dependencies", "dependentRequired", "dependentSchemas":
                form = try dependencies(form, value, key)
            default:
                guard SchemaKeywords.ofTypes.contains(key) else {
                    try checkKeyword(key, value)
                    continue
                }
                if hasBase { continue }
                form = try intersection(form, try base(schema, members))
                hasBase = true
            }
        }
        return form
    }

    private func checkKeyword(_ key: String, _ value: Int) throws(GrammarError) {
        guard let why = SchemaKeywords.refused[key] else { return }
        if key == "uniqueItems" || key == "unevaluatedProperties" || key == "unevaluatedItems" {
            if case .bool(let flag) = text[value], flag == (key != "uniqueItems") { return }
        }
        throw unsupported(key, value, why)
    }

    private mutating func form(ofReference value: Int, in schema: Int) throws(GrammarError) -> NormalForm {
        guard let reference = text.string(value) else { throw error(.badKeyword, "$ref", value, "'$ref' is not a string") }
        guard let target = text.resolve(reference, from: schema, anchors) else {
            throw error(.badReference, "$ref", value, "'\(reference)' is not in this schema; other documents are never fetched")
        }
        return try form(ofSchema: target)
    }

    func schemas(_ key: String, _ value: Int) throws(GrammarError) -> [Int] {
        guard case .array(let parts) = text[value], !parts.isEmpty else {
            throw error(.badKeyword, key, value, "'\(key)' is not a list of schemas")
        }
        return parts
    }

    private mutating func union(_ key: String, _ value: Int) throws(GrammarError) -> NormalForm {
        var form = NormalForm.never
        for part in try schemas(key, value) { form.formUnion(try self.form(ofSchema: part)) }
        return form
    }

    private mutating func enumeration(_ value: Int) throws(GrammarError) -> NormalForm {
        guard case .array(let values) = text[value] else { throw error(.badKeyword, "enum", value, "'enum' is not a list") }
        var form = NormalForm.never
        var strings: [Name] = []
        var numbers: [Decimal] = []
        for value in values {
            switch text[value] {
            case .string(let text): strings.append(Name(text))
            case .number(let number): numbers.append(number)
            default: form.formUnion(literal(value))
            }
        }
        if !strings.isEmpty { form.strings = [StringShape(values: strings)] }
        if !numbers.isEmpty { form.numbers = [NumberShape(values: numbers)] }
        return form
    }

    /// Exactly one JSON value.
    mutating func literal(_ entry: Int) -> NormalForm {
        var form = NormalForm.never
        switch text[entry] {
        case .null: form.null = true
        case .bool(let value): if value { form.yes = true } else { form.no = true }
        case .number(let value): form.numbers = [NumberShape(values: [value])]
        case .string(let value): form.strings = [StringShape(values: [Name(value)])]
        case .array(let items):
            let prefix = items.map { [number(of: .literal($0))] }
            form.arrays = [
                ArrayShape(layers: [.init(prefix: prefix, rest: [number(of: .never)])], minimum: items.count, maximum: items.count)
            ]
        case .object(let members):
            var layer = ObjectLayer(additional: [number(of: .never)])
            for (key, value) in members {
                layer.names.append(Name(key))
                layer.members[Name(key)] = [number(of: .literal(value))]
            }
            layers.append(layer)
            form.objects = [ObjectShape(layers: [layers.count - 1], required: layer.names)]
        }
        return form
    }

    private mutating func conditional(_ test: Int, _ schema: Int) throws(GrammarError) -> NormalForm {
        let condition = try form(ofSchema: test)
        var form = condition
        if let then = text.member(schema, "then") { form = try intersection(form, try self.form(ofSchema: then)) }
        var otherwise = try complement(condition, test)
        if let other = text.member(schema, "else") { otherwise = try intersection(otherwise, try self.form(ofSchema: other)) }
        form.formUnion(otherwise)
        return form
    }
}
