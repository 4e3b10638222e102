package import LaresJSON
import LaresNeural
package import LaresServing
import LaresTensor

/// Asks models for rules: trained networks by the names of their inputs, language models by a prompt.
///
/// A network takes `{"size": 4.2, "colour": "red"}`, each input a value or a list of them, and gives its outputs in the same way. A language model takes a text, or
/// `{"prompt": …, "system": …, "schema": {…}, "max_tokens": 200}`; it gives its text, or, with a schema, what it says as JSON.
package struct ModelAsking: Sendable {
    private let client: any ModelClient
    private let networks: NetworkServing

    /// Asks the models of a server.
    package init(client: any ModelClient, networks: NetworkServing) { (self.client, self.networks) = (client, networks) }

    /// Asks a model, by name or alias.
    ///
    /// - Throws: `ServingError`, `RegistryError`, `JSONError` for a question that the model can't be asked.
    package func ask(_ name: String, _ input: JSON) async throws -> JSON {
        guard let model = try? networks.model(name) else { return try await write(name, input) }
        guard let version = model.standard else { return try await write(name, input) }
        let inputs = try version.signature.inputs.map { try Self.input($0, input) }
        let answer = try await networks.infer(InferenceRequest(model: name, inputs: inputs, work: .act))
        return answer.plain
    }

    /// One input: sizes that are open are 1, or as many as there are values where only one is.
    private static func input(_ signature: TensorSignature, _ question: JSON) throws -> InferenceInput {
        guard let given = question[signature.name] else { throw JSONError(message: "the input '\(signature.name)' is missing") }
        let values = given.elements ?? [given]
        let fixed = signature.shape.compactMap(\.self).reduce(1, *)
        guard fixed > 0, values.count % fixed == 0, values.count / fixed >= 1, values.count <= 1_000_000 else {
            throw JSONError(message: "the input '\(signature.name)' has \(values.count) values, not \(fixed)")
        }
        var open = values.count / fixed
        let shape = signature.shape.reversed().map { size in
            guard let size else { defer { open = 1 }; return open }
            return size
        }
        return InferenceInput(
            name: signature.name, datatype: signature.datatype, value: try value(values, signature, shape.reversed()))
    }

    private static func value(_ values: [JSON], _ signature: TensorSignature, _ shape: [Int]) throws -> NetworkValue {
        func all<T>(_ read: (JSON) -> T?) throws -> [T] {
            try values.map { value in
                guard let read = read(value) else {
                    throw JSONError(
                        message:
                            "the input '\(signature.name)' can't be \(value.serialized.prefix(40)): it takes \(signature.datatype.rawValue)"
                    )
                }
                return read
            }
        }
        switch signature.datatype {
        case .bytes: return .strings(try all { $0.text ?? $0.number.map { "\($0)" } }, shape: shape)
        case .fp16, .fp32, .fp64: return .floats(try all { number($0).map { Float($0) } }, shape: shape)
        default: return .integers(try all { number($0).flatMap { Int64(exactly: $0) } }, shape: shape)
        }
    }

    /// A number; true is 1.
    private static func number(_ json: JSON) -> Double? { if case .bool(let flag) = json { flag ? 1 : 0 } else { json.number } }

    private func write(_ name: String, _ input: JSON) async throws -> JSON {
        let order = try LanguageOrder(input)
        let stream = try await client.generate(
            GenerationRequest(
                model: name, prompt: .chat(order.messages), maxTokens: order.longest, form: order.schema.map { .jsonSchema($0) } ?? .free,
                caller: "rules", work: .act))
        var text = ""
        for try await event in stream { if case .text(let piece, _) = event { text += piece } }
        guard order.schema != nil else { return .string(text) }
        return try JSON(parsing: Array(text.utf8))
    }
}

/// What a rule asks of a language model.
private struct LanguageOrder {
    let messages: [ChatMessage]
    let schema: String?
    let longest: Int

    init(_ json: JSON) throws {
        guard json.text == nil else {
            (messages, schema, longest) = ([ChatMessage(role: "user", content: json.text ?? "")], nil, 200)
            return
        }
        var fields = try JSONFields(json)
        guard let prompt = try fields.string("prompt") else { throw fields.error("prompt", "is missing: what the model is asked") }
        let system = try fields.string("system")
        longest = try fields.int("max_tokens", in: 1...4_096) ?? 200
        schema = fields.value("schema")?.serialized
        try fields.end()
        messages = (system.map { [ChatMessage(role: "system", content: $0)] } ?? []) + [ChatMessage(role: "user", content: prompt)]
    }
}

extension InferenceAnswer {
    /// The outputs by their names, as rules read them.
    var plain: JSON { .object(outputs.sorted { $0.key < $1.key }.reduce(into: JSON.Members()) { $0.append($1.key, $1.value.plain) }) }
}

extension NetworkValue {
    /// One value as itself, several as a list.
    fileprivate var plain: JSON {
        let values: [JSON] =
            switch self {
            case .floats(let values, _): values.map { .double(Double($0)) }
            case .integers(let values, _): values.map { .int(Int($0)) }
            case .strings(let values, _): values.map { .string($0) }
            }
        return values.count == 1 ? values[0] : .array(values)
    }
}
