import LaresJSON
import LaresLanguage
import LaresTensor

/// The sampling parameters that chat and completions have in common, the extensions `top_k`, `min_p` and `repetition_penalty` included.
extension Fields {
    /// What is left out is as the OpenAI API has it: temperature 1 and nothing cut off.
    func sampling() throws -> SamplingParameters {
        var sampling = SamplingParameters()
        if let value = try double("temperature", in: 0...2) { sampling.temperature = Float(value) }
        if let value = try double("top_p", in: 0...1) { sampling.topP = Float(value) }
        if let value = try int("top_k", in: -1...1_000_000) { sampling.topK = max(0, value) }
        if let value = try double("min_p", in: 0...1) { sampling.minP = Float(value) }
        if let value = try double("repetition_penalty", in: 0.01...10) { sampling.repetitionPenalty = Float(value) }
        if let value = try double("presence_penalty", in: -2...2) { sampling.presencePenalty = Float(value) }
        if let value = try double("frequency_penalty", in: -2...2) { sampling.frequencyPenalty = Float(value) }
        if let value = try int("seed", in: .min ... .max) { sampling.seed = UInt64(bitPattern: Int64(value)) }
        sampling.logitBias = try logitBias()
        return sampling
    }

    /// `service_tier`: `priority` is a command that everything else makes way for, `flex` can wait for everything else; the others of OpenAI
    /// are neither.
    func workClass() throws -> WorkClass {
        switch try string("service_tier") {
        case nil, "auto", "default", "scale": return .chat
        case "priority": return .act
        case "flex": return .batch
        case let other?:
            throw APIError.invalid(
                "'service_tier' is '\(other.prefix(40))'; it must be auto, default, flex or priority", param: "service_tier")
        }
    }

    private func logitBias() throws -> [Token: Float] {
        guard let value = value("logit_bias") else { return [:] }
        guard case .object(let members) = value else { throw wrongType("logit_bias", "an object", value) }
        guard members.count <= 1_024 else { throw APIError.invalid("'logit_bias' has more than 1,024 tokens", param: "logit_bias") }
        let fields = try Fields(value, name: name("logit_bias"))
        var biases: [Token: Float] = [:]
        for (key, _) in members {
            guard let token = Token(key), token >= 0 else {
                throw APIError.invalid("'logit_bias' has the key '\(key.prefix(40))', which is not a token id", param: "logit_bias")
            }
            if let bias = try fields.double(key, in: -100...100) { biases[token] = Float(bias) }
        }
        return biases
    }

    /// `stop`: a string or up to four strings (sixteen here).
    func stopStrings() throws -> [String] {
        guard let value = value("stop") else { return [] }
        let texts: [JSON] = value.elements ?? [value]
        guard texts.count <= 16 else { throw APIError.invalid("'stop' has \(texts.count) strings; 16 is the most", param: "stop") }
        return try texts.map {
            guard case .string(let text) = $0 else { throw wrongType("stop", "a string or an array of strings", value) }
            guard !text.isEmpty else { throw APIError.invalid("'stop' has an empty string, which would stop every answer", param: "stop") }
            guard text.utf8.count <= 4_096 else { throw APIError.invalid("'stop' has a string of more than 4,096 bytes", param: "stop") }
            return text
        }
    }

    /// `n`, how many answers are wanted.
    func choiceCount() throws -> Int { try int("n", in: 1...32) ?? 1 }

    /// `stream_options.include_usage`.
    func includesUsage(streaming: Bool) throws -> Bool {
        guard let options = try fields("stream_options") else { return false }
        guard streaming else {
            throw APIError.invalid("'stream_options' is only allowed when 'stream' is true", param: "stream_options")
        }
        return try options.bool("include_usage") ?? false
    }
}
