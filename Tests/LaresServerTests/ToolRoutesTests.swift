import HTTPTypes
import HummingbirdTesting
import LaresJSON
import LaresLanguage
import LaresServer
import LaresServing
import Testing

struct ToolRoutesTests {
    private static let pieces = [
        "Well.\n", "<tool", "_call>\n{\"name\": \"lamp\", \"argu", "ments\": {\"on\": tr",
        "ue}}\n</tool_call>\n<tool_call>\n{\"name\": \"lamp\",",
        " \"arguments\": {\"on\": false}}\n</tool_call>",
    ]

    private func body(_ more: String = "") -> String {
        #"{"model":"fixed","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"lamp"}}]\#(more)}"#
    }

    private func complaints(_ value: JSON, _ schema: String) throws -> [String] {
        let document = try JSON(parsing: #require(Resources.bytes("openapi.json")))
        return SchemaChecker(document: document).complaints(value, ["$ref": .string("#/components/schemas/\(schema)")])
    }

    @Test func aWholeAnswerHasItsCalls() async throws {
        try await withServer(FixedModelClient(pieces: Self.pieces)) { client in
            let answer = try await client.post("/v1/chat/completions", body()).json()
            #expect(try complaints(answer, "ChatAnswer") == [])
            let choice = answer["choices"]?.elements?.first
            #expect(choice?["finish_reason"] == "tool_calls" && choice?["message"]?["content"] == "Well.")
            let calls = choice?["message"]?["tool_calls"]?.elements ?? []
            #expect(calls.map { $0["function"]?["arguments"] } == [#"{"on": true}"#, #"{"on": false}"#])
            #expect(calls.allSatisfy { $0["function"]?["name"] == "lamp" && $0["id"]?.text?.hasPrefix("call_") == true })
            let silent = try await client.post("/v1/chat/completions", body(#","tool_choice":"none""#)).json()
            #expect(silent["choices"]?.elements?.first?["message"]?["tool_calls"] == nil)
        }
    }

    @Test func anAnswerOfCallsAloneHasNoContent() async throws {
        try await withServer(FixedModelClient(pieces: [ToolCallFormat.text(name: "lamp", arguments: "{}")])) { client in
            let named = #","tool_choice":{"type":"function","function":{"name":"lamp"}}"#
            let choice = try await client.post("/v1/chat/completions", body(named)).json()["choices"]?.elements?.first
            #expect(choice?["message"]?["content"] == .null && choice?["finish_reason"] == "stop")
            #expect(choice?["message"]?["tool_calls"]?.elements?.count == 1)
        }
    }

    @Test func aStreamHasItsCallsInPieces() async throws {
        try await withServer(FixedModelClient(pieces: Self.pieces)) { client in
            let chunks = try await client.post("/v1/chat/completions", body(#","stream":true,"logprobs":true"#)).events()
            for chunk in chunks { #expect(try complaints(chunk, "ChatChunk") == []) }
            let choices = chunks.compactMap { $0["choices"]?.elements?.first }
            let deltas = choices.compactMap { $0["delta"] }
            #expect(deltas.compactMap { $0["content"]?.text }.joined() == "Well.")
            let calls = deltas.flatMap { $0["tool_calls"]?.elements ?? [] }
            let begun = calls.filter { $0["id"] != nil }
            #expect(begun.map { $0["index"] } == [0, 1] && begun.allSatisfy { $0["type"] == "function" })
            #expect(begun.allSatisfy { $0["function"]?["name"] == "lamp" })
            for (index, expected) in [#"{"on": true}"#, #"{"on": false}"#].enumerated() {
                let text = calls.filter { $0["index"] == .int(index) }.compactMap { $0["function"]?["arguments"]?.text }.joined()
                #expect(text == expected)
            }
            #expect(choices.last?["finish_reason"] == "tool_calls")
            #expect(choices.flatMap { $0["logprobs"]?["content"]?.elements ?? [] }.count == Self.pieces.count)
        }
    }

    @Test func whatIsCutEndsWithLength() async throws {
        try await withServer(FixedModelClient(pieces: Self.pieces)) { client in
            let choice = try await client.post("/v1/chat/completions", body(#","max_tokens":4"#)).json()["choices"]?.elements?.first
            #expect(choice?["finish_reason"] == "length")
            #expect(choice?["message"]?["tool_calls"]?.elements?.first?["function"]?["arguments"] == #"{"on": tr"#)
        }
    }
}
