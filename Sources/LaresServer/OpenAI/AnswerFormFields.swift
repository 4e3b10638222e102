import LaresJSON
import LaresServing

/// What of a request says which form its answer shall have.
extension Fields {
    private static let forms = [
        "response_format", "guided_json", "guided_regex", "guided_grammar", "guided_choice", "structured_outputs", "grammar",
        "json_schema",
    ]

    /// The form asked for and the parameter that asks for it; at most one may.
    func answerForm() throws -> (form: AnswerForm, param: String) {
        let found = try Self.forms.compactMap { key in try answerForm(key).map { (form: $0, param: name(key)) } }
        guard found.count <= 1 else {
            let names = found.map { "'\($0.param)'" }.joined(separator: ", ")
            throw APIError.invalid("an answer has one form, and \(names) ask for one each: leave all but one out", param: found[1].param)
        }
        return found.first ?? (.free, "response_format")
    }

    private func answerForm(_ key: String) throws -> AnswerForm? {
        guard let value = value(key) else { return nil }
        switch key {
        case "response_format": return try responseFormat()
        case "structured_outputs": return try structuredOutputs()
        case "guided_json", "json_schema": return .jsonSchema(try schema(key, value))
        case "guided_regex": return .regex(try requiredString(key))
        case "guided_choice": return .choices(try choices(key, value))
        default: return .gbnf(try requiredString(key))
        }
    }

    private func responseFormat() throws -> AnswerForm? {
        guard let format = try fields("response_format") else { return nil }
        switch try format.requiredString("type") {
        case "text": return nil
        case "json_object":
            // llama.cpp's way to write a schema.
            guard let value = format.value("schema") else { return .jsonObject }
            return .jsonSchema(try format.schema("schema", value))
        case "json_schema":
            guard let described = try format.fields("json_schema") else { throw format.missing("json_schema") }
            _ = try described.functionName("name")
            _ = try described.string("description")
            _ = try described.bool("strict")
            return .jsonSchema(try described.schema("schema", described.required("schema")))
        case let type:
            throw APIError.invalid(
                "'\(format.name("type"))' is '\(type.prefix(40))'; it must be text, json_object or json_schema", param: format.name("type"))
        }
    }

    /// vLLM's newer way to write what `guided_…` said.
    private func structuredOutputs() throws -> AnswerForm? {
        guard let wanted = try fields("structured_outputs") else { return nil }
        var found: [AnswerForm] = []
        if let value = wanted.value("json") { found.append(.jsonSchema(try wanted.schema("json", value))) }
        if let text = try wanted.string("regex") { found.append(.regex(text)) }
        if let text = try wanted.string("grammar") { found.append(.gbnf(text)) }
        if let value = wanted.value("choice") { found.append(.choices(try wanted.choices("choice", value))) }
        if try wanted.bool("json_object") ?? false { found.append(.jsonObject) }
        for key in ["structural_tag", "whitespace_pattern"] where wanted.value(key) != nil {
            throw APIError.unsupported(wanted.name(key), "'\(wanted.name(key))' is not supported: leave it out")
        }
        guard found.count == 1 else {
            throw APIError.invalid(
                "'structured_outputs' must have exactly one of json, regex, grammar, choice and json_object", param: "structured_outputs")
        }
        return found[0]
    }

    private func choices(_ key: String, _ value: JSON) throws -> [String] {
        guard let elements = value.elements else { throw wrongType(key, "an array of strings", value) }
        guard !elements.isEmpty else { throw APIError.invalid("'\(name(key))' is empty: nothing to choose from", param: name(key)) }
        return try elements.map {
            guard case .string(let text) = $0 else { throw wrongType(key, "an array of strings", value) }
            return text
        }
    }

    /// A JSON Schema as text: an object, true or false, or the text of one, as vLLM takes it too.
    func schema(_ key: String, _ value: JSON) throws -> String {
        switch value {
        case .object, .bool:
            guard !value.hasInexactNumbers else {
                throw APIError.invalid(
                    "'\(name(key))' has a number of 2^63 or more, which can't be enforced exactly: give a smaller one", param: name(key))
            }
            return value.serialized
        case .string(let text) where key != "schema" && key != "parameters": return text
        default: throw wrongType(key, "a JSON Schema: an object, true or false", value)
        }
    }

    func missing(_ key: String) -> APIError {
        APIError.invalid("'\(name(key))' is missing", param: name(key), code: "missing_required_parameter")
    }

    /// A name of a function or a schema: letters, digits, `_` and `-`, at most 64.
    func functionName(_ key: String) throws -> String {
        let text = try requiredString(key)
        let isFine = (1...64).contains(text.utf8.count) && text.utf8.allSatisfy(Self.isNameByte)
        guard isFine else {
            throw APIError.invalid("'\(name(key))' must be 1 to 64 letters, digits, '_' and '-'", param: name(key))
        }
        return text
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D: true
        default: false
        }
    }
}

extension JSON {
    /// Whether a whole number was too large to be read exactly.
    fileprivate var hasInexactNumbers: Bool {
        switch self {
        case .double(let number): abs(number) >= 0x1p63
        case .array(let elements): elements.contains(where: \.hasInexactNumbers)
        case .object(let members): members.contains { $0.value.hasInexactNumbers }
        default: false
        }
    }
}
