import HTTPTypes
import LaresJSON
import LaresLanguage
import LaresServer
import LaresServing
import LaresTensor
import Testing

struct RequestTests {
    private func chat(_ members: String) throws -> ChatRequest {
        let text = #"{"model":"m","messages":[{"role":"user","content":"x"}]"# + (members.isEmpty ? "" : "," + members) + "}"
        return try ChatRequest(JSON(parsing: Array(text.utf8)), caller: "me")
    }

    @Test func leftOutParametersAreThoseOfTheOpenAIAPI() throws {
        let request = try chat("")
        #expect(request.generation.sampling == SamplingParameters())
        #expect(request.choices == 1 && !request.streams && request.generation.maxTokens == nil && request.generation.caller == "me")
        #expect(request.generation.topLogProbabilities == nil)
    }

    @Test func everySamplerArrives() throws {
        let request = try chat(
            #""temperature":0.5,"top_p":0.9,"top_k":40,"min_p":0.05,"repetition_penalty":1.1,"presence_penalty":1,"#
                + #""frequency_penalty":-1,"seed":-7,"logit_bias":{"12":-100},"stop":["a","b"],"n":3,"max_tokens":9,"#
                + #""max_completion_tokens":7,"logprobs":true,"top_logprobs":5,"ignore_eos":true"#)
        let sampling = request.generation.sampling
        #expect(sampling.temperature == 0.5 && sampling.topP == 0.9 && sampling.topK == 40 && sampling.minP == 0.05)
        #expect(sampling.repetitionPenalty == 1.1 && sampling.presencePenalty == 1 && sampling.frequencyPenalty == -1)
        #expect(sampling.seed == UInt64(bitPattern: -7) && sampling.logitBias == [12: -100])
        #expect(request.generation.stop == ["a", "b"] && request.choices == 3 && request.generation.maxTokens == 7)
        #expect(request.generation.topLogProbabilities == 5 && request.generation.ignoreEnd)
    }

    @Test func howUrgentARequestIsMustBeKnown() throws {
        for (tier, work) in [("priority", WorkClass.act), ("flex", .batch), ("auto", .chat), ("scale", .chat)] {
            #expect(try chat("\"service_tier\":\"\(tier)\"").generation.work == work)
            let texts = "{\"model\":\"m\",\"input\":\"x\",\"query\":\"x\",\"documents\":[\"y\"],\"service_tier\":\"\(tier)\"}"
            let body = try JSON(parsing: Array(texts.utf8))
            #expect(try EmbeddingsRequest(body, caller: "me").embedding.work == work)
            #expect(try RerankRequest(body, caller: "me").embedding.work == work)
        }
        #expect { try chat(#""service_tier":"urgnt""#) } throws: { "\($0)".contains("service_tier") }
    }

    @Test func harmlessParametersAndNullsAreAccepted() throws {
        _ = try chat(
            #""user":"u","metadata":{"a":"b"},"store":false,"service_tier":"auto","tools":[],"tool_choice":"none","stop":null,"#
                + #""temperature":null,"response_format":{"type":"text"},"modalities":["text"],"prompt_cache_key":"k","unknown":1"#)
    }

    @Test(arguments: [
        (#""modalities":["audio"]"#, "modalities"),
        (#""audio":{}"#, "audio"), (#""functions":[{}]"#, "functions"), (#""temperature":3"#, "temperature"),
        (#""temperature":"1""#, "temperature"),
        (#""top_p":1.1"#, "top_p"), (#""n":0"#, "n"), (#""n":1.5"#, "n"), (#""n":1e30"#, "n"), (#""stop":[""]"#, "stop"),
        (#""stop":5"#, "stop"),
        (#""max_tokens":0"#, "max_tokens"), (#""top_logprobs":2"#, "top_logprobs"), (#""logprobs":true,"top_logprobs":21"#, "top_logprobs"),
        (#""logit_bias":{"x":1}"#, "logit_bias"), (#""logit_bias":{"1":101}"#, "logit_bias.1"), (#""logit_bias":[]"#, "logit_bias"),
        (#""stream_options":{"include_usage":true}"#, "stream_options"), (#""stream":"yes""#, "stream"), (#""seed":1.5"#, "seed"),
    ])
    func aWrongParameterIsNamed(members: String, param: String) {
        let error = #expect(throws: APIError.self) { try chat(members) }
        #expect(error?.param == param && error?.status.code == 400)
    }

    @Test(arguments: [
        (#"[]"#, "messages"), (#"{}"#, "messages"), (#"[1]"#, "messages[0]"), (#"[{"content":"x"}]"#, "messages[0].role"),
        (#"[{"role":"user"}]"#, "messages[0].content"), (#"[{"role":"tool","content":"x"}]"#, "messages[0].tool_call_id"),
        (#"[{"role":"function","content":"x"}]"#, "messages[0].role"),
        (#"[{"role":"king","content":"x"}]"#, "messages[0].role"),
        (#"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]"#, "messages[0].content[0].type"),
        (#"[{"role":"user","content":[{"type":"text"}]}]"#, "messages[0].content[0].text"),
        (#"[{"role":"assistant","content":"x","tool_calls":[{}]}]"#, "messages[0].tool_calls[0].function"),
        (#"[{"role":"user","content":"x","tool_calls":[{}]}]"#, "messages[0].tool_calls"),
        (
            #"[{"role":"assistant","tool_calls":[{"id":"1","function":{"name":"a","arguments":"[]"}}]}]"#,
            "messages[0].tool_calls[0].function.arguments"
        ),
    ])
    func aWrongMessageIsNamed(messages: String, param: String) throws {
        let body = try JSON(parsing: Array(#"{"model":"m","messages":\#(messages)}"#.utf8))
        let error = #expect(throws: APIError.self) { try ChatRequest(body, caller: "me") }
        #expect(error?.param == param)
    }

    @Test func textPartsAreJoinedAndDevelopersAreTheSystem() throws {
        let body: JSON = [
            "model": "m",
            "messages": [
                ["role": "developer", "content": "be brief"],
                ["role": "user", "content": [["type": "text", "text": "a"], ["type": "text", "text": "b"]]],
            ],
        ]
        let request = try ChatRequest(body, caller: "me")
        #expect(
            request.generation.prompt
                == .chat([ChatMessage(role: "system", content: "be brief"), ChatMessage(role: "user", content: "a\nb")]))
    }

    @Test(arguments: [
        ("\"a\"", [Prompt.text("a")]), ("[\"a\",\"b\"]", [.text("a"), .text("b")]), ("[1,2]", [.tokens([1, 2])]),
        ("[[1],[2,3]]", [.tokens([1]), .tokens([2, 3])]),
    ])
    func aPromptIsTextOrTokensOrSeveral(prompt: String, expected: [Prompt]) throws {
        let body = try JSON(parsing: Array(#"{"model":"m","prompt":\#(prompt),"echo":true}"#.utf8))
        let request = try CompletionRequest(body, caller: "me")
        #expect(request.generations.map(\.prompt) == expected)
        #expect(request.generations.allSatisfy { $0.maxTokens == 16 && $0.echo && $0.topLogProbabilities == nil })
    }

    @Test(arguments: ["[]", "[1,\"a\"]", "[-1]", "[4294967296]", "[[]]", "{}", "5", "[\"a\",5]"])
    func aWrongPromptIsRefused(prompt: String) throws {
        let completion = try JSON(parsing: Array(#"{"model":"m","prompt":\#(prompt)}"#.utf8))
        #expect(throws: APIError.self) { try CompletionRequest(completion, caller: "me") }
        let embedding = try JSON(parsing: Array(#"{"model":"m","input":\#(prompt)}"#.utf8))
        #expect(throws: APIError.self) { try EmbeddingsRequest(embedding, caller: "me") }
    }

    @Test(arguments: [
        "reasoning_effort", "verbosity", "guided_whitespace_pattern", "regex", "ebnf", "structural_tag",
        "truncate_prompt_tokens", "web_search_options", "prediction",
    ])
    func whatWouldChangeTheAnswerIsRefusedByName(param: String) throws {
        let error = #expect(throws: APIError.self) { try chat(#""\#(param)":"x""#) }
        #expect(error?.param == param && error?.code == "unsupported_parameter")
        let body = try JSON(parsing: Array(#"{"model":"m","prompt":"a","\#(param)":5}"#.utf8))
        #expect(throws: APIError.self) { try CompletionRequest(body, caller: "me") }
        _ = try chat(#""\#(param)":null"#)
    }

    @Test func suffixAndBestOfAndEchoedLogProbabilitiesAreRefusedByName() throws {
        for (member, param) in [
            (#""suffix":"x""#, "suffix"), (#""best_of":2"#, "best_of"), (#""echo":true,"logprobs":0"#, "logprobs"),
        ] {
            let body = try JSON(parsing: Array(#"{"model":"m","prompt":"a",\#(member)}"#.utf8))
            let error = #expect(throws: APIError.self) { try CompletionRequest(body, caller: "me") }
            #expect(error?.param == param)
        }
    }
}
