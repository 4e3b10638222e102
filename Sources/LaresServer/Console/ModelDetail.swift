import LaresServing

/// One model: what it is, what it is made of, how to call it.
struct ModelDetail {
    let model: ModelDescription
    let amount: Amount
    let origin: String
    let asksForKey: Bool
    /// Whether the reader may take the model out of memory.
    let canUnload: Bool
    /// Whether the reader may remove it.
    let canRemove: Bool

    private var words: Words { amount.words }

    /// The fields of the template `model`.
    var fields: [String: Any] {
        var fields = model.state.fields(words)
        fields["name"] = model.name
        fields["sentence"] = sentence
        fields["chat"] = model.kind == .language ? "/chat?model=\(model.name.pathEscaped)" : false
        fields["unload"] = canUnload && model.state == .serving ? model.page + "/unload" : false
        fields["remove"] = canRemove ? model.page + "/remove" : false
        fields["removeTitle"] = words("remove.title", ["name": model.name])
        fields["removeText"] = words("remove.text", ["size": amount.bytes(model.fileBytes)])
        fields["failure"] = false
        if case .failed(let message) = model.state { fields["failure"] = message }
        fields["facts"] = facts.map { ["label": words($0), "value": $1] }
        fields["files"] = files
        let example = CallExample(model: model, base: origin + "/v1", asksForKey: asksForKey)
        fields["callText"] = words(asksForKey ? "model.callKey" : "model.callText")
        fields["curl"] = example.curl
        fields["python"] = example.python
        return fields
    }

    private var sentence: String {
        words(
            "model.sentence.\(model.state.key)",
            ["size": amount.bytes(model.fileBytes), "memory": amount.bytes(model.memoryBytes ?? 0)])
    }

    private var facts: [(String, String)] {
        var facts = [("model.kind", words("kind.\(model.kind.rawValue)")), ("model.family", model.family)]
        if let base = model.base { facts.append(("model.base", base)) }
        if !model.aliases.isEmpty { facts.append(("model.aliases", model.aliases.joined(separator: ", "))) }
        if let count = model.parameterCount { facts.append(("model.parameters", amount.count(count))) }
        if let quantisation = model.quantisation { facts.append(("model.quantisation", quantisation)) }
        if let length = model.contextLength { facts.append(("model.context", words("unit.tokens", ["n": amount.whole(length)]))) }
        if let length = model.dimensions { facts.append(("model.dimensions", words("unit.numbers", ["n": amount.whole(length)]))) }
        if model.kind == .language {
            facts.append(("model.template", words(model.chatTemplate ? "model.templateYes" : "model.templateNo")))
        }
        facts.append(("model.memory", model.memoryBytes.map(amount.bytes) ?? words("unit.none")))
        if model.kind == .language { facts.append(("model.speed", amount.rate(model.tokensPerSecond))) }
        return facts
    }

    private var files: [[String: Any]] {
        [
            ["label": words("model.source"), "value": model.source, "code": true],
            ["label": words("model.size"), "value": amount.bytes(model.fileBytes), "code": false],
            ["label": words("model.added"), "value": amount.date(model.created), "code": false],
            ["label": words("model.hash"), "value": model.sha256, "code": true],
        ]
    }
}

/// How to call a model from a shell and from Python, ready to paste.
struct CallExample {
    let model: ModelDescription
    let base: String
    let asksForKey: Bool

    /// A request with curl.
    var curl: String {
        let key = asksForKey ? " \\\n  -H \"Authorization: Bearer $LARES_KEY\"" : ""
        return "curl \(base)/\(path)\(key) \\\n  -H 'Content-Type: application/json' \\\n  -d \(body.quotedForShell)"
    }

    /// The same with the official `openai` client.
    var python: String {
        let key = asksForKey ? "os.environ[\"LARES_KEY\"]" : "\"none\""
        let imports = asksForKey ? "import os\nfrom openai import OpenAI" : "from openai import OpenAI"
        let start = "\(imports)\n\nlares = OpenAI(base_url=\"\(base)\", api_key=\(key))\n"
        switch model.kind {
        case .language:
            return start + """
                for chunk in lares.chat.completions.create(
                    model=\(name), stream=True,
                    messages=[{"role": "user", "content": "Why is the sky blue?"}],
                ):
                    print(chunk.choices[0].delta.content or "", end="", flush=True)
                """
        case .embedding:
            return start + """
                answer = lares.embeddings.create(
                    model=\(name), input=["the hall light", "a lamp in the corridor"],
                )
                print(len(answer.data), len(answer.data[0].embedding))
                """
        }
    }

    private var path: String { model.kind == .language ? "chat/completions" : "embeddings" }

    private var body: String {
        switch model.kind {
        case .language: "{\"model\": \(name), \"messages\": [{\"role\": \"user\", \"content\": \"Why is the sky blue?\"}]}"
        case .embedding: "{\"model\": \(name), \"input\": [\"the hall light\"]}"
        }
    }

    private var name: String { "\"" + model.name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }
}

extension String {
    /// The text as one word of a shell.
    var quotedForShell: String { "'" + replacing("'", with: "'\\''") + "'" }
}
