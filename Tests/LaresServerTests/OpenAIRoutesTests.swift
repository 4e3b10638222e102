import Foundation
import HTTPTypes
import HummingbirdTesting
import LaresJSON
import LaresLanguage
import LaresServer
import LaresServing
import Testing

struct OpenAIRoutesTests {
    @Test func aChatIsAnswered() async throws {
        try await withServer { client in
            let answer = try await client.post("/v1/chat/completions", chatBody).json()
            let choice = answer["choices"]?.elements?.first
            #expect(choice?["message"]?["content"] == "Hello, world.")
            #expect(choice?["message"]?["role"] == "assistant" && choice?["finish_reason"] == "stop" && choice?["logprobs"] == .null)
            #expect(answer["object"] == "chat.completion")
            #expect(answer["usage"]?["total_tokens"] == 6 && answer["usage"]?["prompt_tokens_details"]?["cached_tokens"] == 0)
        }
    }

    @Test func aStreamEndsWithUsageAndItsMark() async throws {
        try await withServer { client in
            let body = chatBody.dropLast() + #","stream":true,"stream_options":{"include_usage":true}}"#
            let response = try await client.post("/v1/chat/completions", String(body))
            #expect(response.headers[.contentType] == "text/event-stream")
            #expect(response.text.hasSuffix("data: [DONE]\n\n"))
            let chunks = try response.events()
            let deltas = chunks.compactMap { $0["choices"]?.elements?.first?["delta"] }
            #expect(deltas.first?["role"] == "assistant")
            #expect(deltas.compactMap { $0["content"]?.text }.joined() == "Hello, world.")
            #expect(chunks.dropLast().last?["choices"]?.elements?.first?["finish_reason"] == "stop")
            #expect(chunks.last?["choices"] == [] && chunks.last?["usage"]?["completion_tokens"] == 4)
            #expect(chunks.dropLast().allSatisfy { $0["usage"] == .null })
            #expect(Set(chunks.compactMap { $0["id"]?.text }).count == 1)
        }
    }

    @Test func withoutIncludeUsageNoChunkHasUsage() async throws {
        try await withServer { client in
            let chunks = try await client.post("/v1/chat/completions", String(chatBody.dropLast() + #","stream":true}"#)).events()
            #expect(chunks.allSatisfy { $0["usage"] == nil })
        }
    }

    @Test func severalChoicesCountTheirPromptOnce() async throws {
        let models = FixedModelClient()
        try await withServer(models) { client in
            let body = chatBody.dropLast() + #","n":3,"seed":7}"#
            let answer = try await client.post("/v1/chat/completions", String(body)).json()
            #expect(answer["choices"]?.elements?.map { $0["index"] } == [0, 1, 2])
            #expect(answer["usage"]?["prompt_tokens"] == 2 && answer["usage"]?["completion_tokens"] == 12)
        }
        #expect(models.requests.map(\.sampling.seed) == [7, 8, 9])
    }

    @Test func logProbabilitiesStandBesideTheTokens() async throws {
        try await withServer { client in
            let body = chatBody.dropLast() + #","logprobs":true}"#
            let answer = try await client.post("/v1/chat/completions", String(body)).json()
            let tokens = answer["choices"]?.elements?.first?["logprobs"]?["content"]?.elements
            #expect(tokens?.compactMap { $0["token"]?.text } == ["Hello", ",", " world", "."])
            #expect(tokens?.first?["bytes"] == [72, 101, 108, 108, 111] && tokens?.first?["top_logprobs"] == [])
        }
    }

    @Test func completionsEchoAndListTheirTokens() async throws {
        try await withServer { client in
            let answer = try await client.post(
                "/v1/completions", #"{"model":"fixed","prompt":["a b","c"],"echo":true,"max_tokens":2}"#
            ).json()
            let choices = answer["choices"]?.elements
            #expect(choices?.compactMap { $0["text"]?.text } == ["a bHello,", "cHello,"])
            let listed = try await client.post("/v1/completions", #"{"model":"fixed","prompt":"a","logprobs":1,"max_tokens":2}"#).json()
            let choice = listed["choices"]?.elements?.first
            #expect(choice?["finish_reason"] == "length" && choice?["logprobs"]?["tokens"] == ["Hello", ","])
            #expect(choice?["logprobs"]?["text_offset"] == [0, 5])
            #expect(answer["usage"]?["prompt_tokens"] == 3)
        }
    }

    @Test func embeddingsComeAsFloatsOrBase64() async throws {
        try await withServer { client in
            let floats = try await client.post("/v1/embeddings", #"{"model":"fixed-embed","input":["a","b"],"dimensions":2}"#).json()
            #expect(floats["data"]?.elements?.map { $0["embedding"] } == [[1.0, 0.0], [0.0, 1.0]])
            let packed = try await client.post(
                "/v1/embeddings", #"{"model":"fixed-embed","input":"a","encoding_format":"base64"}"#
            ).json()
            let bytes = packed["data"]?.elements?.first?["embedding"]?.text.flatMap { Data(base64Encoded: $0) }
            #expect(bytes.map { [UInt8]($0) } == [0, 0, 0x80, 0x3F] + Array(repeating: 0, count: 12))
            #expect(packed["usage"]?["total_tokens"] == 1)
        }
    }

    @Test func modelsAreListedAndShownByNameOrAlias() async throws {
        try await withServer { client in
            let list = try await client.get("/v1/models").json()
            #expect(list["data"]?.elements?.compactMap { $0["id"]?.text } == ["fixed", "fixed-embed"])
            #expect(try await client.get("/v1/models/default").json()["id"] == "fixed")
            let missing = try await client.get("/v1/models/nope")
            #expect(missing.status == .notFound && missing.error("code") == "model_not_found")
        }
    }

    @Test(
        arguments: [
            (ServingError(.contextTooLong, "too long", param: "messages"), 400, "context_length_exceeded", nil),
            (ServingError(.queueFull, "full", retryAfter: .milliseconds(1_500)), 429, "queue_full", "2"),
            (ServingError(.draining, "stopping"), 503, "draining", "2"), (ServingError(.outOfMemory, "no room"), 503, "out_of_memory", nil),
            (ServingError(.memoryBusy, "later", retryAfter: .seconds(7)), 503, "memory_busy", "7"),
            (ServingError(.inUse, "answering"), 409, "model_in_use", "2"), (ServingError(.loadFailed, "broken"), 500, "load_failed", nil),
        ] as [(ServingError, Int, String, String?)])
    func errorsOfServingGetTheirStatus(error: ServingError, status: Int, code: String, retryAfter: String?) async throws {
        try await withServer(FixedModelClient(failure: error)) { client in
            for body in [chatBody, String(chatBody.dropLast() + #","stream":true}"#)] {
                let response = try await client.post("/v1/chat/completions", body)
                #expect(response.status.code == status && response.error("code") == code && response.error("message") == error.message)
                #expect(response.headers[.retryAfter] == retryAfter)
            }
        }
    }
}
